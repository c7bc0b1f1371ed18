//! The catalog of token requestors (use-case steps 1 to 5): its entries, their artwork, and the history of changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use mastercard::{
    asset::{Asset, AssetId, Logo},
    token_requestor::{PushMethod, TokenRequestor, TokenRequestorId},
};

/// The version of the catalog that readers see. Equal `version`, `change` and `artwork` mean equal content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    /// Number of refreshes that changed a requestor, from 1.
    pub version: u64,
    /// Id of the refresh that wrote this version.
    pub change: Uuid,
    /// Number of times that artwork was recorded.
    #[serde(default)]
    pub artwork: u64,
    /// When Token Connect last answered for all account ranges; `None` if it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// A token requestor as stored in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogEntry {
    /// The requestor, without the push methods in quarantine.
    #[serde(flatten)]
    pub requestor: TokenRequestor,
    /// Artwork that is shown while `requestor.image_asset_id` is not fetched or has no usable logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_asset_id: Option<AssetId>,
    /// When Token Connect stopped naming it. A retired requestor is hidden; its entry is kept in case it returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
    /// Push methods of the latest response that no operator has allowed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Quarantine>,
}

/// Push methods with a host that the requestor did not have before. They are not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quarantine {
    /// All push methods of the latest response.
    pub push_methods: Vec<PushMethod>,
    /// When Token Connect first named them.
    pub since: Timestamp,
}

/// The changes of one refresh.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// New requestors.
    pub added: Vec<TokenRequestorId>,
    /// Requestors with other data than before.
    pub changed: Vec<TokenRequestorId>,
    /// Requestors that Mastercard no longer lists, hidden from now on.
    pub retired: Vec<TokenRequestorId>,
    /// Retired requestors that are named again.
    pub returned: Vec<TokenRequestorId>,
    /// Requestors with a new quarantine; each is in one of the other lists too.
    pub quarantined: Vec<TokenRequestorId>,
}

impl Change {
    /// Whether all lists are empty.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The changes of one refresh with its version and time, for the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRecord {
    /// The catalog's version after the change.
    pub version: u64,
    /// When the refresh ran.
    pub at: Timestamp,
    /// The requestors by kind of change.
    #[serde(flatten)]
    pub change: Change,
}

/// The whole catalog in one version.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The version; `None` before the first refresh.
    pub catalog: Option<Catalog>,
    /// All requestors, retired ones too, by id.
    pub entries: BTreeMap<TokenRequestorId, CatalogEntry>,
    /// Fetched artwork, by id.
    pub assets: BTreeMap<AssetId, Asset>,
}

impl Snapshot {
    /// The entries that are not retired, ordered by id.
    pub fn offered(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.entries.values().filter(|entry| entry.retired_at.is_none())
    }

    /// The logos of a requestor: those of its current artwork, or else of the earlier one.
    pub fn logos(&self, entry: &CatalogEntry) -> &[Logo] {
        let current = entry.requestor.image_asset_id.as_ref();
        let mut ids = current.into_iter().chain(entry.earlier_asset_id.as_ref());
        ids.find_map(|id| self.logos_of(id)).unwrap_or_default()
    }

    /// The logos of an asset; `None` if it is not fetched or has none.
    pub fn logos_of(&self, id: &AssetId) -> Option<&[Logo]> {
        self.assets.get(id).map(|asset| asset.logos.as_slice()).filter(|logos| !logos.is_empty())
    }

    /// Artwork of the offered requestors that is not fetched yet.
    pub fn missing_assets(&self) -> BTreeSet<&AssetId> {
        let ids = self.offered().filter_map(|entry| entry.requestor.image_asset_id.as_ref());
        ids.filter(|id| !self.assets.contains_key(*id)).collect()
    }
}
