//! The catalog of token requestors as a whole (use-case steps 1 to 5): who is known, which artwork is held, what
//! changed when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use mastercard::{
    asset::{Asset, AssetId, Logo},
    token_requestor::{PushMethod, TokenRequestor, TokenRequestorId},
};

/// Which state of the catalog readers see. Two of the same `version` and `artwork` show the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    /// Counts the refreshes that changed a requestor.
    pub version: u64,
    /// Which refresh made this version.
    pub change: Uuid,
    /// Counts the times that artwork arrived.
    #[serde(default)]
    pub artwork: u64,
    /// When Mastercard last answered for all account ranges; `None` before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// A requestor and what this server thinks of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// As in use.
    #[serde(flatten)]
    pub requestor: TokenRequestor,
    /// Shown while the artwork of `requestor.image_asset_id` is not held or not fit to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_asset_id: Option<AssetId>,
    /// Since when Mastercard no longer names it: hidden from then on, kept for its return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
    /// What Mastercard says now and nobody has allowed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Quarantine>,
}

/// Push methods that lead to a host which the requestor did not have before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quarantine {
    /// The new ones, not in use.
    pub push_methods: Vec<PushMethod>,
    /// When they were first seen.
    pub since: Timestamp,
}

/// What one refresh changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Versioned for the first time.
    pub added: Vec<TokenRequestorId>,
    /// Different from before.
    pub changed: Vec<TokenRequestorId>,
    /// No longer named: hidden.
    pub retired: Vec<TokenRequestorId>,
    /// Named again after their retirement.
    pub returned: Vec<TokenRequestorId>,
    /// Newly in quarantine, besides being in one of the other lists.
    pub quarantined: Vec<TokenRequestorId>,
}

impl Change {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A change, and when it became visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The version that it made.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// One state of the catalog, whole.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Which; `None` before the first refresh.
    pub catalog: Option<Catalog>,
    /// Everybody ever named, by id.
    pub known: BTreeMap<TokenRequestorId, Known>,
    /// Artwork that was fetched, by id.
    pub assets: BTreeMap<AssetId, Asset>,
}

impl Snapshot {
    /// Those that Mastercard names today, by id.
    pub fn offered(&self) -> impl Iterator<Item = &Known> {
        self.known.values().filter(|known| known.retired_at.is_none())
    }

    /// The logos to show for a requestor: of its current artwork if that is held and can be shown, else the earlier
    /// ones.
    pub fn logos(&self, known: &Known) -> &[Logo] {
        let current = known.requestor.image_asset_id.as_ref();
        let mut ids = current.into_iter().chain(known.earlier_asset_id.as_ref());
        ids.find_map(|id| self.shown(id)).unwrap_or_default()
    }

    /// Logos of an asset, if it has any.
    pub fn shown(&self, id: &AssetId) -> Option<&[Logo]> {
        self.assets.get(id).map(|asset| asset.logos.as_slice()).filter(|logos| !logos.is_empty())
    }

    /// Artwork of offered requestors that was not fetched yet, each once, in order.
    pub fn missing_assets(&self) -> BTreeSet<&AssetId> {
        let wanted = self.offered().filter_map(|known| known.requestor.image_asset_id.as_ref());
        wanted.filter(|id| !self.assets.contains_key(*id)).collect()
    }
}
