//! The request of an attempt, as hashes.

use jiff::{SignedDuration, Timestamp};

use crate::{enrollment::EnrollmentId, short_hash::ShortHash};

/// How long an idempotency key is remembered.
pub const KEY_RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// The request that started an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestHashes {
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
