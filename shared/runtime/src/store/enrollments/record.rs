//! Learning facts: each write sees all facts before it, so that status and due time never lag behind.

use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        backoff::backoff,
        table::{is_condition_error, n},
    },
    Enrollments, Redirect, Revision, SHARDS, Versioned, enrollment,
    items::{EnrollmentItem, RedirectItem, StatusChange},
    redirect,
};
use crate::log_event;
use mastercard::{card::ClientId, digest::sha256_hex};
use model::enrollment::{Enrollment, EnrollmentId, RecordedFact, StatusReason};

/// Attempts against other writers of the same enrollment: about a second, and enough for twenty of them.
const ATTEMPTS: u32 = 24;

impl Enrollments {
    /// Use-case step 11: the push succeeded. The redirect is there before anybody can know of the push; alone it means
    /// nothing, and DynamoDB tidies it up.
    pub async fn record_push(
        &self,
        seen: Versioned,
        fact: RecordedFact,
        live: &Redirect,
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        let Enrollment { client_id, enrollment_id, .. } = seen.enrollment;
        let item = RedirectItem { redirect: live.clone(), ttl: live.expires_at.as_second() };
        let item = self.0.item(&self.client(client_id), &redirect(enrollment_id, fact.attempt), &item)?;
        self.0.db.put_item().table_name(&self.0.name).set_item(Some(item)).send().await?;
        self.record_facts_if_unchanged(seen, &[fact], now).await
    }

    /// Adds facts to an enrollment, in one write; facts that are known already change nothing.
    /// `None` if there is no such enrollment.
    pub async fn record_facts(
        &self,
        client: ClientId,
        id: EnrollmentId,
        facts: &[RecordedFact],
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        match self.get_versioned(client, id).await? {
            Some(seen) => self.record_facts_if_unchanged(seen, facts, now).await,
            None => Ok(None),
        }
    }

    /// The same for who has just seen it: it is read only if somebody else has written since.
    pub async fn record_facts_if_unchanged(
        &self,
        mut seen: Versioned,
        facts: &[RecordedFact],
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        for attempt in 0..ATTEMPTS {
            let Versioned { enrollment, revision } = seen;
            let Enrollment { client_id, enrollment_id, .. } = enrollment;
            let mut learned = enrollment.clone();
            let news = facts.iter().filter(|fact| learned.add_fact((*fact).clone())).count();
            let item = self.enrollment_item(learned, Some(revision), now);
            if news == 0 && item.due_at == revision.due_at {
                return Ok(Some(enrollment));
            }
            if self.write(&item, revision.count).await? {
                log_status_change(&item);
                return Ok(Some(item.enrollment));
            }
            backoff(attempt).await;
            let Some(now_seen) = self.get_versioned(client_id, enrollment_id).await? else { return Ok(None) };
            seen = now_seen;
        }
        Err(StoreError::Contended)
    }

    /// The item of an enrollment that is written on top of `base`, with its places in the indexes as its facts want them.
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
        let change = StatusChange { from: before, to: status, reason: report.reason, at: now, attempt };
        let shard = shard_of(enrollment.enrollment_id);
        EnrollmentItem {
            revision: count.saturating_add(1),
            status,
            status_change: (before != Some(status)).then_some(change),
            card_key: self.card(enrollment.card_contract_id),
            enrollment_key: Some(self.key(enrollment.enrollment_id)),
            due_shard: due_at.map(|_| self.shard(shard)),
            due_at,
            enrollment,
        }
    }

    /// Writes unless somebody else wrote since `revision`; says whether it did.
    async fn write(&self, item: &EnrollmentItem, revision: i64) -> Result<bool, StoreError> {
        let client = self.client(item.enrollment.client_id);
        let keyed = self.0.item(&client, &enrollment(item.enrollment.enrollment_id), item)?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(keyed));
        let put = put.condition_expression("revision = :revision");
        match put.expression_attribute_values(":revision", n(revision)).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_error(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// For the one who watches how enrollments go.
pub(super) fn log_status_change(item: &EnrollmentItem) {
    if let Some(StatusChange { to, reason, attempt, .. }) = &item.status_change {
        let id = item.enrollment.enrollment_id;
        tracing::info!(
            event = log_event::ENROLLMENT_STATUS_CHANGED, enrollment_id = %id, attempt, status = to.as_str(),
            reason = reason.as_ref().map(StatusReason::as_str), "enrollment status changed"
        );
    }
}

pub(super) fn shard_of(id: EnrollmentId) -> u8 {
    sha256_hex(id.to_string().as_bytes()).bytes().next().unwrap_or_default() % SHARDS
}
