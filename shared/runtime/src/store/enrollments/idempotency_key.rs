//! The header `Idempotency-Key`.

use std::str::FromStr;

use model::{card_enrollment::ShortHash, enrollment::EnrollmentId};

/// The header `Idempotency-Key`: 1 to 64 characters of `A-Z a-z 0-9 . _ ~ -`. Held and stored as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(ShortHash);

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(raw: &str) -> Result<Self, InvalidIdempotencyKey> {
        let valid = raw.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b));
        if valid && (1..=64).contains(&raw.len()) {
            Ok(Self(ShortHash::of(raw.as_bytes())))
        } else {
            Err(InvalidIdempotencyKey)
        }
    }
}

impl IdempotencyKey {
    /// A key that no other request has.
    pub fn random() -> Self {
        Self(ShortHash::of(uuid::Uuid::new_v4().as_bytes()))
    }

    /// The same key for the restart of this enrollment: a key counts for one route only.
    #[must_use]
    pub fn for_restart_of(&self, id: EnrollmentId) -> Self {
        Self(ShortHash::of(format!("{id} {}", self.0).as_bytes()))
    }

    /// The hash.
    pub fn hash(&self) -> ShortHash {
        self.0
    }
}

/// The text is not an idempotency key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ -")]
pub struct InvalidIdempotencyKey;
