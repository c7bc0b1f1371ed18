//! The simulated data: token requestors, account ranges, card contracts, tokens and receipts.

pub(crate) mod artwork;
pub(crate) mod card;
pub(crate) mod records;
pub(crate) mod requestor;
mod rng;
mod sample;
pub(crate) mod scale;
pub(crate) mod token;
