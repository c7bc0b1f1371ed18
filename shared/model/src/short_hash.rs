//! A short hash, as stored.

use std::fmt;

use mastercard::digest::sha256_hex;

/// The first 16 bytes of a SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortHash([u8; 16]);

impl ShortHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_hex(&sha256_hex(bytes)).unwrap_or(Self([0; 16]))
    }

    /// From at least 32 hexadecimal digits, of which the first 32 count.
    pub fn from_hex(digits: &str) -> Option<Self> {
        u128::from_str_radix(digits.get(..32)?, 16).ok().map(|number| Self(number.to_be_bytes()))
    }

    /// From 16 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
