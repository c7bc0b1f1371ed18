//! What waits for reconciliation.

use jiff::Timestamp;

use super::{
    super::{
        StoreError,
        table::{Item, from_item, n, s},
    },
    Enrollments, InboxEntry, NOTIFICATION,
    inbox::ReceivedItem,
    items::EnrollmentItem,
};
use model::enrollment::Enrollment;

/// Something to look after.
#[derive(Debug)]
pub enum DueItem {
    /// The token list is to be read for this enrollment.
    Enrollment(Enrollment),
    /// This notification was stored and not applied.
    Notification(InboxEntry),
}

impl Enrollments {
    /// What was due in a shard before `now`, most overdue first, `limit` at most.
    pub async fn due(&self, shard: u8, now: Timestamp, limit: i32) -> Result<Vec<DueItem>, StoreError> {
        let query = self.0.db.query().table_name(&self.0.name).index_name("due").limit(limit);
        let query = query.key_condition_expression("dueShard = :shard AND dueAt <= :now");
        let query = query.expression_attribute_values(":shard", s(&self.shard(shard)));
        let answer = query.expression_attribute_values(":now", n(now.as_second())).send().await?;
        let notification = s(NOTIFICATION);
        let read = |item: Item| {
            if item.get("sk") == Some(&notification) {
                from_item::<ReceivedItem>(item).map(|item| DueItem::Notification(item.received))
            } else {
                from_item::<EnrollmentItem>(item).map(|item| DueItem::Enrollment(item.enrollment))
            }
        };
        // The index may be behind the items.
        let due = |item: &Item| {
            let at = item.get("dueAt").and_then(|at| at.as_n().ok()?.parse::<i64>().ok());
            at.is_some_and(|at| at <= now.as_second())
        };
        let items = self.0.batch_get(answer.items.unwrap_or_default()).await?;
        items.into_iter().filter(due).map(read).collect()
    }
}
