//! An enrollment as somebody read or wrote it: whoever writes next says which state it builds on.

use jiff::Timestamp;

use super::{Beginning, Enrollments, enrollment, items::EnrollmentItem};
use crate::{
    card::ClientId,
    enrollment::{Enrollment, EnrollmentId, Status},
    store::StoreError,
};

/// Which state of an enrollment a write builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    pub(super) count: i64,
    pub(super) status: Status,
    pub(super) due_at: Option<i64>,
}

/// An enrollment, and the state that it was seen in.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// All that was known.
    pub enrollment: Enrollment,
    /// What the next write builds on.
    pub revision: Revision,
}

impl From<EnrollmentItem> for Seen {
    fn from(item: EnrollmentItem) -> Self {
        let revision = Revision { count: item.revision, status: item.status, due_at: item.due_at };
        Self { enrollment: item.enrollment, revision }
    }
}

impl Enrollments {
    /// One enrollment of this client, for who is about to write.
    pub async fn seen(&self, client: ClientId, id: EnrollmentId) -> Result<Option<Seen>, StoreError> {
        let item: Option<EnrollmentItem> = self.0.get(&self.client(client), &enrollment(id)).await?;
        Ok(item.map(Seen::from))
    }

    /// What a beginning that started has written, without reading it.
    #[must_use]
    pub fn begun(&self, beginning: &Beginning<'_>, now: Timestamp) -> Seen {
        self.beginning_item(beginning, now).into()
    }

    pub(super) fn beginning_item(&self, beginning: &Beginning<'_>, now: Timestamp) -> EnrollmentItem {
        self.enrollment_item(beginning.enrollment.clone(), beginning.revision, now)
    }
}
