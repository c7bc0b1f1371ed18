//! What the functions share: the field's nouns and their rules, Mastercard's clients, the stores.
//!
//! Direction inside: nouns know nothing; `mastercard` and `store` know nouns; nothing here knows a function.

pub mod asset;
pub mod card;
pub mod mastercard;
pub mod secret;
pub mod token_requestor;
