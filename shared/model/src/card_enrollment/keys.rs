//! Idempotency keys. A key counts for one client, route, card and requestor, for 24 hours from its use.

use jiff::Timestamp;

use super::{
    CardEnrollment, EnrollmentRecord, Refusal, ShortHash,
    request::{KEY_RETENTION, RequestHashes, UsedKey},
};
use crate::enrollment::{Attempt, Fact};

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
            let RequestHashes { key, fingerprint, .. } = *self.request(number)?;
            Some(UsedKey { key, fingerprint, enrollment_id, attempt: number, used_at: began_at })
        })
    }

    /// The request of an attempt.
    pub fn request(&self, attempt: u32) -> Option<&RequestHashes> {
        self.requests.get(usize::try_from(attempt).ok()?.checked_sub(1)?)
    }

    fn is_key_free(&self, attempt: &Attempt<'_>) -> bool {
        let mut facts = self.enrollment.facts.iter().filter(|recorded| recorded.attempt == attempt.number);
        facts.any(|recorded| matches!(recorded.fact, Fact::PushFailed { retryable: true, .. }))
    }

    /// The refusal of a request with a key that one of its attempts used.
    pub fn known_key(&self, request: &RequestHashes, now: Timestamp) -> Option<Refusal> {
        let used = self.keys().find(|used| used.key == request.key && used.counts(now))?;
        Some(used.refusal(request.fingerprint))
    }
}

impl CardEnrollment {
    /// The refusal of a request with a key that was used for this card.
    pub(super) fn known_key(&self, request: &RequestHashes, now: Timestamp) -> Option<Refusal> {
        let earlier = self.used_keys.iter().find(|used| used.key == request.key && used.counts(now));
        let earlier = earlier.map(|used| used.refusal(request.fingerprint));
        self.current.known_key(request, now).or(earlier)
    }

    /// The same without the keys that a past enrollment has freed since it lost the card. `None` if it freed none.
    pub(super) fn without_freed_keys(&self, past: &EnrollmentRecord, now: Timestamp) -> Option<Self> {
        let id = past.enrollment.enrollment_id;
        let is_freed =
            |used: &UsedKey| used.enrollment_id == id && past.keys().all(|key| key.attempt != used.attempt);
        if !self.used_keys.iter().any(is_freed) {
            return None;
        }
        let mut next = self.clone();
        next.used_keys.retain(|used| !is_freed(used));
        next.current.update(now);
        next.drop_unusable_redirect(now);
        Some(next)
    }

    /// All keys that count, of the current enrollment and of earlier ones.
    pub(super) fn counting_keys(&self, now: Timestamp) -> Vec<UsedKey> {
        let all = self.used_keys.iter().copied().chain(self.current.keys());
        all.filter(|used| used.counts(now)).collect()
    }
}
