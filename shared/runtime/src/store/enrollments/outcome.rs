//! Outcomes of receiving and applying a notification.

use super::super::StoreError;
use model::enrollment::EnrollmentId;

/// The outcome of receiving or applying a notification.
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

/// Why a notification was not received completely.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It is not stored: the sender has to send it again.
    #[error("the notification was not stored")]
    NotStored(#[source] StoreError),
    /// It is stored and will be applied by reconciliation.
    #[error("the notification is stored and not applied yet")]
    NotApplied(#[source] StoreError),
}
