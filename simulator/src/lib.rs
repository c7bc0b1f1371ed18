//! Mastercard's side of "enable a card for Click to Pay" on one loopback port: MDES Token Connect, Mastercard
//! Processing Digital, MDES and Click to Pay. It depends on no crate of the issuer server and shares no code with it.

mod click_to_pay;
mod control;
mod crypto;
mod faults;
mod fields;
mod gateway;
mod journal;
mod mastercard;
mod mdes;
mod notifications;
mod operation;
mod options;
mod portal;
mod processing;
mod refusal;
mod server;
mod simulator;
#[cfg(test)]
mod tests;
mod token_connect;
mod world;

pub use click_to_pay::callback::{CallbackResult, CallbackStyle};
pub use control::{CardSummary, SessionSummary, TokenSummary, Unknown};
pub use crypto::field_level::CipherMode;
pub use faults::{Fault, Times};
pub use journal::{Exchange, Party, Said, outline};
pub use notifications::{Delivery, InvalidTarget, NotificationPlan};
pub use operation::Operation;
pub use options::{NotificationTarget, Options};
pub use portal::{Credentials, Portal, PortalError};
pub use simulator::{Simulator, StartError};
pub use world::records::TokenStatus;
pub use world::requestor::{CLICK_TO_PAY, PushMethod, TokenRequestor};
pub use world::scale::Scale;
