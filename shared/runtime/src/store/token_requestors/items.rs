//! How versions lie in an item: the visible one, and perhaps one that is staged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use model::catalog::{Catalog, CatalogEntry};

/// The one item that decides what is visible.
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

/// The version that a reader should see is no longer there: two more have come since. It has to begin anew.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StaleRead;

impl RequestorItem {
    /// What readers of this catalog see. A version that was staged and never became visible is not seen: it is as old
    /// as the visible one and of another change, and the next change removes it.
    pub(super) fn visible_in(&self, from: &CatalogItem) -> Result<Option<&RequestorVersion>, StaleRead> {
        let visible = |stored: &&RequestorVersion| {
            stored.version < from.version || (stored.version == from.version && stored.change == from.change)
        };
        match self.versions.iter().rev().find(visible) {
            Some(stored) => Ok(Some(stored)),
            None if self.versions.len() > 1 => Err(StaleRead),
            None => Ok(None),
        }
    }

    /// Whether it holds more than what is visible.
    pub(super) fn has_leftovers(&self, from: &CatalogItem) -> bool {
        let seen = self.visible_in(from).ok().flatten();
        let last = self.versions.last();
        last.map(|stored| stored.change) != seen.map(|stored| stored.change)
    }
}
