//! The inbox of notifications: each is stored before it is acknowledged, applied once, and kept if it is unmatched.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        StoreError,
        table::{from_item, is_condition_error, s},
    },
    Enrollments, NOTIFICATION, NotificationOutcome, ReceiveError, SHARDS,
    claim::after,
};
use mastercard::{card::ClientId, digest::sha256_hex};
use model::{
    enrollment::{EnrollmentId, RecordedFact},
    notification::Notification,
};

/// How long notifications are kept.
const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A notification as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboxEntry {
    /// The notification.
    pub notification: Notification,
    /// When it was first received.
    pub received_at: Timestamp,
    /// The first enrollment that it matched; it is applied to no other one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_enrollment: Option<EnrollmentRef>,
    /// The enrollment at which its fact is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_to: Option<EnrollmentId>,
    /// How often it matched no enrollment.
    #[serde(default)]
    pub unmatched: usize,
}

/// An enrollment with the client that owns it: the two parts of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollmentRef {
    pub(super) client_id: ClientId,
    pub(super) enrollment_id: EnrollmentId,
}

impl InboxEntry {
    /// A new entry, not matched yet.
    fn new(notification: &Notification, now: Timestamp) -> Self {
        let notification = notification.clone();
        Self { notification, received_at: now, matched_enrollment: None, applied_to: None, unmatched: 0 }
    }

    /// The fact to record at its enrollment, with the time of the first arrival.
    pub(super) fn fact(&self) -> Option<RecordedFact> {
        let source = sha256_hex(self.notification.id.as_bytes());
        Some(self.notification.fact()?.recorded(self.received_at, &source))
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
    /// Stores a notification and applies it, in one transaction if it matches at the first attempt.
    ///
    /// # Errors
    /// [`ReceiveError::NotStored`], or [`ReceiveError::NotApplied`] if reconciliation has to apply it.
    pub async fn receive(
        &self,
        notification: &Notification,
        now: Timestamp,
    ) -> Result<NotificationOutcome, ReceiveError> {
        let entry = InboxEntry::new(notification, now);
        let entry = match self.record_from_inbox(&entry, now).await {
            Ok(FirstWrite::Recorded(id)) => return Ok(NotificationOutcome::Recorded(id)),
            Ok(FirstWrite::Exists(stored)) => *stored,
            // `apply` tries again and returns the error.
            Ok(FirstWrite::Nothing) | Err(_) => {
                self.store(entry, now).await.map_err(ReceiveError::NotStored)?
            }
        };
        self.apply(entry, now).await.map_err(ReceiveError::NotApplied)
    }

    /// Stores a notification without applying it; [`Self::apply`] follows. Returns the stored entry if there is one.
    pub async fn store_notification(
        &self,
        notification: &Notification,
        now: Timestamp,
    ) -> Result<InboxEntry, StoreError> {
        self.store(InboxEntry::new(notification, now), now).await
    }

    async fn store(&self, entry: InboxEntry, now: Timestamp) -> Result<InboxEntry, StoreError> {
        let id = entry.notification.id.clone();
        let item =
            self.0.item(&self.inbox_key(&id), NOTIFICATION, &self.inbox_item(entry.clone(), Some(now)))?;
        let put = self.0.db.put_item().table_name(&self.0.name).set_item(Some(item));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(entry),
            Err(error) if is_condition_error(&error) => Ok(self.notification(&id).await?.unwrap_or(entry)),
            Err(error) => Err(error.into()),
        }
    }

    /// A notification by its sender's id.
    pub async fn notification(&self, id: &str) -> Result<Option<InboxEntry>, StoreError> {
        let item: Option<InboxItem> = self.0.get(&self.inbox_key(id), NOTIFICATION).await?;
        Ok(item.map(|item| item.entry))
    }

    /// All unmatched notifications, with and without retries left; oldest first within each shard of the index.
    pub async fn unmatched_notifications(&self) -> Result<Vec<InboxEntry>, StoreError> {
        let mut found = Vec::new();
        for shard in (0..SHARDS).flat_map(|shard| [self.shard_key(shard), self.unmatched_shard(shard)]) {
            let query = self.0.db.query().table_name(&self.0.name).index_name("due");
            let query = query.key_condition_expression("dueShard = :shard");
            let query = query.expression_attribute_values(":shard", s(&shard));
            let mut keys: Vec<_> = query.into_paginator().items().send().try_collect().await?;
            keys.retain(|key| key.get("sk") == Some(&s(NOTIFICATION)));
            for item in self.0.batch_get(keys).await? {
                found.push(from_item::<InboxItem>(item)?.entry);
            }
        }
        found.retain(|entry| entry.unmatched > 0 && entry.applied_to.is_none());
        Ok(found)
    }

    pub(super) fn inbox_item(&self, entry: InboxEntry, due: Option<Timestamp>) -> InboxItem {
        let shard = sha256_hex(entry.notification.id.as_bytes()).bytes().next().unwrap_or_default() % SHARDS;
        // An unmatched entry without retries left stays in the index, in shards that reconciliation does not read.
        let (due_shard, due_at) = match due {
            Some(due) => (Some(self.shard_key(shard)), Some(due)),
            None if entry.applied_to.is_none() => {
                (Some(self.unmatched_shard(shard)), Some(entry.received_at))
            }
            None => (None, None),
        };
        InboxItem {
            ttl: after(entry.received_at, RETENTION),
            due_shard,
            due_at: due_at.map(Timestamp::as_second),
            entry,
        }
    }

    fn unmatched_shard(&self, shard: u8) -> String {
        format!("UNMATCHED#{}#{shard}", self.0.tenant)
    }
}

/// The outcome of storing a notification together with its fact.
pub(super) enum FirstWrite {
    /// Both are written.
    Recorded(EnrollmentId),
    /// The notification is stored already; nothing is written.
    Exists(Box<InboxEntry>),
    /// It matches no enrollment, or its fact is recorded already; nothing is written.
    Nothing,
}
