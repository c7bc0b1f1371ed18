//! The items of the table, as stored. A requestor's item holds its visible version and may hold a staged one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use model::catalog::{Catalog, CatalogEntry};

/// The item that names the visible version.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CatalogItem {
    #[serde(default)]
    pub(super) version: u64,
    #[serde(default)]
    pub(super) change: Uuid,
    #[serde(default)]
    pub(super) artwork: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated_at: Option<Timestamp>,
}

impl CatalogItem {
    /// `None` before the first refresh became visible.
    pub(super) fn visible(&self) -> Option<Catalog> {
        let Self { version, change, artwork, updated_at } = *self;
        (version > 0).then_some(Catalog { version, change, artwork, updated_at })
    }
}

/// A requestor in one version.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestorVersion {
    pub(super) version: u64,
    pub(super) change: Uuid,
    pub(super) entry: CatalogEntry,
}

/// A requestor's item: at most two versions, the older one first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestorItem {
    pub(super) versions: Vec<RequestorVersion>,
}

/// The version that a reader needs was replaced: two newer ones were written while it read. It has to read again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StaleRead;

impl RequestorItem {
    /// The version that readers of this catalog see; `None` if the requestor is not in it. A version that was staged by a
    /// refresh that failed has another `change`, so that readers skip it; the next refresh deletes it.
    pub(super) fn visible_in(&self, catalog: &CatalogItem) -> Result<Option<&RequestorVersion>, StaleRead> {
        let visible = |stored: &&RequestorVersion| {
            stored.version < catalog.version
                || (stored.version == catalog.version && stored.change == catalog.change)
        };
        match self.versions.iter().rev().find(visible) {
            Some(stored) => Ok(Some(stored)),
            None if self.versions.len() > 1 => Err(StaleRead),
            None => Ok(None),
        }
    }

    /// Whether it holds a version that readers of this catalog do not see.
    pub(super) fn has_leftovers(&self, catalog: &CatalogItem) -> bool {
        let visible = self.visible_in(catalog).ok().flatten();
        let last = self.versions.last();
        last.map(|stored| stored.change) != visible.map(|stored| stored.change)
    }
}
