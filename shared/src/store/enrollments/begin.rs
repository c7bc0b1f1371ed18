//! Beginning an enrollment: key, guard, enrollment and callback state come into being together or not at all.

use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        contention::step_aside,
        table::{is_condition, s},
        transaction::{cancelled, refused},
    },
    Enrollments, IdempotencyKey, Revision, Seen,
    items::{Guard, IdempotencyRecord},
    live,
};
use crate::{
    card::ClientId,
    enrollment::{Enrollment, EnrollmentId},
    secret::CallbackState,
};

/// Attempts against other writers before giving up.
const ATTEMPTS: u32 = 8;

/// What is to begin, or to begin anew.
pub struct Beginning<'a> {
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
pub enum Begun {
    /// This call began it; push now.
    Started,
    /// The same request came before and began this attempt of this enrollment.
    Before(EnrollmentId, u32),
    /// The key came before with another request.
    KeyReused,
    /// The card has a live enrollment already.
    Busy(EnrollmentId),
    /// The enrollment learned something since the restart looked at it.
    Moved,
}

impl Enrollments {
    /// Begins an enrollment, or a further attempt of one, once for its key and alone for its card and requestor: the database decides.
    pub async fn begin(&self, beginning: &Beginning<'_>, now: Timestamp) -> Result<Begun, StoreError> {
        let mut stale = None;
        for attempt in 0..ATTEMPTS {
            let sent = self
                .0
                .db
                .transact_write_items()
                .set_transact_items(Some(self.claim(beginning, stale.as_ref(), now)?))
                .send();
            let Err(error) = sent.await else { return Ok(Begun::Started) };
            let Some(reasons) = error.as_service_error().and_then(cancelled) else {
                return Err(error.into());
            };
            if refused(reasons.first()) {
                if let Some(begun) = self.known(beginning, now).await? {
                    return Ok(begun);
                }
            } else if refused(reasons.get(1)) || refused(reasons.get(4)) {
                match self.holder(beginning.enrollment).await? {
                    Some(holder) if holder.enrollment.is_live(now) => {
                        return Ok(Begun::Busy(holder.enrollment.enrollment_id));
                    }
                    holder => stale = holder,
                }
            } else if refused(reasons.get(2)) && beginning.revision.is_some() {
                return Ok(Begun::Moved);
            } else {
                // Another transaction holds one of the items at this moment.
                step_aside(attempt).await;
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
            Err(error) if !is_condition(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// What the key was used for, unless it was forgotten meanwhile.
    pub async fn known(
        &self,
        beginning: &Beginning<'_>,
        now: Timestamp,
    ) -> Result<Option<Begun>, StoreError> {
        let client = self.client(beginning.enrollment.client_id);
        let record: Option<IdempotencyRecord> = self.0.get(&client, &beginning.key.sort_key()).await?;
        let record = record.filter(|record| record.ttl > now.as_second());
        Ok(record.map(|record| match record.fingerprint == beginning.fingerprint {
            true => Begun::Before(record.enrollment_id, record.attempt),
            false => Begun::KeyReused,
        }))
    }

    async fn holder(&self, wanted: &Enrollment) -> Result<Option<Seen>, StoreError> {
        let Enrollment { client_id, card_contract_id, token_requestor_id, .. } = wanted;
        match self
            .0
            .get::<Guard>(&self.client(*client_id), &live(*card_contract_id, token_requestor_id))
            .await?
        {
            Some(guard) => self.seen(*client_id, guard.enrollment_id).await,
            None => Ok(None),
        }
    }
}
