//! The changes of one version, with names instead of ids.

use mastercard::token_requestor::TokenRequestorId;
use model::catalog::{ChangeRecord, Snapshot};
use simulator::Language;

use super::utc_time::UtcTime;
use crate::language::Texts as _;

/// Names of token requestors by kind of change.
pub(super) struct VersionChanges {
    pub(super) version: u64,
    pub(super) at: UtcTime,
    pub(super) lists: Vec<(&'static str, Vec<String>)>,
}

impl VersionChanges {
    pub(super) fn new(record: &ChangeRecord, snapshot: &Snapshot, w: Language) -> Self {
        let name = |id: &TokenRequestorId| match snapshot.entries.get(id) {
            Some(entry) => entry.requestor.consumer_facing_entity_name.clone(),
            None => id.to_string(),
        };
        let change = &record.change;
        let lists = [
            (w.text("New"), &change.added),
            (w.text("Changed"), &change.changed),
            (w.text("Retired"), &change.retired),
            (w.text("Returned"), &change.returned),
            (w.text("Quarantined"), &change.quarantined),
        ];
        let lists = lists.into_iter().filter(|(_, ids)| !ids.is_empty());
        let lists = lists.map(|(what, ids)| (what, ids.iter().map(name).collect())).collect();
        Self { version: record.version, at: UtcTime(record.at, w), lists }
    }
}
