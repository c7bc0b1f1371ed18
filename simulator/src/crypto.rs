//! Mastercard's cryptography, on the RustCrypto crates, except for its private keys. The issuer's clients use another library, so
//! that a mistake in a library cannot cancel out between signer and verifier.

pub(crate) mod certificate;
pub(crate) mod field_level;
pub(crate) mod jwe;
pub(crate) mod jws;
pub(crate) mod private_key;
mod symmetric;

/// A failed encryption or decryption. The cause is not reported: key, padding and tag failures look the same.
#[derive(Debug, thiserror::Error)]
#[error("the payload cannot be encrypted or decrypted")]
pub(crate) struct CipherError;
