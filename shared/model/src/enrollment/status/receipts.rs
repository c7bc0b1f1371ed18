//! Until when receipts may be used.

use jiff::{SignedDuration, Timestamp};

use super::{
    super::{Attempt, Enrollment},
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
    enrollment
        .attempts()
        .filter(|attempt| enrollment.may_have_pushed(attempt.number))
        .max_by_key(|attempt| attempt.number)
        .unwrap_or_else(|| enrollment.attempt())
}

/// When the last receipt expires of [`latest_pushed`], and when the reads of the list begin.
pub(super) fn receipts_end(enrollment: &Enrollment) -> (Timestamp, Timestamp) {
    let latest = latest_pushed(enrollment);
    let longest = plus(latest.began_at, LONGEST_RECEIPT_VALIDITY);
    let receipts_end = enrollment.receipts_expire_at(latest.number).unwrap_or(longest);
    (receipts_end, receipts_end.max(longest))
}
