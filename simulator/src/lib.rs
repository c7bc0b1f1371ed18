//! A simulator of Mastercard's side of "enable a card for Click to Pay" on one loopback port: MDES Token Connect,
//! Mastercard Processing Digital, MDES and Click to Pay. It depends on no crate of the issuer server and shares no code
//! with it.

mod call;
mod click_to_pay;
mod control;
mod crypto;
mod dispatch;
mod error_response;
mod faults;
mod fields;
mod gateway;
mod html;
mod journal;
mod language;
mod mastercard;
mod mdes;
mod notifications;
mod operation;
mod options;
mod portal;
mod processing;
mod rate_limit;
mod response;
mod router;
mod server;
mod simulator;
mod start;
#[cfg(test)]
mod tests;
mod token_connect;
mod world;

pub use click_to_pay::callback::{CallbackResult, CallbackStyle};
pub use control::{CardSummary, NotFound, SessionSummary, TokenSummary};
pub use crypto::field_level::CipherMode;
pub use faults::{Fault, Times};
pub use html::DESIGN;
pub use journal::{Exchange, Message, Party};
pub use language::{German, Language, PageLanguage};
pub use notifications::target::NotificationTarget;
pub use notifications::{Delivery, InvalidTarget, NotificationPlan};
pub use operation::Operation;
pub use options::{Options, RATE_LIMIT};
pub use portal::{Credentials, Portal, PortalError};
pub use simulator::Simulator;
pub use start::StartError;
pub use world::requestor::{CLICK_TO_PAY, PushMethod, TokenRequestor};
pub use world::scale::Scale;
pub use world::token::{Suspender, TokenStatus};
