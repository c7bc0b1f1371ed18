//! What Mastercard knows: token requestors, account ranges, the card management system, tokens and receipts.

pub(crate) mod artwork;
pub(crate) mod card;
pub(crate) mod records;
pub(crate) mod requestor;
mod sample;
pub(crate) mod scale;
