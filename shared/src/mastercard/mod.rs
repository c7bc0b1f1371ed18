//! Mastercard's two APIs as this server calls them: MDES Token Connect and Mastercard Processing Digital.
//!
//! Concrete clients, no traits: tests give them another base URL. What Mastercard does not publish sits in one
//! place each and says so in its first lines.

mod authenticator;
mod breaker;
pub mod callback;
mod channel;
mod deadline;
mod decryption;
mod error;
pub mod field_level;
pub mod jwe;
pub mod keys;
mod limiter;
pub mod oauth1;
pub mod processing;
pub mod redirect;
mod retry;
pub mod token_connect;
mod transport;
mod wire;

#[cfg(any(test, fuzzing))]
pub mod probe;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use self::{
    authenticator::Authenticator,
    deadline::Deadline,
    error::{
        Answerer, BaseStrings, Component, Diagnosis, MastercardError, ReasonCode, Refusal, Source, Unsendable,
    },
    field_level::FieldLevelKeys,
    jwe::JweKeys,
    keys::{
        Certificate, ClientEncryptionKey, DecryptingKey, KeyError, KeyUse, PrivateKey, SignatureMethod,
        SigningKey,
    },
    limiter::Pace,
    oauth1::Signer,
    processing::Processing,
    token_connect::TokenConnect,
    transport::Transport,
};
