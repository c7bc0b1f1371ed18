//! What became of the assets: the answer of the function.

use mastercard::asset::{Asset, AssetId};
use serde::Serialize;

/// What became of each asset.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fetched {
    /// All forms that are fit for it are in the bucket, and the asset is recorded.
    pub stored: Vec<AssetId>,
    /// Held already.
    pub skipped: Vec<AssetId>,
    /// Nothing was recorded: to be tried again.
    pub failed: Vec<Failure>,
    /// Forms of stored assets that are not fit to be stored; trying again would not help.
    pub refused: Vec<Refusal>,
    /// How many were not begun before the time was over.
    pub remaining: usize,
}

/// An asset of which nothing was recorded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Which.
    pub asset_id: AssetId,
    /// Why: `not_fetched`, `no_forms`, `not_read`, `not_stored`, `out_of_time`, `not_recorded`.
    pub reason: &'static str,
}

/// A form of an asset that was not stored.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Of which asset.
    pub asset_id: AssetId,
    /// What Mastercard called it.
    pub media_type: String,
    /// Why, as in `mastercard::asset::RefusedForm`.
    pub reason: String,
}

impl Fetched {
    /// How many assets are done with, well or not.
    pub(crate) fn done(&self) -> usize {
        self.stored.len() + self.failed.len()
    }

    pub(crate) fn recorded(&mut self, assets: Vec<Asset>) {
        for Asset { asset_id, refused, .. } in assets {
            self.refused.extend(refused.into_iter().map(|form| Refusal {
                asset_id: asset_id.clone(),
                media_type: form.media_type,
                reason: form.reason,
            }));
            self.stored.push(asset_id);
        }
    }
}
