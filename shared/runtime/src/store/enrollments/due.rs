//! Items that are due for reconciliation.

use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        table::{Item, from_item, n, s},
    },
    Enrollments, InboxEntry, NOTIFICATION, Versioned,
    inbox::InboxItem,
    load::versioned,
};

/// An item that is due for reconciliation.
#[derive(Debug)]
pub enum DueItem {
    /// An enrollment whose token list is to be read.
    Enrollment(Box<Versioned>),
    /// A notification that is stored and not applied.
    Notification(Box<InboxEntry>),
}

impl Enrollments {
    /// The items of a shard that are due at `now`, most overdue first, at most `limit`.
    pub async fn due(&self, shard: u8, now: Timestamp, limit: i32) -> Result<Vec<DueItem>, StoreError> {
        let query = self.table.query_keys("due").limit(limit);
        let query = query.key_condition_expression("dueShard = :shard AND dueAt <= :now");
        let query = query.expression_attribute_values(":shard", s(&self.shard_key(shard)));
        let response = query.expression_attribute_values(":now", n(now.as_second())).send().await?;
        let notification = s(NOTIFICATION);
        let read = |item: Item| {
            if item.get("sk") == Some(&notification) {
                let entry = from_item::<InboxItem>(item)?.entry;
                return Ok(Some(DueItem::Notification(Box::new(entry))));
            }
            Ok(versioned(&item)?.map(|stored| DueItem::Enrollment(Box::new(stored))))
        };
        // The index is eventually consistent.
        let is_due = |item: &Item| {
            let at = item.get("dueAt").and_then(|at| at.as_n().ok()?.parse::<i64>().ok());
            at.is_some_and(|at| at <= now.as_second())
        };
        let items = self.table.batch_get(response.items.unwrap_or_default()).await?;
        items.into_iter().filter(is_due).filter_map(|item| read(item).transpose()).collect()
    }
}
