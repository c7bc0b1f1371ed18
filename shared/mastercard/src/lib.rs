//! An unofficial Rust client for the two APIs with which an issuer pushes its cards to Click to Pay and other token
//! requestors: **MDES Token Connect** and **Mastercard Processing Digital**. It is not affiliated with, endorsed by or
//! supported by Mastercard.
//!
//! # Overview
//!
//! | step of the use case | API | here |
//! |---|---|---|
//! | 1, 2: eligible token requestors | Token Connect | [`TokenConnect::get_eligible_token_requestors`] |
//! | 3, 4: their logos | Token Connect | [`TokenConnect::get_asset`] |
//! | after 4: a cardholder's tokens | Processing | [`Processing::get_tokens_by_client`] |
//! | after that: suspend, resume, remove, relink | Processing | [`Processing::set_token_status`], [`Processing::relink_tokens`] |
//! | 7 to 9: the encrypted card | Processing | [`Processing::search_funding_accounts`] |
//! | 10, 11: the push | Token Connect | [`TokenConnect::push_multiple_accounts`] |
//! | 12, 13: the redirect | | [`redirect::compose`] |
//! | 25: the callback | | [`callback::parse`] |
//!
//! Both clients sign with OAuth 1.0a ([`Signer`], [`Authenticator`]), share a [`Transport`], end by a [`Deadline`], retry
//! calls that change nothing, and fail with a [`MastercardError`]. [`JweKeys`] and [`FieldLevelKeys`] are Mastercard's two
//! payload encryptions; [`keys`] reads PEM and PKCS#12.
//!
//! Secrets do not appear in `Debug` output. Logs are written with [`tracing`](https://docs.rs/tracing) and contain neither bodies
//! nor URLs.
//!
//! What Mastercard does not publish is provisional and confined to one file each: the bodies of `funding-accounts/searches`
//! ([`processing::SearchShape`]), the words for a token's status ([`processing::TokenStatusWords`]), and the field around a
//! JWE ([`jwe::JweField`]). What its systems and intermediaries send in
//! another notation than documented is read all the same ([`json`]).
//!
//! ```no_run
//! use std::time::Duration;
//! use push_provisioning_client::{Deadline, Signer, SigningKey, TokenConnect, Transport};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::from_pem("signing key", &std::fs::read_to_string("signing-key.pem")?)?;
//! let signer = Signer::new("<client id>!<key id>", key);
//! let client = TokenConnect::new("https://sandbox.api.mastercard.com/mdes".parse()?, signer, Transport::new()?);
//!
//! let deadline = Deadline::after(Duration::from_secs(10));
//! for requestor in client.get_eligible_token_requestors(&["555555000".parse()?], deadline).await?.token_requestors {
//!     println!("{} {}", requestor.token_requestor_id, requestor.consumer_facing_entity_name);
//! }
//! # Ok(())
//! # }
//! ```

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
pub mod json;
pub mod jwe;
pub mod keys;
mod limiter;
mod name;
pub mod oauth1;
pub mod processing;
mod push_funding_accounts;
pub mod redirect;
mod response;
mod retry;
pub mod secret;
mod signature_data;
pub mod tls;
pub mod token_connect;
pub mod token_requestor;
mod transport;

#[cfg(any(test, fuzzing))]
pub mod fuzzing;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use self::{
    authenticator::{Authenticator, KeySet, RequestAuthentication},
    deadline::Deadline,
    error::{
        ApiError, BaseStringComparison, BaseStringComponent, Diagnosis, ErrorSource, InvalidRequest,
        MastercardError, ReasonCode, Upstream,
    },
    field_level::FieldLevelKeys,
    jwe::JweKeys,
    keys::{
        Certificate, ClientEncryptionKey, DecryptionKey, KeyError, PrivateKey, RsaPrivateKey,
        SignatureMethod, SigningKey,
    },
    limiter::{InvalidRateLimit, RateLimit},
    oauth1::Signer,
    processing::Processing,
    push_funding_accounts::PushFundingAccounts,
    signature_data::SignatureData,
    token_connect::TokenConnect,
    transport::Transport,
};

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
