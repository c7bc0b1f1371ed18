//! The inbox: notifications that match no enrollment, that name too little to find one without an index, or that could not be
//! applied. Each is kept and tried again a few times.

use aws_sdk_dynamodb::types::Put;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        StoreError,
        backoff::send_while_busy,
        table::{from_item, is_condition_error, s},
    },
    Enrollments, NOTIFICATION, SHARDS,
};
use mastercard::digest::sha256_hex;
use model::{card_enrollment::Arrival, enrollment::EnrollmentId, notification::Notification};

/// How long notifications are kept.
const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The pause before each retry of an unmatched notification. After the last retry it is only kept.
const RETRIES: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(15), SignedDuration::from_hours(6)];

/// A notification as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboxEntry {
    /// The notification.
    pub notification: Notification,
    /// When it was first received.
    pub received_at: Timestamp,
    /// The enrollment at which its fact is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_to: Option<EnrollmentId>,
    /// How often it matched no enrollment.
    #[serde(default)]
    pub unmatched: usize,
}

impl InboxEntry {
    /// A new entry, not matched yet.
    pub(super) fn new(notification: &Notification, now: Timestamp) -> Self {
        Self { notification: notification.clone(), received_at: now, applied_to: None, unmatched: 0 }
    }

    /// The notification with the time of its first arrival.
    pub(super) fn arrival(&self) -> Arrival {
        Arrival { notification: self.notification.clone(), at: self.received_at }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InboxItem {
    #[serde(flatten)]
    pub(super) entry: InboxEntry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<i64>,
    pub(super) ttl: i64,
}

impl Enrollments {
    /// Stores a notification without applying it; [`Self::apply`] follows. Returns the stored entry if there is one.
    pub async fn store_notification(
        &self,
        notification: &Notification,
        now: Timestamp,
    ) -> Result<InboxEntry, StoreError> {
        let entry = InboxEntry::new(notification, now);
        let item = self.inbox_item(entry.clone(), Some(now));
        let item = self.table.item(&self.inbox_key(&notification.id), NOTIFICATION, &item)?;
        let put = self.table.db.put_item().table_name(&self.table.name).set_item(Some(item));
        let put = put.condition_expression("attribute_not_exists(pk)");
        match send_while_busy(|| put.clone().send()).await {
            Ok(_) => Ok(entry),
            Err(error) if is_condition_error(&error) => {
                Ok(self.notification(&notification.id).await?.unwrap_or(entry))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A notification by its sender's id.
    pub async fn notification(&self, id: &str) -> Result<Option<InboxEntry>, StoreError> {
        let item: Option<InboxItem> = self.table.get(&self.inbox_key(id), NOTIFICATION).await?;
        Ok(item.map(|item| item.entry))
    }

    /// All unmatched notifications, with and without retries left; oldest first within each shard of the index.
    pub async fn unmatched_notifications(&self) -> Result<Vec<InboxEntry>, StoreError> {
        let mut found = Vec::new();
        for shard in
            (0..SHARDS).flat_map(|shard| [self.notification_shard(shard), self.unmatched_shard(shard)])
        {
            let query = self.table.query_keys("due");
            let query = query.key_condition_expression("dueShard = :shard");
            let query = query.expression_attribute_values(":shard", s(&shard));
            let keys: Vec<_> = query.into_paginator().items().send().try_collect().await?;
            for item in self.table.batch_get(keys).await? {
                found.push(from_item::<InboxItem>(item)?.entry);
            }
        }
        found.retain(|entry| entry.unmatched > 0 && entry.applied_to.is_none());
        Ok(found)
    }

    /// The write of a notification as applied: the first one of a new notification, or of a stored one that nobody has applied.
    pub(super) fn applied_put(
        &self,
        entry: &InboxEntry,
        to: EnrollmentId,
        is_stored: bool,
    ) -> Result<Put, StoreError> {
        let applied = InboxEntry { applied_to: Some(to), ..entry.clone() };
        let pk = self.inbox_key(&entry.notification.id);
        let item = self.table.item(&pk, NOTIFICATION, &self.inbox_item(applied, None))?;
        let condition = match is_stored {
            true => "attribute_exists(pk) AND attribute_not_exists(appliedTo)",
            false => "attribute_not_exists(pk)",
        };
        let put = Put::builder().table_name(&self.table.name).set_item(Some(item));
        Ok(put.condition_expression(condition).build()?)
    }

    /// Stores that a notification was applied, or that it is unmatched and when it is tried again.
    pub(super) async fn store_outcome(
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
        let item = self.table.item(&pk, NOTIFICATION, &self.inbox_item(entry, due))?;
        let put = self.table.db.put_item().table_name(&self.table.name).set_item(Some(item));
        // An instance that did not find the enrollment must not reset what another one applied.
        let put = put.condition_expression("attribute_not_exists(appliedTo) OR appliedTo = :applied");
        let applied = applied.map(|id| id.to_string()).unwrap_or_default();
        let put = put.expression_attribute_values(":applied", s(&applied));
        match send_while_busy(|| put.clone().send()).await {
            Err(error) if !is_condition_error(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn inbox_item(&self, entry: InboxEntry, due: Option<Timestamp>) -> InboxItem {
        let shard = sha256_hex(entry.notification.id.as_bytes()).bytes().next().unwrap_or_default() % SHARDS;
        // An unmatched entry without retries left stays in the index, in shards that reconciliation does not read.
        let (due_shard, due_at) = match due {
            Some(due) => (Some(self.notification_shard(shard)), Some(due)),
            None if entry.applied_to.is_none() => {
                (Some(self.unmatched_shard(shard)), Some(entry.received_at))
            }
            None => (None, None),
        };
        InboxItem {
            ttl: entry.received_at.as_second().saturating_add(RETENTION.as_secs()),
            due_shard,
            due_at: due_at.map(Timestamp::as_second),
            entry,
        }
    }

    fn unmatched_shard(&self, shard: u8) -> String {
        format!("UNMATCHED#{}#{shard}", self.table.tenant)
    }
}
