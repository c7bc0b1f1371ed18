//! Learning facts: each write sees all facts before it, so that status and due time never lag behind.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        contention::step_aside,
        table::{is_condition, n},
        transaction::cancelled,
    },
    Enrollments, Redirect, SHARDS, enrollment,
    items::{EnrollmentItem, RedirectItem, StatusChange},
    redirect,
};
use crate::{
    card::ClientId,
    digest::sha256_hex,
    enrollment::{Enrollment, EnrollmentId, Recorded, Status},
};

/// Attempts against other writers of the same enrolment: about a second, and enough for twenty of them.
const ATTEMPTS: u32 = 24;

impl Enrollments {
    /// Adds facts to an enrolment, in one write; facts that are known already change nothing.
    /// `None` if there is no such enrolment.
    pub async fn learn(
        &self,
        client: ClientId,
        id: EnrollmentId,
        facts: &[Recorded],
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        self.learn_with(client, id, facts, None, now).await
    }

    /// Use-case step 11: the push succeeded. The fact and the redirect are written together.
    pub async fn pushed(
        &self,
        client: ClientId,
        id: EnrollmentId,
        fact: Recorded,
        redirect: &Redirect,
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        self.learn_with(client, id, &[fact], Some(redirect), now).await
    }

    async fn learn_with(
        &self,
        client: ClientId,
        id: EnrollmentId,
        facts: &[Recorded],
        redirect: Option<&Redirect>,
        now: Timestamp,
    ) -> Result<Option<Enrollment>, StoreError> {
        for attempt in 0..ATTEMPTS {
            let Some(item) = self.0.get::<EnrollmentItem>(&self.client(client), &enrollment(id)).await?
            else {
                return Ok(None);
            };
            let EnrollmentItem { enrollment, revision, due_at, status, .. } = item;
            let mut learned = enrollment.clone();
            let news = facts.iter().filter(|fact| learned.learn((*fact).clone())).count();
            let item = self.enrollment_item(learned, revision.saturating_add(1), Some(status), now);
            if news == 0 && item.due_at == due_at {
                return Ok(Some(enrollment));
            }
            if self.write(&item, revision, redirect).await? {
                tell(&item);
                return Ok(Some(item.enrollment));
            }
            step_aside(attempt).await;
        }
        Err(StoreError::Contended)
    }

    /// The item of an enrolment, with its places in the indexes as its facts want them.
    pub(super) fn enrollment_item(
        &self,
        enrollment: Enrollment,
        revision: i64,
        before: Option<Status>,
        now: Timestamp,
    ) -> EnrollmentItem {
        let outlook = enrollment.outlook(now);
        let due_at = outlook.next_check.map(Timestamp::as_second);
        let status = outlook.status;
        let attempt = enrollment.attempt().number;
        let change = StatusChange { from: before, to: status, reason: outlook.reason, at: now, attempt };
        let shard = shard_of(enrollment.enrollment_id);
        EnrollmentItem {
            revision,
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
    async fn write(
        &self,
        item: &EnrollmentItem,
        revision: i64,
        live: Option<&Redirect>,
    ) -> Result<bool, StoreError> {
        let client = self.client(item.enrollment.client_id);
        let id = item.enrollment.enrollment_id;
        let unchanged = "revision = :revision";
        let Some(live) = live else {
            let put = self.0.db.put_item().table_name(&self.0.name);
            let put = put
                .set_item(Some(self.0.item(&client, &enrollment(id), item)?))
                .condition_expression(unchanged);
            return match put.expression_attribute_values(":revision", n(revision)).send().await {
                Ok(_) => Ok(true),
                Err(error) if is_condition(&error) => Ok(false),
                Err(error) => Err(error.into()),
            };
        };
        let put = self.put(&client, &enrollment(id), item)?.condition_expression(unchanged);
        let put = put.expression_attribute_values(":revision", n(revision)).build()?;
        let live = RedirectItem { redirect: live.clone(), ttl: live.expires_at.as_second() };
        let live = self.put(&client, &redirect(id, item.enrollment.attempt().number), &live)?.build()?;
        let both = [put, live].map(|put| TransactWriteItem::builder().put(put).build());
        match self.0.db.transact_write_items().set_transact_items(Some(both.into())).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().and_then(cancelled).is_some() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// For the one who watches how enrolments go.
fn tell(item: &EnrollmentItem) {
    if let Some(StatusChange { to, reason, attempt, .. }) = &item.status_change {
        let id = item.enrollment.enrollment_id;
        tracing::info!(enrollment.id = %id, attempt, status = ?to, reason, "the status moved");
    }
}

pub(super) fn shard_of(id: EnrollmentId) -> u8 {
    sha256_hex(id.to_string().as_bytes()).bytes().next().unwrap_or_default() % SHARDS
}
