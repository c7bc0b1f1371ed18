//! The cryptography of Mastercard's side, on the RustCrypto crates: the issuer's clients are built on another
//! library, so that a mistake shared by signer and verifier cannot hide.

pub(crate) mod certificate;
pub(crate) mod field_level;
pub(crate) mod jwe;
pub(crate) mod jws;
mod symmetric;

/// Something could not be deciphered. It never says what: key, padding and tag failures look alike from outside.
#[derive(Debug, thiserror::Error)]
#[error("the payload cannot be deciphered")]
pub(crate) struct Undecipherable;
