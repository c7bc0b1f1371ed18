//! What the functions share: the field's nouns and their rules, Mastercard's clients, the stores.
//!
//! Direction inside: nouns know nothing; `mastercard` and `store` know nouns; nothing here knows a function.

pub mod asset;
pub mod call;
pub mod card;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod digest;
pub mod enrollment;
pub mod http;
pub mod invocation;
pub mod mastercard;
pub mod notification;
pub mod pan;
pub mod secret;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod token_list;
pub mod token_requestor;
