//! Begins an attempt: one transaction writes idempotency record, guard, enrollment and callback state, or none of them.

use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{is_condition_error, s},
        transaction::{cancellation_reasons, is_condition_failure},
    },
    Enrollments, IdempotencyKey, Revision, Versioned, guard_sort_key,
    items::{EnrollmentItem, Guard, IdempotencyRecord},
};
use mastercard::{card::ClientId, secret::CallbackState};
use model::enrollment::{Enrollment, EnrollmentId};

/// Attempts against concurrent writers.
const ATTEMPTS: u32 = 8;
/// Positions of items in the transaction of [`Enrollments::claim`], and of their reasons when it is canceled.
const IDEMPOTENCY_RECORD: usize = 0;
const GUARD: usize = 1;
const ENROLLMENT: usize = 2;
/// After the callback state.
const PREVIOUS_HOLDER: usize = 4;

/// The attempt to begin: the first one of a new enrollment, or a restart.
pub struct NewAttempt<'a> {
    /// The enrollment: without facts, or with the fact of its restart.
    pub enrollment: &'a Enrollment,
    /// The revision that a restart builds on; `None` for a new enrollment.
    pub revision: Option<Revision>,
    /// The idempotency key of the request.
    pub key: &'a IdempotencyKey,
    /// SHA-256 of the request's content, which distinguishes a replay from a reuse of the key.
    pub fingerprint: &'a str,
    /// The callback state in the attempt's callback URL.
    pub state: &'a CallbackState,
}

/// The outcome of [`Enrollments::begin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeginOutcome {
    /// The attempt is written; the caller pushes the card.
    Started,
    /// The same request came before and began this attempt (from 1) of this enrollment.
    Replayed(EnrollmentId, u32),
    /// The key was used for another request.
    IdempotencyKeyReused,
    /// This live enrollment locks the card.
    CardLocked(EnrollmentId),
    /// The enrollment was written since the restart read it.
    RevisionConflict,
}

impl Enrollments {
    /// Begins an attempt, once for its idempotency key, and only if no other live enrollment locks the card at the
    /// requestor. Conditions of the transaction ensure both.
    pub async fn begin(&self, new: &NewAttempt<'_>, now: Timestamp) -> Result<BeginOutcome, StoreError> {
        let mut previous_holder = None;
        for attempt in 0..ATTEMPTS {
            let sent = self
                .0
                .db
                .transact_write_items()
                .set_transact_items(Some(self.claim(new, previous_holder.as_ref(), now)?))
                .send();
            let Err(error) = sent.await else { return Ok(BeginOutcome::Started) };
            let Some(reasons) = error.as_service_error().and_then(cancellation_reasons) else {
                return Err(error.into());
            };
            let failed = |position: usize| is_condition_failure(reasons.get(position));
            if failed(IDEMPOTENCY_RECORD) {
                if let Some(replay) = self.find_replay(new, now).await? {
                    return Ok(replay);
                }
            } else if failed(GUARD) || failed(PREVIOUS_HOLDER) {
                match self.lock_holder_of(new.enrollment).await? {
                    Some(holder) if holder.enrollment.is_live(now) => {
                        return Ok(BeginOutcome::CardLocked(holder.enrollment.enrollment_id));
                    }
                    holder => previous_holder = holder,
                }
            } else if failed(ENROLLMENT) && new.revision.is_some() {
                return Ok(BeginOutcome::RevisionConflict);
            } else {
                // Another transaction holds one of the items at present.
                backoff(attempt).await;
            }
        }
        Err(StoreError::Contended)
    }

    /// Deletes the idempotency record of a request that failed for a temporary reason, so that a repeated request is
    /// processed again.
    pub async fn release(
        &self,
        client: ClientId,
        key: &IdempotencyKey,
        id: EnrollmentId,
    ) -> Result<(), StoreError> {
        let delete = self.0.db.delete_item().table_name(&self.0.name);
        let delete = delete.key("pk", s(&self.client_key(client))).key("sk", s(&key.sort_key()));
        let delete = delete.condition_expression("enrollmentId = :id");
        match delete.expression_attribute_values(":id", s(&id.to_string())).send().await {
            Err(error) if !is_condition_error(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Whether the key was used, and for what; `None` if it was not used within the last 24 hours.
    pub async fn find_replay(
        &self,
        new: &NewAttempt<'_>,
        now: Timestamp,
    ) -> Result<Option<BeginOutcome>, StoreError> {
        let client = self.client_key(new.enrollment.client_id);
        let record: Option<IdempotencyRecord> = self.0.get(&client, &new.key.sort_key()).await?;
        let record = record.filter(|record| record.ttl > now.as_second());
        Ok(record.map(|record| match record.fingerprint == new.fingerprint {
            true => BeginOutcome::Replayed(record.enrollment_id, record.attempt),
            false => BeginOutcome::IdempotencyKeyReused,
        }))
    }

    /// The enrollment in the guard of this enrollment's card and requestor, live or not.
    async fn lock_holder_of(&self, enrollment: &Enrollment) -> Result<Option<Versioned>, StoreError> {
        let Enrollment { client_id, card_contract_id, token_requestor_id, .. } = enrollment;
        match self
            .0
            .get::<Guard>(
                &self.client_key(*client_id),
                &guard_sort_key(*card_contract_id, token_requestor_id),
            )
            .await?
        {
            Some(guard) => self.get_versioned(*client_id, guard.enrollment_id).await,
            None => Ok(None),
        }
    }

    /// The enrollment and revision that a successful [`begin`](Self::begin) wrote, without reading them.
    #[must_use]
    pub fn as_written(&self, new_attempt: &NewAttempt<'_>, now: Timestamp) -> Versioned {
        self.attempt_item(new_attempt, now).into()
    }

    pub(super) fn attempt_item(&self, new_attempt: &NewAttempt<'_>, now: Timestamp) -> EnrollmentItem {
        self.enrollment_item(new_attempt.enrollment.clone(), new_attempt.revision, now)
    }
}
