//! The inbox of notifications: stored before they are acknowledged, applied once, kept when they match nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        StoreError,
        table::{from_item, is_condition_error, s},
    },
    Enrollments, NOTIFICATION, SHARDS,
    claim::after,
};
use mastercard::{card::ClientId, digest::sha256_hex};
use model::{
    enrollment::{EnrollmentId, RecordedFact},
    notification::Notification,
};

/// How long notifications are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A notification as kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboxEntry {
    /// What it says.
    pub notification: Notification,
    /// When it came.
    pub received_at: Timestamp,
    /// The first enrollment that it matched: from then on it is about no other one, whoever looks and whenever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_enrollment: Option<EnrollmentRef>,
    /// The enrollment that learned from it; none while it matches nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_to: Option<EnrollmentId>,
    /// How often it matched nothing.
    #[serde(default)]
    pub unmatched: usize,
}

/// Which enrollment of which client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollmentRef {
    pub(super) client_id: ClientId,
    pub(super) enrollment_id: EnrollmentId,
}

impl InboxEntry {
    /// One that nobody has looked at yet.
    fn new(notification: &Notification, now: Timestamp) -> Self {
        let notification = notification.clone();
        Self { notification, received_at: now, matched_enrollment: None, applied_to: None, unmatched: 0 }
    }

    /// What its enrollment learns from it.
    pub(super) fn fact(&self, now: Timestamp) -> Option<RecordedFact> {
        let source = sha256_hex(self.notification.id.as_bytes());
        Some(self.notification.fact()?.recorded(now, &source))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceivedItem {
    #[serde(flatten)]
    pub(super) received: InboxEntry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<i64>,
    pub(super) ttl: i64,
}

impl Enrollments {
    /// Takes a notification in, and if it matches an enrollment lets it learn, both in one write. Otherwise, and if that fails,
    /// it is stored for [`Self::apply`], now or by reconciliation. One that came before is given back as it is kept.
    pub async fn receive(
        &self,
        notification: &Notification,
        now: Timestamp,
    ) -> Result<InboxEntry, StoreError> {
        let received = InboxEntry::new(notification, now);
        // Whoever applies it looks again, and says what is wrong.
        if let Ok(Some(done)) = self.receive_and_record(&received, now).await {
            return Ok(done);
        }
        let pk = self.inbox(&notification.id);
        let item = self.0.item(&pk, NOTIFICATION, &self.received_item(received.clone(), Some(now)))?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(item));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(received),
            Err(error) if is_condition_error(&error) => {
                Ok(self.notification(&notification.id).await?.unwrap_or(received))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A notification by its sender's id.
    pub async fn notification(&self, id: &str) -> Result<Option<InboxEntry>, StoreError> {
        let item: Option<ReceivedItem> = self.0.get(&self.inbox(id), NOTIFICATION).await?;
        Ok(item.map(|item| item.received))
    }

    /// What matched nothing so far, for good or yet to be tried again: oldest first within each of the index's shards.
    pub async fn unmatched_notifications(&self) -> Result<Vec<InboxEntry>, StoreError> {
        let mut found = Vec::new();
        for shard in (0..SHARDS).flat_map(|shard| [self.shard(shard), self.unmatched_shard(shard)]) {
            let query = self.0.db.query().table_name(&self.0.name).index_name("due");
            let query = query.key_condition_expression("dueShard = :shard");
            let query = query.expression_attribute_values(":shard", s(&shard));
            let mut keys: Vec<_> = query.into_paginator().items().send().try_collect().await?;
            keys.retain(|key| key.get("sk") == Some(&s(NOTIFICATION)));
            for item in self.0.batch_get(keys).await? {
                found.push(from_item::<ReceivedItem>(item)?.received);
            }
        }
        found.retain(|received| received.unmatched > 0 && received.applied_to.is_none());
        Ok(found)
    }

    pub(super) fn received_item(&self, received: InboxEntry, due: Option<Timestamp>) -> ReceivedItem {
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
