//! MDES Token Connect: who a card can be pushed to (steps 1 to 4), and the push itself (steps 10 and 11).

pub(crate) mod asset;
mod plaintext;
pub(crate) mod push;
pub(crate) mod requestors;
