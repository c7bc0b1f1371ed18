//! The request of an attempt, as hashes.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use mastercard::digest::sha256_hex;

use crate::enrollment::EnrollmentId;

/// How long an idempotency key is remembered.
pub const KEY_RETENTION: SignedDuration = SignedDuration::from_hours(24);

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

/// The request that started an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRequest {
    /// Hash of the idempotency key; for a restart of the key with the enrollment's id, since a key counts for one route.
    pub key: ShortHash,
    /// Hash of the request's content, which distinguishes a replay from a reuse of the key.
    pub fingerprint: ShortHash,
    /// Hash of the secret in the attempt's callback state.
    pub state: ShortHash,
}

/// An idempotency key of an earlier enrollment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedKey {
    /// Hash of the key.
    pub key: ShortHash,
    /// Hash of the request's content.
    pub fingerprint: ShortHash,
    /// The enrollment.
    pub enrollment_id: EnrollmentId,
    /// The attempt that the request started, from 1.
    pub attempt: u32,
    /// When the attempt began.
    pub used_at: Timestamp,
}
