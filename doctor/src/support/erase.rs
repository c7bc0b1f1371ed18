//! Erasure of what is stored of one client: what was found, and the record of what was deleted.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use mastercard::card::ClientId;
use model::enrollment::EnrollmentId;
use runtime::store::{
    StoreError,
    enrollments::{ClientData, ClientItems, EraseError, Erasure, ErasureState, UnreadableItem},
};
use runtime::telemetry;
use serde::Serialize;

use super::Support;

/// What is stored of a client, in numbers.
#[derive(Debug)]
pub struct FoundData {
    data: ClientData,
    /// Numbers of enrollments by status.
    statuses: BTreeMap<&'static str, usize>,
    /// An enrollment that is live: until it ends, nothing is erased.
    pub live: Option<EnrollmentId>,
}

/// A record of an erasure, for the bank's audit log: one before the first deletion, one after the last. It does not contain the
/// client id.
#[derive(Debug, Serialize)]
pub struct ErasureRecord {
    event: &'static str,
    timestamp: Timestamp,
    /// SHA-256 of the client id: a pseudonym for whoever knows the ids of clients.
    client_sha256: String,
    /// Numbers of enrollments by status, as they were found.
    statuses: BTreeMap<&'static str, usize>,
    /// Enrollments that were deleted; of the first record those that were found, and so of the other counts.
    enrollments: usize,
    /// Days of which attempts were counted.
    counters: usize,
    /// Tokens whose remembered changes were deleted.
    tokens: usize,
    /// Notifications of the inbox that were deleted.
    notifications: usize,
    /// Items of the client that could not be read, and so were not deleted.
    unreadable: usize,
    /// Whether everything that was found was deleted.
    complete: bool,
}

impl Support {
    /// Searches everything that is stored of a client, except the quarantine. `progress` gets the number of items that were
    /// scanned.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find_client(
        &self,
        client: ClientId,
        progress: impl FnMut(usize),
    ) -> Result<FoundData, StoreError> {
        let data = self.writer.client_data(client, progress).await?;
        let now = self.clock.now();
        let mut statuses = BTreeMap::new();
        for enrollment in &data.enrollments {
            *statuses.entry(enrollment.status_at(now).status.as_str()).or_default() += 1;
        }
        Ok(FoundData { live: data.live(now), data, statuses })
    }

    /// Stores that an erasure starts. Without that nothing is deleted.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn start_erasure(&self, found: &FoundData) -> Result<(Erasure, ErasureRecord), StoreError> {
        let erasure = Erasure::new(found.data.client_id, self.clock.now());
        let items = found.data.counts();
        self.writer.record_erasure(&erasure, ErasureState::Started, items, erasure.started_at).await?;
        let record = found.record("client_erasure_started", &erasure, erasure.started_at, items);
        Ok((erasure, record))
    }

    /// Deletes what was found, and stores how it ended. If an error stops it, the record has what was deleted before.
    pub async fn erase(
        &self,
        found: &FoundData,
        erasure: &Erasure,
    ) -> (ErasureRecord, Result<(), EraseError>) {
        let mut erased = ClientItems::default();
        let outcome = self.writer.erase(&found.data, self.clock.now(), |items| erased = items).await;
        let complete = outcome.is_ok() && found.unreadable().is_empty();
        let state = if complete { ErasureState::Finished } else { ErasureState::Stopped };
        let now = self.clock.now();
        let recorded = self.writer.record_erasure(erasure, state, erased, now).await;
        let record = ErasureRecord { complete, ..found.record("client_erased", erasure, now, erased) };
        (record, outcome.and(recorded.map_err(EraseError::from)))
    }
}

impl FoundData {
    /// Whether nothing is stored of the client.
    pub fn is_empty(&self) -> bool {
        self.data.counts().is_empty() && self.unreadable().is_empty()
    }

    /// Items that cannot be read, and so are not deleted.
    pub fn unreadable(&self) -> &[UnreadableItem] {
        &self.data.unreadable
    }

    fn record(
        &self,
        event: &'static str,
        erasure: &Erasure,
        timestamp: Timestamp,
        items: ClientItems,
    ) -> ErasureRecord {
        let ClientItems { enrollments, counters, tokens, notifications } = items;
        ErasureRecord {
            event,
            timestamp,
            client_sha256: erasure.client_sha256.clone(),
            statuses: self.statuses.clone(),
            enrollments,
            counters,
            tokens,
            notifications,
            unreadable: self.unreadable().len(),
            complete: false,
        }
    }
}

impl fmt::Display for FoundData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let client = self.data.client_id;
        if self.is_empty() {
            writeln!(f, "Nothing is stored of client {client}.")?;
        } else {
            let ClientItems { enrollments, counters, tokens, notifications } = self.data.counts();
            let statuses: Vec<_> =
                self.statuses.iter().map(|(status, count)| format!("{count} {status}")).collect();
            writeln!(
                f,
                "Of client {client} are stored: {enrollments} enrollments ({}), counters of {counters} days, \
                 changes of {tokens} tokens, {notifications} notifications.",
                if statuses.is_empty() { "none".into() } else { statuses.join(", ") }
            )?;
        }
        for UnreadableItem { sort_key, error } in self.unreadable() {
            writeln!(
                f,
                "The item {sort_key} cannot be read and will not be deleted, because it may be live: {}.",
                telemetry::chain(error)
            )?;
        }
        write!(
            f,
            "Notifications in quarantine are encrypted and were not searched. They are deleted 30 days after their arrival."
        )
    }
}
