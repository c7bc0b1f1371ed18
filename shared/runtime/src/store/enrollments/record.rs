//! Records facts at an enrollment.

use jiff::Timestamp;
use mastercard::card::ClientId;
use model::{
    card_enrollment::{Command, Outcome, SealedRedirect},
    enrollment::{EnrollmentId, RecordedFact},
};

use super::{super::StoreError, Enrollments, Versioned, item::Place};

/// An enrollment to which facts were recorded.
#[derive(Debug)]
pub struct Recorded {
    /// The enrollment as it is stored now.
    pub stored: Versioned,
    /// Whether it is still the current one of its card. The redirect of a past enrollment is not stored.
    pub is_current: bool,
}

impl Enrollments {
    /// Adds facts to an enrollment, in one write. Facts that are recorded already change nothing. `None` if there is no
    /// such enrollment.
    pub async fn record_facts(
        &self,
        client: ClientId,
        id: EnrollmentId,
        facts: &[RecordedFact],
        now: Timestamp,
    ) -> Result<Option<Recorded>, StoreError> {
        match self.get(client, id).await? {
            Some(current) => self.record(current, facts, None, now).await,
            None => Ok(None),
        }
    }

    /// Adds facts, and the redirect of a successful push, to an enrollment that was just read or written. It is read again only
    /// if another writer was first.
    pub async fn record(
        &self,
        current: Versioned,
        facts: &[RecordedFact],
        redirect: Option<&SealedRedirect>,
        now: Timestamp,
    ) -> Result<Option<Recorded>, StoreError> {
        let enrollment_id = current.enrollment().enrollment_id;
        let place = Place::of(current.enrollment());
        let command = Command::Record { enrollment_id, facts, redirect };
        let Ok(executed) = self.execute(&place, current.into_items(), command, now).await? else {
            return Ok(None);
        };
        let is_current = executed.outcome == Outcome::Recorded { is_current: true };
        let stored = Versioned::new(executed.items, enrollment_id);
        Ok(stored.map(|stored| Recorded { stored, is_current }))
    }
}
