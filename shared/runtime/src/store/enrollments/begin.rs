//! Begins an enrollment: one transaction writes its idempotency key, guard, enrollment and callback state, or none of them.

use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{is_condition_error, s},
        transaction::{cancelled, is_condition_failure},
    },
    Enrollments, IdempotencyKey, Revision, Versioned,
    items::{EnrollmentItem, Guard, IdempotencyRecord},
    live,
};
use mastercard::{card::ClientId, secret::CallbackState};
use model::enrollment::{Enrollment, EnrollmentId};

/// Attempts against other writers before giving up.
const ATTEMPTS: u32 = 8;

/// What is to begin, or to begin anew.
pub struct NewAttempt<'a> {
    /// The enrollment: without facts, or with the fact of its restart.
    pub enrollment: &'a Enrollment,
    /// What a restart builds on; none for a new enrollment.
    pub revision: Option<Revision>,
    /// The caller's key.
    pub key: &'a IdempotencyKey,
    /// SHA-256 of what the request means, to tell a repetition from a reuse.
    pub fingerprint: &'a str,
    /// The state in its callback URL.
    pub state: &'a CallbackState,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeginOutcome {
    /// This call began it; push now.
    Started,
    /// The same request came before and began this attempt of this enrollment.
    Replayed(EnrollmentId, u32),
    /// The key came before with another request.
    IdempotencyKeyReused,
    /// The card has a live enrollment already.
    CardLocked(EnrollmentId),
    /// The enrollment learned something since the restart looked at it.
    RevisionConflict,
}

impl Enrollments {
    /// Begins an enrollment, or a further attempt of one, once for its key and alone for its card and requestor: the database decides.
    pub async fn begin(&self, new: &NewAttempt<'_>, now: Timestamp) -> Result<BeginOutcome, StoreError> {
        let mut stale = None;
        for attempt in 0..ATTEMPTS {
            let sent = self
                .0
                .db
                .transact_write_items()
                .set_transact_items(Some(self.claim(new, stale.as_ref(), now)?))
                .send();
            let Err(error) = sent.await else { return Ok(BeginOutcome::Started) };
            let Some(reasons) = error.as_service_error().and_then(cancelled) else {
                return Err(error.into());
            };
            if is_condition_failure(reasons.first()) {
                if let Some(begun) = self.find_replay(new, now).await? {
                    return Ok(begun);
                }
            } else if is_condition_failure(reasons.get(1)) || is_condition_failure(reasons.get(4)) {
                match self.holder(new.enrollment).await? {
                    Some(holder) if holder.enrollment.is_live(now) => {
                        return Ok(BeginOutcome::CardLocked(holder.enrollment.enrollment_id));
                    }
                    holder => stale = holder,
                }
            } else if is_condition_failure(reasons.get(2)) && new.revision.is_some() {
                return Ok(BeginOutcome::RevisionConflict);
            } else {
                // Another transaction holds one of the items at this moment.
                backoff(attempt).await;
            }
        }
        Err(StoreError::Contended)
    }

    /// Lets a key go whose request failed in a way that may pass: the same request may then begin anew.
    pub async fn release(
        &self,
        client: ClientId,
        key: &IdempotencyKey,
        id: EnrollmentId,
    ) -> Result<(), StoreError> {
        let delete = self.0.db.delete_item().table_name(&self.0.name);
        let delete = delete.key("pk", s(&self.client(client))).key("sk", s(&key.sort_key()));
        let delete = delete.condition_expression("enrollmentId = :id");
        match delete.expression_attribute_values(":id", s(&id.to_string())).send().await {
            Err(error) if !is_condition_error(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// What the key was used for, unless it was forgotten meanwhile.
    pub async fn find_replay(
        &self,
        new: &NewAttempt<'_>,
        now: Timestamp,
    ) -> Result<Option<BeginOutcome>, StoreError> {
        let client = self.client(new.enrollment.client_id);
        let record: Option<IdempotencyRecord> = self.0.get(&client, &new.key.sort_key()).await?;
        let record = record.filter(|record| record.ttl > now.as_second());
        Ok(record.map(|record| match record.fingerprint == new.fingerprint {
            true => BeginOutcome::Replayed(record.enrollment_id, record.attempt),
            false => BeginOutcome::IdempotencyKeyReused,
        }))
    }

    async fn holder(&self, wanted: &Enrollment) -> Result<Option<Versioned>, StoreError> {
        let Enrollment { client_id, card_contract_id, token_requestor_id, .. } = wanted;
        match self
            .0
            .get::<Guard>(&self.client(*client_id), &live(*card_contract_id, token_requestor_id))
            .await?
        {
            Some(guard) => self.get_versioned(*client_id, guard.enrollment_id).await,
            None => Ok(None),
        }
    }

    /// The enrollment and revision that a successful [`begin`](Self::begin) wrote, without reading them.
    #[must_use]
    pub fn as_written(&self, new_attempt: &NewAttempt<'_>, now: Timestamp) -> Versioned {
        self.beginning_item(new_attempt, now).into()
    }

    pub(super) fn beginning_item(&self, new_attempt: &NewAttempt<'_>, now: Timestamp) -> EnrollmentItem {
        self.enrollment_item(new_attempt.enrollment.clone(), new_attempt.revision, now)
    }
}
