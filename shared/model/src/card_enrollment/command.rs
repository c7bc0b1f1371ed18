//! What can be asked of a card enrollment, and the answers.

use jiff::Timestamp;

use super::{RequestHashes, SealedRedirect};
use crate::{
    enrollment::{Consent, Enrollment, EnrollmentId, RecordedFact},
    notification::Notification,
};
use mastercard::token_requestor::Platform;

/// A command.
#[derive(Clone, Copy, Debug)]
pub enum Command<'a> {
    /// Start a new enrollment.
    Begin(&'a NewEnrollment),
    /// Start another attempt of an enrollment.
    Restart(&'a Restart),
    /// Record facts at an enrollment: the outcome of a push, a callback, a read of the token list.
    Record {
        /// The enrollment.
        enrollment_id: EnrollmentId,
        /// The facts; those that are recorded already change nothing.
        facts: &'a [RecordedFact],
        /// The redirect of a successful push.
        redirect: Option<&'a SealedRedirect>,
    },
    /// Apply notifications of this card.
    Notify(&'a [Arrival]),
}

/// A new enrollment.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEnrollment {
    /// The enrollment, without facts.
    pub enrollment: Enrollment,
    /// The hashes of its request.
    pub request: RequestHashes,
}

/// Another attempt of an enrollment.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// The enrollment.
    pub enrollment_id: EnrollmentId,
    /// The cardholder's platform.
    pub platform: Platform,
    /// Id of the app link to return to.
    pub callback: String,
    /// The consent for this attempt.
    pub consent: Consent,
    /// Until when the app waits for the response.
    pub respond_by: Timestamp,
    /// The hashes of its request.
    pub request: RequestHashes,
}

/// A notification with the time of its first arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// The notification.
    pub notification: Notification,
    /// When it first arrived.
    pub at: Timestamp,
}

/// The outcome of a command that was not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The attempt has started, also if this very request started it before and the answer of the write was lost.
    Started,
    /// The facts are recorded, now or before.
    Recorded {
        /// Whether the enrollment is still the current one of its card; a redirect of a past one is not stored.
        is_current: bool,
    },
    /// The outcome of each notification, in order.
    Notified(Vec<NotificationOutcome>),
}

/// The outcome of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationOutcome {
    /// Its fact is recorded at this enrollment.
    Recorded(EnrollmentId),
    /// It was applied to this enrollment before; nothing changed.
    Duplicate(EnrollmentId),
    /// It matches no enrollment. It is kept and retried a few times.
    Unmatched,
}

impl NotificationOutcome {
    /// The enrollment that it applies to.
    pub fn enrollment_id(self) -> Option<EnrollmentId> {
        match self {
            Self::Recorded(id) | Self::Duplicate(id) => Some(id),
            Self::Unmatched => None,
        }
    }
}

/// Why a command changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The same request came before and started this attempt of this enrollment.
    Replayed {
        /// The enrollment.
        enrollment_id: EnrollmentId,
        /// The attempt, from 1.
        attempt: u32,
    },
    /// The key was used for another request.
    IdempotencyKeyReused,
    /// This live enrollment locks the card.
    CardLocked(EnrollmentId),
    /// The enrollment is in a status from which it cannot be restarted, or a later enrollment took its card.
    NotRestartable,
    /// The enrollment has [`MAX_ATTEMPTS`](super::MAX_ATTEMPTS) attempts.
    TooManyAttempts,
    /// [`MAX_KEYS`](super::MAX_KEYS) keys were used for the card within 24 hours; none is forgotten early.
    TooManyKeys,
    /// There is no such enrollment.
    NotFound,
}
