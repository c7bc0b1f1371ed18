//! Until when receipts may be used.

use jiff::{SignedDuration, Timestamp};

use super::{
    super::{Attempt, Enrollment, Fact},
    plus,
};

/// Assumed validity of receipts whose response was lost. Receipts are valid for 15 minutes at most.
const LONGEST_RECEIPT_VALIDITY: SignedDuration = SignedDuration::from_mins(16);

impl Enrollment {
    /// When the last receipt that may have been used expires.
    pub(crate) fn receipts_end(&self) -> Timestamp {
        receipts_end(self).0
    }
}

/// The latest attempt that did not certainly fail: the cardholder may have used its receipts. The latest one if all failed.
pub(super) fn latest_pushed(enrollment: &Enrollment) -> Attempt<'_> {
    let has = |number: u32, wanted: fn(&Fact) -> bool| {
        enrollment.facts.iter().any(|recorded| recorded.attempt == number && wanted(&recorded.fact))
    };
    let is_failed = |number| has(number, |fact| matches!(fact, Fact::PushFailed { .. }));
    let is_pushed = |number| has(number, |fact| matches!(fact, Fact::Pushed { .. }));
    enrollment
        .attempts()
        .filter(|attempt| is_pushed(attempt.number) || !is_failed(attempt.number))
        .max_by_key(|attempt| attempt.number)
        .unwrap_or_else(|| enrollment.attempt())
}

/// When the last receipt expires of [`latest_pushed`], and when the reads of the list begin.
pub(super) fn receipts_end(enrollment: &Enrollment) -> (Timestamp, Timestamp) {
    let latest = latest_pushed(enrollment);
    let expires_at = enrollment.facts.iter().find_map(|recorded| match recorded.fact {
        Fact::Pushed { expires_at, .. } if recorded.attempt == latest.number => Some(expires_at),
        _ => None,
    });
    let longest = plus(latest.began_at, LONGEST_RECEIPT_VALIDITY);
    let receipts_end = expires_at.unwrap_or(longest);
    (receipts_end, receipts_end.max(longest))
}
