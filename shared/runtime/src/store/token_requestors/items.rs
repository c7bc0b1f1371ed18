//! How versions lie in an item: the visible one, and perhaps one that is staged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use model::catalog::{Catalog, Known};

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
pub(super) struct Written {
    pub(super) version: u64,
    pub(super) change: Uuid,
    pub(super) known: Known,
}

/// A requestor's item: at most two versions, the older one first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestorItem {
    pub(super) versions: Vec<Written>,
}

/// The version that a reader should see is no longer there: two more have come since. It has to begin anew.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Behind;

impl RequestorItem {
    /// What readers of this catalog see. A version that was staged and never became visible is not seen: it is as old
    /// as the visible one and of another change, and the next change removes it.
    pub(super) fn get_versioned(&self, from: &CatalogItem) -> Result<Option<&Written>, Behind> {
        let visible = |written: &&Written| {
            written.version < from.version
                || (written.version == from.version && written.change == from.change)
        };
        match self.versions.iter().rev().find(visible) {
            Some(written) => Ok(Some(written)),
            None if self.versions.len() > 1 => Err(Behind),
            None => Ok(None),
        }
    }

    /// Whether it holds more than what is visible.
    pub(super) fn has_leftovers(&self, from: &CatalogItem) -> bool {
        let seen = self.get_versioned(from).ok().flatten();
        let last = self.versions.last();
        last.map(|written| written.change) != seen.map(|written| written.change)
    }
}
