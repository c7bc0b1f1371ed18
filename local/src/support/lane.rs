//! The parties of the diagram, from left to right.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    App,
    Server,
    TokenConnect,
    Processing,
    ClickToPay,
}

impl Lane {
    pub(super) const ALL: [Self; 5] =
        [Self::App, Self::Server, Self::TokenConnect, Self::Processing, Self::ClickToPay];

    /// Horizontal position of its line, in percent of the diagram's width.
    pub(super) fn x(self) -> u8 {
        match self {
            Self::App => 10,
            Self::Server => 30,
            Self::TokenConnect => 50,
            Self::Processing => 70,
            Self::ClickToPay => 90,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::App => "App",
            Self::Server => "Server",
            Self::TokenConnect => "Token Connect",
            Self::Processing => "Processing",
            Self::ClickToPay => "Click to Pay",
        }
    }
}
