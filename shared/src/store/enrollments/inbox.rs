//! The inbox of notifications: stored before they are acknowledged, applied once, kept when they match nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_dynamo::to_attribute_value;

use super::{
    super::{
        StoreError,
        table::{from_item, is_condition, s},
    },
    Enrollments, NOTIFICATION, SHARDS,
    claim::after,
};
use crate::{card::ClientId, digest::sha256_hex, enrollment::EnrollmentId, notification::Notification};

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
    /// The first enrolment that it matched: from then on it is about no other one, whoever looks and whenever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Subject>,
    /// The enrolment that learned from it; none while it matches nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_to: Option<EnrollmentId>,
    /// How often it matched nothing.
    #[serde(default)]
    pub unmatched: usize,
}

/// Which enrolment of which client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    client_id: ClientId,
    enrollment_id: EnrollmentId,
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
        // A notification is stored even if nobody can say what it is about: whoever applies it looks again.
        let about = self.subject(notification).await.unwrap_or_default();
        let received = Received {
            notification: notification.clone(),
            received_at: now,
            about,
            applied_to: None,
            unmatched: 0,
        };
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
        let about = match received.about {
            Some(about) => Some(about),
            None => self.decide(&received.notification).await?,
        };
        let applied = match (about, received.notification.fact()) {
            (Some(Subject { client_id, enrollment_id }), Some(fact)) => {
                let source = sha256_hex(received.notification.id.as_bytes());
                let learned =
                    self.learn(client_id, enrollment_id, &[fact.recorded(now, &source)], now).await?;
                learned.map(|enrollment| enrollment.enrollment_id)
            }
            _ => None,
        };
        self.settle(Received { about, ..received }, applied, now).await?;
        Ok(applied)
    }

    /// What matched nothing so far, for good or yet to be tried again: oldest first within each of the index's shards.
    pub async fn unmatched(&self) -> Result<Vec<Received>, StoreError> {
        let mut found = Vec::new();
        for shard in (0..SHARDS).flat_map(|shard| [self.shard(shard), self.unmatched_shard(shard)]) {
            let query = self.0.db.query().table_name(&self.0.name).index_name("due");
            let query = query.key_condition_expression("dueShard = :shard");
            let query = query.expression_attribute_values(":shard", s(&shard));
            let mut keys: Vec<_> = query.into_paginator().items().send().try_collect().await?;
            keys.retain(|key| key.get("sk") == Some(&s(NOTIFICATION)));
            for item in self.0.look_up(keys).await? {
                found.push(from_item::<ReceivedItem>(item)?.received);
            }
        }
        found.retain(|received| received.unmatched > 0 && received.applied_to.is_none());
        Ok(found)
    }

    /// Matches a notification for the first time, unless somebody else has done so already.
    async fn decide(&self, notification: &Notification) -> Result<Option<Subject>, StoreError> {
        let Some(about) = self.subject(notification).await? else { return Ok(None) };
        let update = self.0.db.update_item().table_name(&self.0.name);
        let update = update.key("pk", s(&self.inbox(&notification.id))).key("sk", s(NOTIFICATION));
        let update = update.update_expression("SET about = :about");
        let update = update.condition_expression("attribute_exists(pk) AND attribute_not_exists(about)");
        match update.expression_attribute_values(":about", to_attribute_value(about)?).send().await {
            Ok(_) => Ok(Some(about)),
            Err(error) if is_condition(&error) => {
                Ok(self.received(&notification.id).await?.and_then(|received| received.about))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The enrolment that a notification speaks of, as the index shows them now.
    async fn subject(&self, notification: &Notification) -> Result<Option<Subject>, StoreError> {
        let (Some(card), Some(_)) = (notification.card_contract_id, notification.fact()) else {
            return Ok(None);
        };
        let candidates = self.by_card(card).await?;
        Ok(notification.choose(&candidates).map(|enrollment| Subject {
            client_id: enrollment.client_id,
            enrollment_id: enrollment.enrollment_id,
        }))
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
        // What is given up stays visible, in shards that reconciliation does not read.
        let (due_shard, due_at) = match due {
            Some(due) => (Some(self.shard(shard)), Some(due)),
            None if received.applied_to.is_none() => {
                (Some(self.unmatched_shard(shard)), Some(received.received_at))
            }
            None => (None, None),
        };
        ReceivedItem {
            ttl: after(received.received_at, KEPT),
            due_shard,
            due_at: due_at.map(Timestamp::as_second),
            received,
        }
    }

    fn unmatched_shard(&self, shard: u8) -> String {
        format!("UNMATCHED#{}#{shard}", self.0.tenant)
    }
}
