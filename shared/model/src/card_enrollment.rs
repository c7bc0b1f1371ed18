//! One client's card at one token requestor: the current enrollment, and what has to be remembered of earlier ones.
//!
//! It is stored as one item, so that one conditional write decides every race between requests, notifications and
//! reconciliation. [`decide`] makes the next state from the current one and a command; it reads and writes nothing.

mod begin;
mod change;
mod command;
mod decide;
mod keys;
mod notify;
mod record;
mod request;
mod status_change;

use jiff::Timestamp;

pub use crate::short_hash::ShortHash;
pub use begin::{MAX_ATTEMPTS, MAX_KEYS};
pub use change::{Change, Items};
pub use command::{Arrival, Command, NewEnrollment, NotificationOutcome, Outcome, Refusal, Restart};
pub use decide::decide;
pub use notify::{MAX_APPLIED, MAX_NOTIFICATIONS};
pub use record::MAX_TOKEN_CHANGES;
pub use request::{KEY_RETENTION, RequestHashes, UsedKey};
pub use status_change::StatusChange;

use crate::enrollment::{Enrollment, EnrollmentId, Status};

/// An enrollment with what its item holds besides the facts.
#[derive(Clone, Debug, PartialEq)]
pub struct EnrollmentRecord {
    /// The enrollment.
    pub enrollment: Enrollment,
    /// The request of each attempt, in order; the first one is the first attempt's.
    pub requests: Vec<RequestHashes>,
    /// Notifications that were left out because there were more than [`MAX_NOTIFICATIONS`] of their kind: at least this many.
    pub omitted_notifications: u32,
    /// The number of writes of its item, from 1. Each write is on condition that the stored number is the one that was read.
    pub revision: i64,
    /// The status at the last write.
    pub status: Status,
    /// When reconciliation is due, as of the last write. `None` if the status is final.
    pub due_at: Option<Timestamp>,
}

/// A redirect that only `enroll` and `get-enrollment` can open. Others carry the bytes unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRedirect {
    /// The attempt that it belongs to, from 1.
    pub attempt: u32,
    /// When it expires for the app.
    pub expires_at: Timestamp,
    /// The ciphertext, with the id of its key.
    pub sealed: Vec<u8>,
}

/// A notification that an earlier enrollment of this card learned, so that a copy is not applied to a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppliedNotification {
    /// Hash of the notification's id.
    pub id: ShortHash,
    /// The enrollment that it was applied to.
    pub enrollment_id: EnrollmentId,
    /// When it first arrived.
    pub at: Timestamp,
}

/// One client's card at one token requestor.
#[derive(Clone, Debug, PartialEq)]
pub struct CardEnrollment {
    /// The current enrollment. While it is live, it locks the card.
    pub current: EnrollmentRecord,
    /// The redirect of the latest attempt, while it can be used.
    pub redirect: Option<SealedRedirect>,
    /// Idempotency keys of earlier enrollments, within [`KEY_RETENTION`].
    pub used_keys: Vec<UsedKey>,
    /// Notifications of earlier enrollments, and those that were left out; the last [`MAX_APPLIED`].
    pub applied: Vec<AppliedNotification>,
    /// The number of past enrollments.
    pub past: u32,
}

#[cfg(test)]
mod tests;
