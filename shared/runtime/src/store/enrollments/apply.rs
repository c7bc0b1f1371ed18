//! What a notification means for its enrollment: learned once, by one enrollment, whoever looks and how often.

use jiff::{SignedDuration, Timestamp};
use serde_dynamo::to_attribute_value;

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{is_condition_error, n, s},
        transaction::{cancelled, is_condition_failure},
    },
    EnrollmentRef, Enrollments, InboxEntry, NOTIFICATION, Versioned,
    claim::put_in,
    enrollment,
    record::log_status_change,
};
use model::{enrollment::EnrollmentId, notification::Notification};

/// When one that matched nothing is tried again; after the last time it is only kept.
const RETRIES: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(15), SignedDuration::from_hours(6)];
/// Attempts against other writers of the same enrollment.
const ATTEMPTS: u32 = 8;

impl Versioned {
    fn subject(&self) -> EnrollmentRef {
        EnrollmentRef { client_id: self.enrollment.client_id, enrollment_id: self.enrollment.enrollment_id }
    }
}

impl Enrollments {
    /// A notification that came for the first time and what its enrollment learns from it, in one transaction. `None` if it
    /// matches nothing, or tells nothing new.
    pub(super) async fn receive_and_record(
        &self,
        received: &InboxEntry,
        now: Timestamp,
    ) -> Result<Option<InboxEntry>, StoreError> {
        let Some(fact) = received.fact(now) else { return Ok(None) };
        let mut subject = self.subject(&received.notification).await?;
        for attempt in 0..ATTEMPTS {
            let Some(seen) = subject else { return Ok(None) };
            let EnrollmentRef { client_id, enrollment_id } = seen.subject();
            let done = InboxEntry {
                matched_enrollment: Some(seen.subject()),
                applied_to: Some(enrollment_id),
                ..received.clone()
            };
            let mut learned = seen.enrollment;
            if !learned.add_fact(fact.clone()) {
                return Ok(None);
            }
            let item = self.enrollment_item(learned, Some(seen.revision), now);
            let kept = self.received_item(done.clone(), None);
            let kept = self.put(&self.inbox(&received.notification.id), NOTIFICATION, &kept)?;
            let put = self.put(&self.client(client_id), &enrollment(enrollment_id), &item)?;
            let put = put.condition_expression("revision = :revision");
            let put = put.expression_attribute_values(":revision", n(seen.revision.count)).build()?;
            let kept = kept.condition_expression("attribute_not_exists(pk)").build()?;
            let sent = self.0.db.transact_write_items().transact_items(put_in(kept));
            let Err(error) = sent.transact_items(put_in(put)).send().await else {
                log_status_change(&item);
                return Ok(Some(done));
            };
            let Some(reasons) = error.as_service_error().and_then(cancelled) else {
                return Err(error.into());
            };
            if is_condition_failure(reasons.first()) {
                return self.notification(&received.notification.id).await;
            }
            backoff(attempt).await;
            subject = self.get_versioned(client_id, enrollment_id).await?;
        }
        Err(StoreError::Contended)
    }

    /// Lets the enrollment that a notification speaks of learn from it; a second time changes nothing.
    /// Gives the enrollment, or nothing if it matches none (yet).
    pub async fn apply(
        &self,
        received: InboxEntry,
        now: Timestamp,
    ) -> Result<Option<EnrollmentId>, StoreError> {
        if received.applied_to.is_some() {
            return Ok(received.applied_to);
        }
        let about = match received.matched_enrollment {
            Some(about) => Some(about),
            None => self.decide(&received.notification).await?,
        };
        let applied = match (about, received.fact(now)) {
            (Some(EnrollmentRef { client_id, enrollment_id }), Some(fact)) => {
                let learned = self.record_facts(client_id, enrollment_id, &[fact], now).await?;
                learned.map(|enrollment| enrollment.enrollment_id)
            }
            _ => None,
        };
        self.settle(InboxEntry { matched_enrollment: about, ..received }, applied, now).await?;
        Ok(applied)
    }

    /// Matches a notification for the first time, unless somebody else has done so already.
    async fn decide(&self, notification: &Notification) -> Result<Option<EnrollmentRef>, StoreError> {
        let Some(about) = self.subject(notification).await?.map(|seen| seen.subject()) else {
            return Ok(None);
        };
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.inbox(&notification.id))).key("sk", s(NOTIFICATION));
        let update = update.update_expression("SET about = :about");
        let update = update.condition_expression("attribute_exists(pk) AND attribute_not_exists(about)");
        match update.expression_attribute_values(":about", to_attribute_value(about)?).send().await {
            Ok(_) => Ok(Some(about)),
            Err(error) if is_condition_error(&error) => Ok(self
                .notification(&notification.id)
                .await?
                .and_then(|received| received.matched_enrollment)),
            Err(error) => Err(error.into()),
        }
    }

    /// The enrollment that a notification speaks of, as the index shows them now.
    async fn subject(&self, notification: &Notification) -> Result<Option<Versioned>, StoreError> {
        let (Some(card), Some(_)) = (notification.card_contract_id, notification.fact()) else {
            return Ok(None);
        };
        let mut candidates = self.candidates(card).await?;
        let chosen =
            notification.choose(candidates.iter().map(|seen| &seen.enrollment)).map(|it| it.enrollment_id);
        candidates.retain(|seen| Some(seen.enrollment.enrollment_id) == chosen);
        Ok(candidates.pop())
    }

    /// Notes what became of a notification: applied, or unmatched and due again later, or unmatched for good.
    async fn settle(
        &self,
        received: InboxEntry,
        applied: Option<EnrollmentId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let again = RETRIES.get(received.unmatched).filter(|_| applied.is_none());
        let due = again.map(|gap| now.saturating_add(*gap).unwrap_or(Timestamp::MAX));
        let unmatched = received.unmatched.saturating_add(usize::from(applied.is_none()));
        let settled = InboxEntry { applied_to: applied, unmatched, ..received };
        let pk = self.inbox(&settled.notification.id);
        let item = self.0.item(&pk, NOTIFICATION, &self.received_item(settled, due))?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(item));
        // What was applied stays applied, whoever comes second.
        let put = put.condition_expression("attribute_not_exists(appliedTo) OR appliedTo = :applied");
        let applied = applied.map(|id| id.to_string()).unwrap_or_default();
        match put.expression_attribute_values(":applied", s(&applied)).send().await {
            Err(error) if !is_condition_error(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }
}
