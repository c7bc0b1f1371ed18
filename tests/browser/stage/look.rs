//! How a browser looks at the pages.

/// Size of the window, and what its user prefers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Width and height in CSS pixels.
    pub(crate) size: (u32, u32),
    /// Prefers dark.
    pub(crate) dark: bool,
    /// Pixels for each CSS pixel.
    pub(crate) scale: u32,
}

impl Look {
    /// A laptop by daylight.
    pub(crate) const LAPTOP: Self = Self { size: (1280, 900), dark: false, scale: 1 };
    /// A phone at night.
    pub(crate) const PHONE: Self = Self { size: (375, 740), dark: true, scale: 1 };
}
