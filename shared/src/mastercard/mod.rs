//! Mastercard's two APIs as this server calls them: MDES Token Connect and Mastercard Processing Digital.
//!
//! Concrete clients, no traits: tests give them another base URL. What Mastercard does not publish sits in one
//! place each and says so in its first lines.

pub mod callback;
mod channel;
mod deadline;
mod error;
pub mod jwe;
pub mod keys;
pub mod oauth1;
pub mod processing;
pub mod redirect;
pub mod token_connect;
mod transport;
mod wire;

#[cfg(test)]
mod testing;

pub use self::{
    deadline::Deadline,
    error::{Answerer, MastercardError, ReasonCode, Refusal, Unsendable},
    jwe::JweKeys,
    keys::{ClientEncryptionKey, KeyError, SigningKey},
    oauth1::Signer,
    processing::Processing,
    token_connect::TokenConnect,
    transport::Transport,
};
