//! The catalog of token requestors: how a refresh fills it and changes it when Mastercard changes.

mod account_ranges;
mod artwork;
mod concurrent;
mod cost;
mod offered;
mod quarantine;
mod rejected;
