//! The changes of one version, with names instead of ids.

use mastercard::token_requestor::TokenRequestorId;
use model::catalog::{ChangeRecord, Snapshot};

use super::utc_time::UtcTime;

/// Names of token requestors by kind of change.
pub(super) struct VersionChanges {
    pub(super) version: u64,
    pub(super) at: UtcTime,
    pub(super) lists: Vec<(&'static str, Vec<String>)>,
}

impl VersionChanges {
    pub(super) fn new(record: &ChangeRecord, snapshot: &Snapshot) -> Self {
        let name = |id: &TokenRequestorId| match snapshot.entries.get(id) {
            Some(entry) => entry.requestor.consumer_facing_entity_name.clone(),
            None => id.to_string(),
        };
        let change = &record.change;
        let lists = [
            ("New", &change.added),
            ("Changed", &change.changed),
            ("Retired", &change.retired),
            ("Returned", &change.returned),
            ("Quarantined", &change.quarantined),
        ];
        let lists = lists.into_iter().filter(|(_, ids)| !ids.is_empty());
        let lists = lists.map(|(what, ids)| (what, ids.iter().map(name).collect())).collect();
        Self { version: record.version, at: UtcTime(record.at), lists }
    }
}
