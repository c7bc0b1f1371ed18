//! Erases what is stored of one client, as data protection law requires it on request.
//!
//! The items of the client's partition are read with one query. The inbox has no index by client, so that the whole table is
//! scanned for it: erasures are rare. Quarantined deliveries are sealed and cannot be searched; they are deleted by TTL.

mod find;
mod record;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use mastercard::card::ClientId;
use model::enrollment::{Enrollment, EnrollmentId};

pub use record::{Erasure, ErasureState};

use super::{
    super::{StoreError, backoff::send_while_busy, table::is_condition_error},
    Enrollments,
};

/// What is stored of one client.
#[derive(Debug)]
pub struct ClientData {
    /// The client.
    pub client_id: ClientId,
    /// Current and past enrollments.
    pub enrollments: Vec<Enrollment>,
    /// Items of the client that cannot be read. They are not deleted, because an enrollment among them may be live.
    pub unreadable: Vec<UnreadableItem>,
    /// Enrollments last: as long as one is left, a repetition finds its card's notifications.
    items: Vec<StoredItem>,
}

/// An item of the client's partition that this version cannot read.
#[derive(Debug)]
pub struct UnreadableItem {
    /// Its sort key.
    pub sort_key: String,
    /// Why; names an attribute, without its value.
    pub error: StoreError,
}

/// Numbers of items of one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientItems {
    /// Current and past enrollments.
    pub enrollments: usize,
    /// Days of which attempts are counted.
    pub counters: usize,
    /// Tokens whose changes are remembered.
    pub tokens: usize,
    /// Notifications in the inbox.
    pub notifications: usize,
}

/// Why an erasure was refused or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// This enrollment is live, or its push is under way. Nothing was deleted.
    #[error("enrollment {0} is live")]
    Live(EnrollmentId),
    /// An enrollment was changed after it was read. It was not deleted, nor was anything after it.
    #[error("an enrollment has changed since it was read")]
    Changed,
    /// An item could not be deleted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keys of an item that is to be deleted.
#[derive(Debug)]
struct StoredItem {
    kind: ItemKind,
    pk: AttributeValue,
    sk: AttributeValue,
    /// Of an enrollment, as it was read.
    revision: Option<AttributeValue>,
}

#[derive(Clone, Copy, Debug)]
enum ItemKind {
    Enrollment,
    Counter,
    Token,
    Notification,
}

impl ClientData {
    /// Numbers of the items.
    pub fn counts(&self) -> ClientItems {
        let mut counts = ClientItems::default();
        self.items.iter().for_each(|item| counts.add(item.kind));
        counts
    }

    /// An enrollment that is live at `now`. What is stored of it is still needed.
    pub fn live(&self, now: Timestamp) -> Option<EnrollmentId> {
        let live = self.enrollments.iter().find(|enrollment| enrollment.is_live(now));
        live.map(|enrollment| enrollment.enrollment_id)
    }
}

impl ClientItems {
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn add(&mut self, kind: ItemKind) {
        let count = match kind {
            ItemKind::Enrollment => &mut self.enrollments,
            ItemKind::Counter => &mut self.counters,
            ItemKind::Token => &mut self.tokens,
            ItemKind::Notification => &mut self.notifications,
        };
        *count = count.saturating_add(1);
    }
}

impl Enrollments {
    /// Deletes the items of a client, each enrollment on condition that it has not changed since it was read. Items that are
    /// gone already count as deleted. `progress` is called after each item: what it got last is deleted, even if an error follows.
    ///
    /// # Errors
    /// When an enrollment is live at `now` or has changed, or an item cannot be deleted. Repeating it is safe.
    pub async fn erase(
        &self,
        data: &ClientData,
        now: Timestamp,
        mut progress: impl FnMut(ClientItems),
    ) -> Result<(), EraseError> {
        if let Some(id) = data.live(now) {
            return Err(EraseError::Live(id));
        }
        let mut erased = ClientItems::default();
        for item in &data.items {
            self.delete(item).await?;
            erased.add(item.kind);
            progress(erased);
        }
        Ok(())
    }

    async fn delete(&self, item: &StoredItem) -> Result<(), EraseError> {
        let mut delete = self.table.db.delete_item().table_name(&self.table.name);
        delete = delete.key("pk", item.pk.clone()).key("sk", item.sk.clone());
        if let Some(revision) = &item.revision {
            delete = delete
                .condition_expression("attribute_not_exists(pk) OR revision = :revision")
                .expression_attribute_values(":revision", revision.clone());
        }
        match send_while_busy(|| delete.clone().send()).await {
            Ok(_) => Ok(()),
            Err(error) if is_condition_error(&error) => Err(EraseError::Changed),
            Err(error) => Err(StoreError::from(error).into()),
        }
    }
}
