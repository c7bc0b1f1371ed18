//! Optimistic concurrency control: an enrollment with the revision that it was read or written in. A write names the revision
//! that it builds on and fails if another write came first.

use super::{Enrollments, enrollment_sort_key, items::EnrollmentItem};
use crate::store::StoreError;
use mastercard::card::ClientId;
use model::enrollment::{Enrollment, EnrollmentId, Status};

/// The state of an enrollment that a write builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    pub(super) count: i64,
    pub(super) status: Status,
    pub(super) due_at: Option<i64>,
}

/// An enrollment with its revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned {
    /// The enrollment as of this revision.
    pub enrollment: Enrollment,
    /// The state that the next write builds on.
    pub revision: Revision,
}

impl From<EnrollmentItem> for Versioned {
    fn from(item: EnrollmentItem) -> Self {
        let revision = Revision { count: item.revision, status: item.status, due_at: item.due_at };
        Self { enrollment: item.enrollment, revision }
    }
}

impl Enrollments {
    /// One enrollment of this client with its revision, for a write that follows.
    pub async fn get_versioned(
        &self,
        client: ClientId,
        id: EnrollmentId,
    ) -> Result<Option<Versioned>, StoreError> {
        let item: Option<EnrollmentItem> =
            self.0.get(&self.client_key(client), &enrollment_sort_key(id)).await?;
        Ok(item.map(Versioned::from))
    }
}
