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
    pub(super) fn new(changed: &ChangeRecord, snapshot: &Snapshot) -> Self {
        let name = |id: &TokenRequestorId| match snapshot.entries.get(id) {
            Some(known) => known.requestor.consumer_facing_entity_name.clone(),
            None => id.to_string(),
        };
        let change = &changed.change;
        let lists = [
            ("New", &change.added),
            ("Changed", &change.changed),
            ("Gone", &change.retired),
            ("Back again", &change.returned),
            ("Waiting to be allowed", &change.quarantined),
        ];
        let lists = lists.into_iter().filter(|(_, ids)| !ids.is_empty());
        let lists = lists.map(|(what, ids)| (what, ids.iter().map(name).collect())).collect();
        Self { version: changed.version, at: UtcTime(changed.at), lists }
    }
}
