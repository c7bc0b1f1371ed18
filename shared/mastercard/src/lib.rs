//! An unofficial client for Mastercard's two APIs as an issuer calls them: MDES Token Connect and Mastercard Processing
//! Digital.
//!
//! Concrete clients, no traits: tests give them another base URL. What Mastercard does not publish sits in one
//! place each and says so in its first lines.

mod api_client;
pub mod asset;
mod authenticator;
mod breaker;
pub mod call;
pub mod callback;
pub mod card;
mod deadline;
mod decryption;
pub mod digest;
mod error;
pub mod field_level;
pub mod jwe;
pub mod keys;
mod limiter;
pub mod log_event;
pub mod oauth1;
pub mod processing;
pub mod redirect;
mod retry;
pub mod secret;
pub mod tls;
pub mod token_connect;
pub mod token_requestor;
mod transport;
mod wire;

#[cfg(any(test, fuzzing))]
pub mod probe;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use self::{
    authenticator::{Authenticator, Keys, Proof},
    deadline::Deadline,
    error::{
        ApiError, BaseStrings, Component, Diagnosis, InvalidRequest, MastercardError, ReasonCode, Source,
        Upstream,
    },
    field_level::FieldLevelKeys,
    jwe::JweKeys,
    keys::{
        Certificate, ClientEncryptionKey, DecryptingKey, KeyError, KeyUse, PrivateKey, SignatureMethod,
        SigningKey,
    },
    limiter::RateLimit,
    oauth1::Signer,
    processing::Processing,
    token_connect::TokenConnect,
    transport::Transport,
};
