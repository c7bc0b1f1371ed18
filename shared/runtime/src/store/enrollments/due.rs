//! Items that are due for reconciliation. Enrollments and notifications have shards of their own in the index, so that many
//! notifications delay no enrollment.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        table::{Item, from_item, n, s},
    },
    Enrollments, InboxEntry, Versioned,
    inbox::InboxItem,
    load::versioned,
};

const NO_ENROLLMENT: &str = "none";

/// A due item that this version cannot read, such as one that a later version wrote before a rollback. It stays due.
#[derive(Debug, thiserror::Error)]
#[error("a due item cannot be read (enrollment {enrollment_id})")]
pub struct UnreadableDueItem {
    /// `none` for a notification.
    enrollment_id: String,
    /// Names an attribute, without its value.
    source: StoreError,
}

impl Enrollments {
    /// The enrollments of a shard whose token list is to be read at `now`, most overdue first, at most `limit`.
    ///
    /// # Errors
    /// When the shard cannot be read.
    pub async fn due_enrollments(
        &self,
        shard: u8,
        now: Timestamp,
        limit: i32,
    ) -> Result<Vec<Result<Versioned, UnreadableDueItem>>, StoreError> {
        let due = self.due(&self.enrollment_shard(shard), now, limit).await?;
        let read = |item| versioned(&item).map_err(|source| unreadable(&item, source)).transpose();
        Ok(due.into_iter().filter_map(read).collect())
    }

    /// The stored notifications of a shard that are to be applied at `now`, most overdue first, at most `limit`.
    ///
    /// # Errors
    /// When the shard cannot be read.
    pub async fn due_notifications(
        &self,
        shard: u8,
        now: Timestamp,
        limit: i32,
    ) -> Result<Vec<Result<InboxEntry, UnreadableDueItem>>, StoreError> {
        let due = self.due(&self.notification_shard(shard), now, limit).await?;
        let unreadable = |source| UnreadableDueItem { enrollment_id: NO_ENROLLMENT.into(), source };
        let read = |item| from_item::<InboxItem>(item).map(|item| item.entry).map_err(unreadable);
        Ok(due.into_iter().map(read).collect())
    }

    async fn due(&self, shard: &str, now: Timestamp, limit: i32) -> Result<Vec<Item>, StoreError> {
        let query = self.table.query_keys("due").limit(limit);
        let query = query.key_condition_expression("dueShard = :shard AND dueAt <= :now");
        let query = query.expression_attribute_values(":shard", s(shard));
        let response = query.expression_attribute_values(":now", n(now.as_second())).send().await?;
        // The index is eventually consistent.
        let is_due = |item: &Item| {
            let at = item.get("dueAt").and_then(|at| at.as_n().ok()?.parse::<i64>().ok());
            at.is_some_and(|at| at <= now.as_second())
        };
        let items = self.table.batch_get(response.items.unwrap_or_default()).await?;
        Ok(items.into_iter().filter(is_due).collect())
    }

    pub(super) fn enrollment_shard(&self, shard: u8) -> String {
        format!("DUE#{}#{shard}", self.table.tenant)
    }

    pub(super) fn notification_shard(&self, shard: u8) -> String {
        format!("DUE#INBOX#{}#{shard}", self.table.tenant)
    }
}

fn unreadable(item: &Item, source: StoreError) -> UnreadableDueItem {
    let id = item.get("enrollmentId").and_then(|id| AttributeValue::as_s(id).ok());
    UnreadableDueItem { enrollment_id: id.map_or(NO_ENROLLMENT, String::as_str).to_owned(), source }
}
