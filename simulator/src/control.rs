//! The control API: methods that change the simulated data, their HTTP routes and the panel.

mod cards;
mod faults;
mod http;
mod not_found;
mod panel;
mod receipts;
mod requestors;
mod sessions;
mod tokens;

pub use self::cards::CardSummary;
pub(crate) use self::http::router;
pub use self::not_found::NotFound;
pub use self::sessions::SessionSummary;
pub use self::tokens::TokenSummary;
