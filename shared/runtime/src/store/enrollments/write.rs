//! Carries out commands: loads the items of a card, lets the model decide, and writes the result on condition that nothing has
//! changed since. A writer whose condition fails decides again on what is stored now.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::PutItemError,
    types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};
use jiff::Timestamp;
use model::{
    card_enrollment::{
        CardEnrollment, Change, Command, EnrollmentRecord, Items, Outcome, Refusal, StatusChange, decide,
    },
    enrollment::{Enrollment, StatusReason},
};

use super::{
    super::{
        StoreError,
        backoff::{backoff, is_busy},
        table::{Item, n, s},
        transaction::{cancellation_reasons, is_condition_failure, is_transaction_busy},
    },
    Enrollments, SHARDS,
    audit::AUDIT,
    item::{Place, card_from_item, card_item, record_item},
};
use mastercard::digest::sha256_hex;

/// Attempts against concurrent writers of the same card: about a second, enough for twenty writers.
const ATTEMPTS: u32 = 24;

/// The write of an item of another partition in the same transaction, which depends on the outcome of the command.
type Companion<'a> = &'a (dyn Fn(&Outcome) -> Result<Put, StoreError> + Sync);

/// The items after a command, and its outcome.
pub(super) struct Executed {
    pub(super) outcome: Outcome,
    pub(super) items: Items,
}

/// The result of one attempt to write.
enum Written {
    Done,
    /// Another writer was first. The current card enrollment, if the answer held it.
    Changed(Option<Item>),
    /// A passing condition, such as a conflict with a transaction.
    Busy,
    /// The item that goes with the change exists already.
    CompanionExists,
}

impl Enrollments {
    /// Carries out a command on the items as they were seen last.
    pub(super) async fn execute(
        &self,
        place: &Place,
        seen: Items,
        command: Command<'_>,
        now: Timestamp,
    ) -> Result<Result<Executed, Refusal>, StoreError> {
        // Without a companion there is none that could exist already.
        self.execute_with(place, seen, command, None, now).await?.ok_or(StoreError::Contended)
    }

    /// The same together with a companion. `None` if the companion's condition fails.
    pub(super) async fn execute_with(
        &self,
        place: &Place,
        mut seen: Items,
        command: Command<'_>,
        companion: Option<Companion<'_>>,
        now: Timestamp,
    ) -> Result<Option<Result<Executed, Refusal>>, StoreError> {
        for attempt in 0..ATTEMPTS {
            let change = match decide(&seen, command, now) {
                Ok(change) => change,
                Err(refusal) => return Ok(Some(Err(refusal))),
            };
            if change.card.is_none() && change.past.is_empty() {
                return Ok(Some(Ok(Executed { outcome: change.outcome, items: seen })));
            }
            // Each time anew: what is decided on the items as they are now may concern another enrollment.
            let companion = companion.map(|companion| companion(&change.outcome)).transpose()?;
            match self.write(place, &seen, &change, companion.as_ref(), now).await? {
                Written::Done => {
                    log_changes(&seen, &change, now);
                    let outcome = change.outcome.clone();
                    return Ok(Some(Ok(Executed { outcome, items: changed(seen, change) })));
                }
                Written::CompanionExists => return Ok(None),
                // One other writer has just been first. The refused write may have returned the card's item.
                Written::Changed(item) if attempt == 0 => {
                    seen = match item {
                        Some(item) => self.load_past(place, Some(card_from_item(&item)?), command).await?,
                        None => self.load(place, command).await?,
                    };
                }
                // Others are writing. What is loaded before the wait would be old after it.
                Written::Changed(_) | Written::Busy => {
                    backoff(attempt).await;
                    seen = self.load(place, command).await?;
                }
            }
        }
        Err(StoreError::Contended)
    }

    async fn write(
        &self,
        place: &Place,
        seen: &Items,
        change: &Change,
        companion: Option<&Put>,
        now: Timestamp,
    ) -> Result<Written, StoreError> {
        let past = change.past.iter().map(|record| self.past_put(place, seen, record, now));
        let card = change.card.iter().map(|card| self.card_put(place, seen, card, now));
        let mut puts = card.chain(past).collect::<Result<Vec<_>, _>>()?;
        if let (None, [put]) = (companion, puts.as_slice()) {
            return self.put_alone(put, change.card.is_some()).await;
        }
        puts.extend(companion.cloned());
        let transaction = puts.into_iter().map(|put| TransactWriteItem::builder().put(put).build());
        let sent =
            self.table.db.transact_write_items().set_transact_items(Some(transaction.collect())).send().await;
        let Err(error) = sent else { return Ok(Written::Done) };
        let reasons = cancellation_reasons(&error);
        // The companion is the last item.
        if companion.is_some() && is_condition_failure(reasons.last()) {
            return Ok(Written::CompanionExists);
        }
        if reasons.iter().any(|reason| is_condition_failure(Some(reason))) {
            return Ok(Written::Changed(None));
        }
        if is_transaction_busy(&error) { Ok(Written::Busy) } else { Err(error.into()) }
    }

    async fn put_alone(&self, put: &Put, is_card: bool) -> Result<Written, StoreError> {
        let sent = self.table.db.put_item().table_name(&self.table.name).set_item(Some(put.item().clone()));
        let sent = sent.set_condition_expression(put.condition_expression().map(Into::into));
        let sent = sent.set_expression_attribute_values(put.expression_attribute_values().cloned());
        let sent = sent.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match sent.send().await {
            Ok(_) => Ok(Written::Done),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                let item = match error.err() {
                    PutItemError::ConditionalCheckFailedException(failed) => failed.item().cloned(),
                    _ => None,
                };
                Ok(Written::Changed(item.filter(|_| is_card)))
            }
            Err(error) if is_busy(error.code()) => Ok(Written::Busy),
            Err(error) => Err(error.into()),
        }
    }

    fn card_put(
        &self,
        place: &Place,
        seen: &Items,
        card: &CardEnrollment,
        now: Timestamp,
    ) -> Result<Put, StoreError> {
        let before = seen.card.as_ref().map(|card| &card.current);
        let change = card.current.status_change(before, now);
        let item = card_item(card, change.as_ref());
        self.conditional_put(item, &place.card_sort_key(), &card.current, seen, now)
    }

    fn past_put(
        &self,
        place: &Place,
        seen: &Items,
        record: &EnrollmentRecord,
        now: Timestamp,
    ) -> Result<Put, StoreError> {
        let id = record.enrollment.enrollment_id;
        // A new past enrollment has the status that it had as the current one, which was reported.
        let change = record.status_change(seen.find(id), now);
        let item = record_item(record, change.as_ref());
        self.conditional_put(item, &place.past_sort_key(id), record, seen, now)
    }

    /// A put with the keys of table and indexes, and the line of the audit trail, on condition that the revision is the one before.
    fn conditional_put(
        &self,
        mut item: Item,
        sk: &str,
        record: &EnrollmentRecord,
        seen: &Items,
        now: Timestamp,
    ) -> Result<Put, StoreError> {
        let enrollment = &record.enrollment;
        let changed = record.audited_change(seen.find(enrollment.enrollment_id), now);
        let audit = changed.and_then(|change| self.audit_attribute(&change));
        item.extend(audit.map(|line| (AUDIT.into(), line)));
        item.insert("pk".into(), s(&self.client_key(enrollment.client_id)));
        item.insert("sk".into(), s(sk));
        item.insert("tenant".into(), s(&self.table.tenant.to_string()));
        // Only once Processing confirmed whose card it is: a request may name any card.
        if enrollment.is_card_confirmed() {
            item.insert("cardKey".into(), s(&self.card_key(enrollment.card_contract_id)));
        }
        if let Some(due_at) = record.due_at {
            // By card, not by the random id: all enrollments of a card are in one shard, in the order in which they are due.
            let Enrollment { client_id, card_contract_id, token_requestor_id, .. } = enrollment;
            let card = format!("{client_id}#{card_contract_id}#{token_requestor_id}");
            let shard = sha256_hex(card.as_bytes());
            let shard = shard.bytes().next().unwrap_or_default() % SHARDS;
            item.insert("dueShard".into(), s(&self.enrollment_shard(shard)));
            item.insert("dueAt".into(), n(due_at.as_second()));
        } else {
            // Final: nothing is due any more, and DynamoDB deletes it some time. A later enrollment or restart ends that.
            item.insert("ttl".into(), n((now + self.retention).as_second()));
        }
        let put = Put::builder().table_name(&self.table.name).set_item(Some(item));
        let put = match record.revision {
            1 => put.condition_expression("attribute_not_exists(pk)"),
            revision => put
                .condition_expression("revision = :revision")
                .expression_attribute_values(":revision", n(revision.saturating_sub(1))),
        };
        Ok(put.build()?)
    }
}

/// The items after the change.
fn changed(mut items: Items, change: Change) -> Items {
    for record in change.past {
        let id = record.enrollment.enrollment_id;
        items.past.retain(|known| known.enrollment.enrollment_id != id);
        items.past.push(record);
    }
    items.card = change.card.or(items.card);
    items
}

fn log_changes(before: &Items, change: &Change, now: Timestamp) {
    for record in change.card.iter().map(|card| &card.current).chain(&change.past) {
        let id = record.enrollment.enrollment_id;
        if let Some(StatusChange { to, reason, attempt, is_final, .. }) =
            record.status_change(before.find(id), now)
        {
            tracing::info!(
                event = "enrollment_status_changed", enrollment_id = %id, attempt, status = to.as_str(),
                reason = reason.as_ref().map(StatusReason::as_str), is_final, "enrollment status changed"
            );
        }
    }
}
