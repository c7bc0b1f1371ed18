//! The inbox of notifications: stored before they are acknowledged, applied once, kept when they match nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        StoreError,
        table::{is_condition, s},
    },
    Enrollments, NOTIFICATION, SHARDS,
    begin::after,
};
use crate::{digest::sha256_hex, enrollment::EnrollmentId, notification::Notification};

/// How long notifications are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// When one that matched nothing is tried again; after the last time it is only kept.
const RETRIES: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(15), SignedDuration::from_hours(6)];

/// A notification as kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Received {
    /// What it says.
    pub notification: Notification,
    /// When it came.
    pub received_at: Timestamp,
    /// The enrolment that learned from it; none while it matches nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_to: Option<EnrollmentId>,
    /// How often it matched nothing.
    #[serde(default)]
    pub unmatched: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceivedItem {
    #[serde(flatten)]
    pub(super) received: Received,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<i64>,
    pub(super) ttl: i64,
}

impl Enrollments {
    /// Stores a notification; once it is stored it will be applied, now or by reconciliation.
    /// One that came before is given back as it is kept.
    pub async fn receive(&self, notification: &Notification, now: Timestamp) -> Result<Received, StoreError> {
        let received =
            Received { notification: notification.clone(), received_at: now, applied_to: None, unmatched: 0 };
        let pk = self.inbox(&notification.id);
        let item = self.0.item(&pk, NOTIFICATION, &self.received_item(received.clone(), Some(now)))?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(item));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(received),
            Err(error) if is_condition(&error) => {
                Ok(self.received(&notification.id).await?.unwrap_or(received))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A notification by its sender's id.
    pub async fn received(&self, id: &str) -> Result<Option<Received>, StoreError> {
        let item: Option<ReceivedItem> = self.0.get(&self.inbox(id), NOTIFICATION).await?;
        Ok(item.map(|item| item.received))
    }

    /// Lets the enrolment that a notification speaks of learn from it; a second time changes nothing.
    /// Gives the enrolment, or nothing if it matches none (yet).
    pub async fn apply(
        &self,
        received: Received,
        now: Timestamp,
    ) -> Result<Option<EnrollmentId>, StoreError> {
        if received.applied_to.is_some() {
            return Ok(received.applied_to);
        }
        let notification = &received.notification;
        let candidates = match notification.card_contract_id {
            Some(card) => self.by_card(card).await?,
            None => Vec::new(),
        };
        let applied = match (notification.choose(&candidates), notification.fact()) {
            (Some(enrollment), Some(fact)) => {
                let (client, id) = (enrollment.client_id, enrollment.enrollment_id);
                self.learn(client, id, &[fact.recorded(now, &sha256_hex(notification.id.as_bytes()))], now)
                    .await?;
                Some(id)
            }
            _ => None,
        };
        self.settle(received, applied, now).await?;
        Ok(applied)
    }

    /// Notes what became of a notification: applied, or unmatched and due again later, or unmatched for good.
    async fn settle(
        &self,
        received: Received,
        applied: Option<EnrollmentId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let again = RETRIES.get(received.unmatched).filter(|_| applied.is_none());
        let due = again.map(|gap| now.saturating_add(*gap).unwrap_or(Timestamp::MAX));
        let unmatched = received.unmatched.saturating_add(usize::from(applied.is_none()));
        let settled = Received { applied_to: applied, unmatched, ..received };
        let pk = self.inbox(&settled.notification.id);
        let item = self.0.item(&pk, NOTIFICATION, &self.received_item(settled, due))?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(item));
        // What was applied stays applied, whoever comes second.
        let put = put.condition_expression("attribute_not_exists(appliedTo) OR appliedTo = :applied");
        let applied = applied.map(|id| id.to_string()).unwrap_or_default();
        match put.expression_attribute_values(":applied", s(&applied)).send().await {
            Err(error) if !is_condition(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn received_item(&self, received: Received, due: Option<Timestamp>) -> ReceivedItem {
        let shard =
            sha256_hex(received.notification.id.as_bytes()).bytes().next().unwrap_or_default() % SHARDS;
        ReceivedItem {
            ttl: after(received.received_at, KEPT),
            due_shard: due.map(|_| self.shard(shard)),
            due_at: due.map(Timestamp::as_second),
            received,
        }
    }
}
