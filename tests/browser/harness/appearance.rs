//! The device and the color scheme that a browser emulates.

/// Size of the window, and the preferred color scheme.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Appearance {
    /// Width and height in CSS pixels.
    pub(crate) size: (u32, u32),
    /// Dark mode.
    pub(crate) dark: bool,
    /// Pixels for each CSS pixel.
    pub(crate) scale: u32,
}

impl Appearance {
    /// A laptop in light mode.
    pub(crate) const LAPTOP: Self = Self { size: (1280, 900), dark: false, scale: 1 };
    /// A phone in dark mode.
    pub(crate) const PHONE: Self = Self { size: (375, 740), dark: true, scale: 1 };
}
