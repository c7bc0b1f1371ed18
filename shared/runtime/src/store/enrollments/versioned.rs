//! An enrollment as somebody read or wrote it: whoever writes next says which state it builds on.

use jiff::Timestamp;

use super::{Enrollments, NewAttempt, enrollment, items::EnrollmentItem};
use crate::store::StoreError;
use mastercard::card::ClientId;
use model::enrollment::{Enrollment, EnrollmentId, Status};

/// Which state of an enrollment a write builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    pub(super) count: i64,
    pub(super) status: Status,
    pub(super) due_at: Option<i64>,
}

/// An enrollment, and the state that it was seen in.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned {
    /// All that was known.
    pub enrollment: Enrollment,
    /// What the next write builds on.
    pub revision: Revision,
}

impl From<EnrollmentItem> for Versioned {
    fn from(item: EnrollmentItem) -> Self {
        let revision = Revision { count: item.revision, status: item.status, due_at: item.due_at };
        Self { enrollment: item.enrollment, revision }
    }
}

impl Enrollments {
    /// One enrollment of this client, for who is about to write.
    pub async fn get_versioned(
        &self,
        client: ClientId,
        id: EnrollmentId,
    ) -> Result<Option<Versioned>, StoreError> {
        let item: Option<EnrollmentItem> = self.0.get(&self.client(client), &enrollment(id)).await?;
        Ok(item.map(Versioned::from))
    }

    /// What a new_attempt that started has written, without reading it.
    #[must_use]
    pub fn as_written(&self, new_attempt: &NewAttempt<'_>, now: Timestamp) -> Versioned {
        self.beginning_item(new_attempt, now).into()
    }

    pub(super) fn beginning_item(&self, new_attempt: &NewAttempt<'_>, now: Timestamp) -> EnrollmentItem {
        self.enrollment_item(new_attempt.enrollment.clone(), new_attempt.revision, now)
    }
}
