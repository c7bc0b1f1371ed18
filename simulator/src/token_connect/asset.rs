//! `getAsset`, steps 3 and 4. The content of an asset id never changes.

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    error_response::ErrorResponse, mastercard::Mastercard, response::OperationResult, world::artwork,
};

/// Returns a token requestor's logo as SVG and PNG, or the contents that a test set. Statuses and reason codes of the
/// errors are invented.
pub(crate) fn get(mastercard: &Mastercard, asset_id: &str) -> OperationResult {
    if !(1..=64).contains(&asset_id.chars().count()) {
        return Err(ErrorResponse::token_connect(
            StatusCode::BAD_REQUEST,
            "INVALID_FIELD_LENGTH",
            "Invalid Field Length - AssetId",
        ));
    }
    if !mastercard.records().assets.contains(asset_id) {
        return Err(ErrorResponse::token_connect(
            StatusCode::NOT_FOUND,
            "INVALID_ASSET_ID",
            "There is no such asset.",
        ));
    }
    if let Some(contents) = mastercard.records().asset_contents.get(asset_id) {
        return Ok((StatusCode::OK, json!({"mediaContents": contents})));
    }
    let noise = mastercard.options.scale.map(|scale| scale.logo_bytes);
    let media = artwork::media_contents(asset_id, noise).map_err(|_| {
        ErrorResponse::token_connect(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYSTEM_ERROR",
            "The asset cannot be drawn.",
        )
    })?;
    Ok((StatusCode::OK, media))
}
