//! Erasure of what is stored of one client: what was found, and the record of what was deleted.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use mastercard::{card::ClientId, digest::sha256_hex};
use model::enrollment::EnrollmentId;
use runtime::store::{
    StoreError,
    enrollments::{ClientData, ClientItems, EraseError},
};
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

/// The record of an erasure, for the bank's audit log. It does not contain the client id.
#[derive(Debug, Serialize)]
pub struct ErasureRecord {
    event: &'static str,
    timestamp: Timestamp,
    /// SHA-256 of the client id: a pseudonym for whoever knows the ids of clients.
    client_sha256: String,
    /// Numbers of enrollments by status, as they were found.
    statuses: BTreeMap<&'static str, usize>,
    /// Enrollments that were deleted.
    enrollments: usize,
    /// Days of which attempts were counted.
    counters: usize,
    /// Tokens whose remembered changes were deleted.
    tokens: usize,
    /// Notifications of the inbox that were deleted.
    notifications: usize,
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

    /// Deletes what was found. If an error stops it, the record has what was deleted before.
    pub async fn erase(&self, found: FoundData) -> (ErasureRecord, Result<(), EraseError>) {
        let timestamp = self.clock.now();
        let mut erased = ClientItems::default();
        let outcome = self.writer.erase(&found.data, timestamp, |items| erased = items).await;
        let ClientItems { enrollments, counters, tokens, notifications } = erased;
        let record = ErasureRecord {
            event: "client_erased",
            timestamp,
            client_sha256: sha256_hex(found.data.client_id.to_string().as_bytes()),
            statuses: found.statuses,
            enrollments,
            counters,
            tokens,
            notifications,
            complete: outcome.is_ok(),
        };
        (record, outcome)
    }
}

impl FoundData {
    /// Whether nothing is stored of the client.
    pub fn is_empty(&self) -> bool {
        self.data.counts().is_empty()
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
        write!(
            f,
            "Notifications in quarantine are encrypted and were not searched. They are deleted 30 days after their arrival."
        )
    }
}
