//! How a browser looks at the pages.

/// Size of the window, and what its user prefers.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// Prefers dark.
    pub dark: bool,
    /// Pixels for each CSS pixel.
    pub scale: u32,
}

impl Look {
    /// A laptop by daylight.
    pub const LAPTOP: Self = Self { size: (1280, 900), dark: false, scale: 1 };
    /// A phone at night.
    pub const PHONE: Self = Self { size: (375, 740), dark: true, scale: 1 };
}
