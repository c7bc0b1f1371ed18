//! Applies a notification: its fact is recorded once, at one enrollment, by the first instance that does so.

use jiff::{SignedDuration, Timestamp};
use serde_dynamo::to_attribute_value;

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{is_condition_error, n, s},
        transaction::{cancellation_reasons, is_condition_failure},
    },
    EnrollmentRef, Enrollments, InboxEntry, NOTIFICATION, NotificationOutcome, Versioned,
    claim::transact_put,
    enrollment_sort_key,
    inbox::FirstWrite,
    record::log_status_change,
};
use model::{enrollment::EnrollmentId, notification::Notification};

/// The pause before each retry of an unmatched notification. After the last retry it is only kept.
const RETRIES: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(15), SignedDuration::from_hours(6)];
/// Attempts against concurrent writers of the same enrollment.
const ATTEMPTS: u32 = 8;

impl Versioned {
    fn enrollment_ref(&self) -> EnrollmentRef {
        EnrollmentRef { client_id: self.enrollment.client_id, enrollment_id: self.enrollment.enrollment_id }
    }
}

impl Enrollments {
    /// Stores a new notification and records its fact, in one transaction.
    pub(super) async fn record_from_inbox(
        &self,
        entry: &InboxEntry,
        now: Timestamp,
    ) -> Result<FirstWrite, StoreError> {
        let Some(fact) = entry.fact() else { return Ok(FirstWrite::Nothing) };
        let id = &entry.notification.id;
        let mut matched = self.match_enrollment(&entry.notification).await?;
        for attempt in 0..ATTEMPTS {
            let Some(current) = matched else { return Ok(FirstWrite::Nothing) };
            let EnrollmentRef { client_id, enrollment_id } = current.enrollment_ref();
            let applied = InboxEntry {
                matched_enrollment: Some(current.enrollment_ref()),
                applied_to: Some(enrollment_id),
                ..entry.clone()
            };
            let mut updated = current.enrollment;
            if !updated.add_fact(fact.clone()) {
                return Ok(FirstWrite::Nothing);
            }
            let item = self.enrollment_item(updated, Some(current.revision), now);
            let inbox = self.put(&self.inbox_key(id), NOTIFICATION, &self.inbox_item(applied, None))?;
            let put = self.put(&self.client_key(client_id), &enrollment_sort_key(enrollment_id), &item)?;
            let put = put.condition_expression("revision = :revision");
            let put = put.expression_attribute_values(":revision", n(current.revision.count)).build()?;
            let inbox = inbox.condition_expression("attribute_not_exists(pk)").build()?;
            let sent = self.0.db.transact_write_items().transact_items(transact_put(inbox));
            let Err(error) = sent.transact_items(transact_put(put)).send().await else {
                log_status_change(current.revision, &item);
                return Ok(FirstWrite::Recorded(enrollment_id));
            };
            let Some(reasons) = error.as_service_error().and_then(cancellation_reasons) else {
                return Err(error.into());
            };
            if is_condition_failure(reasons.first()) {
                let stored = self.notification(id).await?;
                return Ok(stored.map_or(FirstWrite::Nothing, |stored| FirstWrite::Exists(Box::new(stored))));
            }
            backoff(attempt).await;
            matched = self.get_versioned(client_id, enrollment_id).await?;
        }
        Err(StoreError::Contended)
    }

    /// Records the fact of a stored notification at the enrollment that it matches. Repeating it changes nothing.
    pub async fn apply(&self, entry: InboxEntry, now: Timestamp) -> Result<NotificationOutcome, StoreError> {
        if let Some(id) = entry.applied_to {
            return Ok(NotificationOutcome::Duplicate(id));
        }
        let matched = match entry.matched_enrollment {
            Some(matched) => Some(matched),
            None => self.store_match(&entry.notification).await?,
        };
        let applied = match (matched, entry.fact()) {
            (Some(EnrollmentRef { client_id, enrollment_id }), Some(fact)) => {
                let updated = self.record_facts(client_id, enrollment_id, &[fact], now).await?;
                updated.map(|enrollment| enrollment.enrollment_id)
            }
            (None, _) | (_, None) => None,
        };
        self.store_outcome(InboxEntry { matched_enrollment: matched, ..entry }, applied, now).await?;
        Ok(applied.map_or(NotificationOutcome::Unmatched, NotificationOutcome::Recorded))
    }

    /// Matches a notification and stores the match, unless another instance has matched it already.
    async fn store_match(&self, notification: &Notification) -> Result<Option<EnrollmentRef>, StoreError> {
        let Some(matched) =
            self.match_enrollment(notification).await?.map(|current| current.enrollment_ref())
        else {
            return Ok(None);
        };
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.inbox_key(&notification.id))).key("sk", s(NOTIFICATION));
        let update = update.update_expression("SET matchedEnrollment = :matched");
        let update =
            update.condition_expression("attribute_exists(pk) AND attribute_not_exists(matchedEnrollment)");
        match update.expression_attribute_values(":matched", to_attribute_value(matched)?).send().await {
            Ok(_) => Ok(Some(matched)),
            Err(error) if is_condition_error(&error) => {
                Ok(self.notification(&notification.id).await?.and_then(|entry| entry.matched_enrollment))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The enrollment that a notification matches in the index `by-card`.
    async fn match_enrollment(&self, notification: &Notification) -> Result<Option<Versioned>, StoreError> {
        let (Some(card), Some(_)) = (notification.card_contract_id, notification.fact()) else {
            return Ok(None);
        };
        let mut candidates = self.candidates(card).await?;
        let enrollments = candidates.iter().map(|candidate| &candidate.enrollment);
        let matched = notification.match_enrollment(enrollments).map(|enrollment| enrollment.enrollment_id);
        candidates.retain(|candidate| Some(candidate.enrollment.enrollment_id) == matched);
        Ok(candidates.pop())
    }

    /// Stores that a notification was applied, or that it is unmatched and when it is tried again.
    async fn store_outcome(
        &self,
        entry: InboxEntry,
        applied: Option<EnrollmentId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let retry = RETRIES.get(entry.unmatched).filter(|_| applied.is_none());
        let due = retry.map(|wait| now.saturating_add(*wait).unwrap_or(Timestamp::MAX));
        let unmatched = entry.unmatched.saturating_add(usize::from(applied.is_none()));
        let entry = InboxEntry { applied_to: applied, unmatched, ..entry };
        let pk = self.inbox_key(&entry.notification.id);
        let item = self.0.item(&pk, NOTIFICATION, &self.inbox_item(entry, due))?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(item));
        // An instance that did not find the enrollment must not reset what another one applied.
        let put = put.condition_expression("attribute_not_exists(appliedTo) OR appliedTo = :applied");
        let applied = applied.map(|id| id.to_string()).unwrap_or_default();
        match put.expression_attribute_values(":applied", s(&applied)).send().await {
            Err(error) if !is_condition_error(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }
}
