//! Idempotency keys. A key counts for one client, route, card and requestor, for 24 hours from its use.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use mastercard::digest::sha256_hex;

use super::{CardEnrollment, EnrollmentRecord, Refusal};
use crate::enrollment::{Attempt, EnrollmentId, Fact};

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

impl UsedKey {
    fn counts(&self, now: Timestamp) -> bool {
        now.duration_since(self.used_at) < KEY_RETENTION
    }

    /// The refusal of another request with this key.
    fn refusal(&self, fingerprint: ShortHash) -> Refusal {
        match self.fingerprint == fingerprint {
            true => Refusal::Replayed { enrollment_id: self.enrollment_id, attempt: self.attempt },
            false => Refusal::IdempotencyKeyReused,
        }
    }
}

impl EnrollmentRecord {
    /// The keys of its attempts. A request that failed for a temporary reason frees its key, so that a repetition of the
    /// request is processed again.
    pub(super) fn keys(&self) -> impl Iterator<Item = UsedKey> {
        let enrollment_id = self.enrollment.enrollment_id;
        let attempts = self.enrollment.attempts().filter(|attempt| !self.is_key_free(attempt));
        attempts.filter_map(move |Attempt { number, began_at, .. }| {
            let AttemptRequest { key, fingerprint, .. } = *self.request(number)?;
            Some(UsedKey { key, fingerprint, enrollment_id, attempt: number, used_at: began_at })
        })
    }

    /// The request of an attempt.
    pub fn request(&self, attempt: u32) -> Option<&AttemptRequest> {
        self.requests.get(usize::try_from(attempt).ok()?.checked_sub(1)?)
    }

    fn is_key_free(&self, attempt: &Attempt<'_>) -> bool {
        let mut facts = self.enrollment.facts.iter().filter(|recorded| recorded.attempt == attempt.number);
        facts.any(|recorded| matches!(recorded.fact, Fact::PushFailed { retryable: true, .. }))
    }

    /// The refusal of a request with a key that one of its attempts used.
    pub(super) fn known_key(&self, request: &AttemptRequest, now: Timestamp) -> Option<Refusal> {
        let used = self.keys().find(|used| used.key == request.key && used.counts(now))?;
        Some(used.refusal(request.fingerprint))
    }
}

impl CardEnrollment {
    /// The refusal of a request with a key that was used for this card.
    pub(super) fn known_key(&self, request: &AttemptRequest, now: Timestamp) -> Option<Refusal> {
        let earlier = self.used_keys.iter().find(|used| used.key == request.key && used.counts(now));
        let earlier = earlier.map(|used| used.refusal(request.fingerprint));
        self.current.known_key(request, now).or(earlier)
    }

    /// All keys that count, of the current enrollment and of earlier ones.
    pub(super) fn counting_keys(&self, now: Timestamp) -> Vec<UsedKey> {
        let all = self.used_keys.iter().copied().chain(self.current.keys());
        all.filter(|used| used.counts(now)).collect()
    }
}
