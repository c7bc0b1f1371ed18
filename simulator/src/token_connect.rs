//! MDES Token Connect: eligible token requestors and their assets (steps 1 to 4), and the push (steps 10 and 11).

pub(crate) mod asset;
mod plaintext;
pub(crate) mod push;
pub(crate) mod requestors;
mod signature;
