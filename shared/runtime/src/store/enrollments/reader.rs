//! Access for support and auditors: they read everything but the redirects, and write nothing.

use super::{
    super::{StoreError, table::Table},
    Enrollments, InboxEntry, Pages, Versioned,
};
use mastercard::card::CardContractId;
use model::enrollment::{Enrollment, EnrollmentId};

/// Every attribute of enrollments and of the inbox except the sealed `redirect` and `audit`, whose addresses support does not need. The policy `Support` in `infra/template.yaml` allows these.
pub const READABLE_ATTRIBUTES: [&str; 25] = [
    "appliedNotifications",
    "appliedTo",
    "cardContractId",
    "cardKey",
    "clientId",
    "dueAt",
    "dueShard",
    "enrollmentId",
    "facts",
    "first",
    "keys",
    "notification",
    "omitted",
    "past",
    "pk",
    "receivedAt",
    "requests",
    "revision",
    "sk",
    "status",
    "statusChange",
    "tenant",
    "tokenRequestorId",
    "ttl",
    "unmatched",
];

/// The table `Enrollments` without redirects, which a policy can therefore forbid. It has no writes: an item that was read
/// in part must not be written back.
#[derive(Clone, Debug)]
pub struct EnrollmentReader(Enrollments);

impl Enrollments {
    /// The same table, without redirects and writes.
    pub fn reader(&self) -> EnrollmentReader {
        let table = Table { attributes: Some(&READABLE_ATTRIBUTES), ..self.table.clone() };
        EnrollmentReader(Self { table, ..self.clone() })
    }
}

impl EnrollmentReader {
    /// An enrollment by its id; see [`Enrollments::find`].
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn find(&self, id: EnrollmentId) -> Result<Option<Versioned>, StoreError> {
        self.0.find(id).await
    }

    /// The enrollments of a card; see [`Enrollments::by_card`].
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn by_card(&self, card: CardContractId) -> Result<Vec<Enrollment>, StoreError> {
        self.0.by_card(card).await
    }

    /// All enrollments; see [`Enrollments::all`].
    pub fn all(&self) -> Pages {
        self.0.all()
    }

    /// All unmatched notifications; see [`Enrollments::unmatched_notifications`].
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn unmatched_notifications(&self) -> Result<Vec<InboxEntry>, StoreError> {
        self.0.unmatched_notifications().await
    }
}

#[cfg(test)]
mod tests;
