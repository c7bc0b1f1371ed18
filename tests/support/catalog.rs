//! The catalog of token requestors: Mastercard's side of it, the functions that refresh it, what its readers see.

pub(crate) mod invocation;
pub(crate) mod mastercard;
pub(crate) mod view;
