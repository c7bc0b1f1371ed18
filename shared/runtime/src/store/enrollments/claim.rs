//! The transaction that begins an attempt: idempotency record, guard, enrollment and callback state, with conditions.

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem, builders::PutBuilder};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    super::{
        StoreError,
        table::{n, s},
    },
    Enrollments, NewAttempt, STATE, Versioned, enrollment_sort_key, guard_sort_key,
    items::{Guard, IdempotencyRecord, State},
};

/// How long an idempotency key is remembered.
const KEY_RETENTION: SignedDuration = SignedDuration::from_hours(24);
/// How long a callback state is valid: the receipts' validity, plus time to read the terms.
const STATE_VALIDITY: SignedDuration = SignedDuration::from_hours(2);
/// After this time DynamoDB deletes a guard (TTL). It is longer than reconciliation checks any enrollment.
const GUARD_RETENTION: SignedDuration = SignedDuration::from_hours(10 * 24);

impl Enrollments {
    /// The items and conditions of the transaction. `previous_holder` is the enrollment in the guard, if it was
    /// read and is no longer live; the transaction replaces it in the guard.
    pub(super) fn claim(
        &self,
        new_attempt: &NewAttempt<'_>,
        previous_holder: Option<&Versioned>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let NewAttempt { enrollment, revision, key, fingerprint, state } = new_attempt;
        let client = self.client_key(enrollment.client_id);
        let enrollment_id = enrollment.enrollment_id;
        let attempt = enrollment.attempt().number;
        let record = IdempotencyRecord {
            fingerprint: (*fingerprint).into(),
            enrollment_id,
            attempt,
            ttl: after(now, KEY_RETENTION),
        };
        let guard = Guard { enrollment_id, ttl: after(now, GUARD_RETENTION) };
        let state_item = State {
            client_id: enrollment.client_id,
            enrollment_id,
            attempt,
            ends_at: now.saturating_add(STATE_VALIDITY).unwrap_or(Timestamp::MAX),
            ttl: after(now, STATE_VALIDITY),
        };
        let item = self.attempt_item(new_attempt, now);
        let guard_key = guard_sort_key(enrollment.card_contract_id, &enrollment.token_requestor_id);

        let absent = "attribute_not_exists(pk)";
        let record = self.put(&client, &key.sort_key(), &record)?;
        let record = record.condition_expression(format!("{absent} OR #ttl <= :now"));
        let record = record.expression_attribute_names("#ttl", "ttl");
        let record = record.expression_attribute_values(":now", n(now.as_second()));
        let guard = self.put(&client, &guard_key, &guard)?;
        // A restart may hold the card itself.
        let held_by =
            previous_holder.map(|holder| holder.enrollment.enrollment_id).or(revision.map(|_| enrollment_id));
        let guard = match held_by {
            Some(held_by) => guard
                .condition_expression(match revision {
                    Some(_) => "attribute_not_exists(pk) OR enrollmentId = :holder",
                    None => "enrollmentId = :holder",
                })
                .expression_attribute_values(":holder", s(&held_by.to_string())),
            None => guard.condition_expression(absent),
        };
        let item = self.put(&client, &enrollment_sort_key(enrollment_id), &item)?;
        let item = match revision {
            Some(base) => item
                .condition_expression("revision = :revision")
                .expression_attribute_values(":revision", n(base.count)),
            None => item.condition_expression(absent),
        };
        let state = self.put(&self.state_key(state), STATE, &state_item)?.condition_expression(absent);
        let puts = [record, guard, item, state].into_iter().map(|put| put.build().map(transact_put));
        // The previous holder must not have changed since it was read. A restart's own item has this condition already,
        // and a transaction may contain an item only once.
        let unchanged =
            previous_holder.filter(|holder| holder.enrollment.enrollment_id != enrollment_id).map(|holder| {
                let id = holder.enrollment.enrollment_id;
                let check = ConditionCheck::builder().table_name(&self.0.name);
                let check = check.key("pk", s(&client)).key("sk", s(&enrollment_sort_key(id)));
                let check = check.condition_expression("revision = :revision");
                let check = check.expression_attribute_values(":revision", n(holder.revision.count));
                check.build().map(|check| TransactWriteItem::builder().condition_check(check).build())
            });
        Ok(puts.chain(unchanged).collect::<Result<_, _>>()?)
    }

    pub(super) fn put(&self, pk: &str, sk: &str, value: &impl Serialize) -> Result<PutBuilder, StoreError> {
        Ok(Put::builder().table_name(&self.0.name).set_item(Some(self.0.item(pk, sk, value)?)))
    }
}

pub(super) fn transact_put(put: Put) -> TransactWriteItem {
    TransactWriteItem::builder().put(put).build()
}

pub(super) fn after(now: Timestamp, duration: SignedDuration) -> i64 {
    now.as_second().saturating_add(duration.as_secs())
}
