//! Beginning an enrolment: key, guard, enrolment and callback state come into being together or not at all.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, builders::PutBuilder};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    super::{
        StoreError,
        contention::step_aside,
        table::{is_condition, n, s},
        transaction::{cancelled, refused},
    },
    Enrollments, IdempotencyKey, STATE,
    items::{Guard, IdempotencyRecord, State},
    live,
};
use crate::{
    card::ClientId,
    enrollment::{Enrollment, EnrollmentId, Status},
    secret::CallbackState,
};

/// How long a key is remembered.
const KEY_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long a returning browser is recognised: the receipts' life, and time to read the terms.
const STATE_LIFE: SignedDuration = SignedDuration::from_hours(2);
/// How long a guard may outlive its use before DynamoDB tidies it up.
const GUARD_LIFE: SignedDuration = SignedDuration::from_hours(48);
/// Attempts against other writers before giving up.
const ATTEMPTS: u32 = 8;

/// Which state of an enrolment a restart builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    pub(super) count: i64,
    pub(super) status: Status,
}

/// What is to begin, or to begin anew.
pub struct Beginning<'a> {
    /// The enrolment: without facts, or with the fact of its restart.
    pub enrollment: &'a Enrollment,
    /// What a restart builds on; none for a new enrolment.
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
    /// The same request came before and began this attempt of this enrolment.
    Before(EnrollmentId, u32),
    /// The key came before with another request.
    KeyReused,
    /// The card has a live enrolment already.
    Busy(EnrollmentId),
    /// The enrolment learned something since the restart looked at it.
    Moved,
}

impl Enrollments {
    /// Begins an enrolment, or a further attempt of one, once for its key and alone for its card and requestor: the database decides.
    pub async fn begin(&self, beginning: &Beginning<'_>, now: Timestamp) -> Result<Begun, StoreError> {
        let mut stale = None;
        for attempt in 0..ATTEMPTS {
            let sent = self
                .0
                .db
                .transact_write_items()
                .set_transact_items(Some(self.items(beginning, stale, now)?))
                .send();
            let Err(error) = sent.await else { return Ok(Begun::Started) };
            let Some(reasons) = error.as_service_error().and_then(cancelled) else {
                return Err(error.into());
            };
            if refused(reasons.first()) {
                if let Some(begun) = self.known(beginning, now).await? {
                    return Ok(begun);
                }
            } else if refused(reasons.get(1)) {
                match self.holder(beginning.enrollment).await? {
                    Some(holder) if holder.is_live(now) => {
                        return Ok(Begun::Busy(holder.enrollment_id));
                    }
                    Some(holder) => stale = Some(holder.enrollment_id),
                    None => stale = None,
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

    fn items(
        &self,
        beginning: &Beginning<'_>,
        stale: Option<EnrollmentId>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let Beginning { enrollment, revision, key, fingerprint, state } = beginning;
        let client = self.client(enrollment.client_id);
        let enrollment_id = enrollment.enrollment_id;
        let attempt = enrollment.attempt().number;
        let record = IdempotencyRecord {
            fingerprint: (*fingerprint).into(),
            enrollment_id,
            attempt,
            ttl: after(now, KEY_LIFE),
        };
        let guard = Guard { enrollment_id, ttl: after(now, GUARD_LIFE) };
        let state_item = State {
            client_id: enrollment.client_id,
            enrollment_id,
            attempt,
            ends_at: now.saturating_add(STATE_LIFE).unwrap_or(Timestamp::MAX),
            ttl: after(now, STATE_LIFE),
        };
        let (count, status) = revision.map_or((0, None), |base| (base.count, Some(base.status)));
        let item = self.enrollment_item((*enrollment).clone(), count.saturating_add(1), status, now);
        let guard_key = live(enrollment.card_contract_id, &enrollment.token_requestor_id);

        let absent = "attribute_not_exists(pk)";
        let record = self.put(&client, &key.sort_key(), &record)?;
        let record = record.condition_expression(format!("{absent} OR #ttl <= :now"));
        let record = record.expression_attribute_names("#ttl", "ttl");
        let record = record.expression_attribute_values(":now", n(now.as_second()));
        let guard = self.put(&client, &guard_key, &guard)?;
        // A restart may hold the card itself.
        let stale = stale.or(revision.map(|_| enrollment_id));
        let guard = match stale {
            Some(stale) => guard
                .condition_expression(match revision {
                    Some(_) => "attribute_not_exists(pk) OR enrollmentId = :stale",
                    None => "enrollmentId = :stale",
                })
                .expression_attribute_values(":stale", s(&stale.to_string())),
            None => guard.condition_expression(absent),
        };
        let item = self.put(&client, &super::enrollment(enrollment_id), &item)?;
        let item = match revision {
            Some(base) => item
                .condition_expression("revision = :revision")
                .expression_attribute_values(":revision", n(base.count)),
            None => item.condition_expression(absent),
        };
        let state = self.put(&self.state(state), STATE, &state_item)?.condition_expression(absent);
        [record, guard, item, state]
            .into_iter()
            .map(|put| Ok(TransactWriteItem::builder().put(put.build()?).build()))
            .collect()
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

    pub(super) fn put(&self, pk: &str, sk: &str, value: &impl Serialize) -> Result<PutBuilder, StoreError> {
        Ok(Put::builder().table_name(&self.0.name).set_item(Some(self.0.item(pk, sk, value)?)))
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

    async fn holder(&self, wanted: &Enrollment) -> Result<Option<Enrollment>, StoreError> {
        self.holder_of(wanted.client_id, wanted.card_contract_id, &wanted.token_requestor_id).await
    }
}

pub(super) fn after(now: Timestamp, life: SignedDuration) -> i64 {
    now.as_second().saturating_add(life.as_secs())
}
