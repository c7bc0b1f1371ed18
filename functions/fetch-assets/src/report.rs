//! The result of the function.

use mastercard::asset::{Asset, AssetId};
use serde::Serialize;

/// The result of a run, by asset.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FetchReport {
    /// Recorded assets; all their usable forms are in the bucket.
    pub stored: Vec<AssetId>,
    /// Requested assets that were recorded before.
    pub skipped: Vec<AssetId>,
    /// Assets that were not recorded; a later run tries again.
    pub failed: Vec<FailedAsset>,
    /// Forms of stored assets that were rejected; a later run would reject them again.
    pub refused: Vec<RejectedAssetForm>,
    /// Number of assets that were not requested in time, or only while Token Connect was down.
    pub remaining: usize,
}

/// An asset that was not recorded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedAsset {
    /// Its id.
    pub asset_id: AssetId,
    /// Why it was not recorded.
    pub reason: FetchFailure,
}

/// Why an asset was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FetchFailure {
    /// Token Connect did not return it.
    NotFetched,
    /// The response of Token Connect has no form.
    NoForms,
    /// No form of it can be shown as a logo, and at least one was rejected.
    NoUsableForm,
    /// Its forms could not be checked.
    NotRead,
    /// The bucket did not accept an object.
    NotStored,
    /// It took too long.
    OutOfTime,
    /// DynamoDB did not accept it.
    NotRecorded,
}

impl FetchFailure {
    /// The value in the report and the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NotFetched => "not_fetched",
            Self::NoForms => "no_forms",
            Self::NoUsableForm => "no_usable_form",
            Self::NotRead => "not_read",
            Self::NotStored => "not_stored",
            Self::OutOfTime => "out_of_time",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// A form of an asset that was not stored.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RejectedAssetForm {
    /// Id of the asset.
    pub asset_id: AssetId,
    /// The media type that Mastercard declared.
    pub media_type: String,
    /// Why, as in [`mastercard::asset::RejectedForm`].
    pub reason: String,
}

impl FetchReport {
    /// Number of assets that are stored or failed.
    pub(crate) fn done(&self) -> usize {
        self.stored.len() + self.failed.len()
    }

    /// Adds recorded assets.
    pub(crate) fn add_stored(&mut self, assets: Vec<Asset>) {
        for Asset { asset_id, refused, .. } in assets {
            self.refused.extend(refused.into_iter().map(|form| RejectedAssetForm {
                asset_id: asset_id.clone(),
                media_type: form.media_type,
                reason: form.reason,
            }));
            self.stored.push(asset_id);
        }
    }
}
