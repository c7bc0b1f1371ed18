//! Records facts. A write succeeds only on top of all facts before it, so that the stored status and due time are right.

use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{is_condition_error, n},
    },
    Enrollments, Redirect, Revision, SHARDS, Versioned, enrollment_sort_key,
    items::{EnrollmentItem, RedirectItem, StatusChange},
    redirect_sort_key,
};
use mastercard::{card::ClientId, digest::sha256_hex};
use model::enrollment::{Enrollment, EnrollmentId, RecordedFact, Status, StatusReason};

/// Attempts against concurrent writers of the same enrollment: about a second, enough for twenty writers.
const ATTEMPTS: u32 = 24;

impl Enrollments {
    /// Records a successful push (use-case step 11). The redirect is stored first: without the recorded push it is not
    /// used, and DynamoDB deletes it when it expires (TTL). `None` if there is no such enrollment.
    pub async fn record_push(
        &self,
        current: Versioned,
        fact: RecordedFact,
        redirect: &Redirect,
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        let Enrollment { client_id, enrollment_id, .. } = current.enrollment;
        let item = RedirectItem { redirect: redirect.clone(), ttl: redirect.expires_at.as_second() };
        let item = self.0.item(
            &self.client_key(client_id),
            &redirect_sort_key(enrollment_id, fact.attempt),
            &item,
        )?;
        self.0.db.put_item().table_name(&self.0.name).set_item(Some(item)).send().await?;
        self.record_facts_if_unchanged(current, &[fact], now).await
    }

    /// Adds facts to an enrollment, in one write. Facts that are recorded already change nothing. `None` if there is no
    /// such enrollment.
    pub async fn record_facts(
        &self,
        client: ClientId,
        id: EnrollmentId,
        facts: &[RecordedFact],
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        match self.get_versioned(client, id).await? {
            Some(current) => self.record_facts_if_unchanged(current, facts, now).await,
            None => Ok(None),
        }
    }

    /// The same for an enrollment that was just read. It is read again only if another writer was first.
    pub async fn record_facts_if_unchanged(
        &self,
        mut current: Versioned,
        facts: &[RecordedFact],
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        for attempt in 0..ATTEMPTS {
            let Versioned { enrollment, revision } = current;
            let Enrollment { client_id, enrollment_id, .. } = enrollment;
            let mut updated = enrollment.clone();
            let added = facts.iter().filter(|fact| updated.add_fact((*fact).clone())).count();
            let item = self.enrollment_item(updated, Some(revision), now);
            if added == 0 && item.due_at == revision.due_at {
                return Ok(Some(enrollment));
            }
            if self.write(&item, revision.count).await? {
                log_status_change(revision, &item);
                return Ok(Some(item.enrollment));
            }
            backoff(attempt).await;
            let Some(latest) = self.get_versioned(client_id, enrollment_id).await? else { return Ok(None) };
            current = latest;
        }
        Err(StoreError::Contended)
    }

    /// The item of an enrollment for a write on top of `base`, with status and index keys derived from its facts.
    pub(super) fn enrollment_item(
        &self,
        enrollment: Enrollment,
        base: Option<Revision>,
        now: Timestamp,
    ) -> EnrollmentItem {
        let (count, before) = base.map_or((0, None), |base| (base.count, Some(base.status)));
        let report = enrollment.status_at(now);
        let due_at = report.next_check.map(Timestamp::as_second);
        let status = report.status;
        let attempt = enrollment.attempt().number;
        let is_final = due_at.is_none();
        let is_change = base.is_none_or(|base| (base.status, base.due_at.is_none()) != (status, is_final));
        let reason = report.reason;
        let change = StatusChange { from: before, to: status, r#final: is_final, reason, at: now, attempt };
        let shard = shard_of(enrollment.enrollment_id);
        EnrollmentItem {
            revision: count.saturating_add(1),
            status,
            // An attempt in progress is no outcome.
            status_change: (is_change && status != Status::Pending).then_some(change),
            card_key: self.card_key(enrollment.card_contract_id),
            enrollment_key: Some(self.id_key(enrollment.enrollment_id)),
            due_shard: due_at.map(|_| self.shard_key(shard)),
            due_at,
            enrollment,
        }
    }

    /// Writes the item on condition that the stored revision is `revision`. Returns whether it was written.
    async fn write(&self, item: &EnrollmentItem, revision: i64) -> Result<bool, StoreError> {
        let client = self.client_key(item.enrollment.client_id);
        let keyed = self.0.item(&client, &enrollment_sort_key(item.enrollment.enrollment_id), item)?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(keyed));
        let put = put.condition_expression("revision = :revision");
        match put.expression_attribute_values(":revision", n(revision)).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_error(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Logs a published change of the status; not one that only became final.
pub(super) fn log_status_change(before: Revision, item: &EnrollmentItem) {
    if let Some(StatusChange { to, r#final, reason, attempt, .. }) = &item.status_change
        && before.status != *to
    {
        let id = item.enrollment.enrollment_id;
        tracing::info!(
            event = "enrollment_status_changed", enrollment_id = %id, attempt, status = to.as_str(), r#final,
            reason = reason.as_ref().map(StatusReason::as_str), "enrollment status changed"
        );
    }
}

pub(super) fn shard_of(id: EnrollmentId) -> u8 {
    sha256_hex(id.to_string().as_bytes()).bytes().next().unwrap_or_default() % SHARDS
}
