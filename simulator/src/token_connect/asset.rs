//! `getAsset`, steps 3 and 4. An asset never changes under its id.

use axum::http::StatusCode;
use serde_json::json;

use crate::{mastercard::Mastercard, refusal::Refusal, server::Answer, world::artwork};

/// Answers SVG and PNG of a token requestor's logo, or what a test put in their place. Statuses and reason codes of the failures are invented.
pub(crate) fn get(mastercard: &Mastercard, asset_id: &str) -> Answer {
    if !(1..=64).contains(&asset_id.chars().count()) {
        return Err(Refusal::token_connect(
            StatusCode::BAD_REQUEST,
            "INVALID_FIELD_LENGTH",
            "Invalid Field Length - AssetId",
        ));
    }
    if !mastercard.records().assets.contains(asset_id) {
        return Err(Refusal::token_connect(
            StatusCode::NOT_FOUND,
            "INVALID_ASSET_ID",
            "There is no such asset.",
        ));
    }
    if let Some(given) = mastercard.records().given_contents.get(asset_id) {
        return Ok((StatusCode::OK, json!({"mediaContents": given})));
    }
    let noise = mastercard.options.scale.map(|scale| scale.logo_bytes);
    let media = artwork::media_contents(asset_id, noise).map_err(|_| {
        Refusal::token_connect(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYSTEM_ERROR",
            "The asset cannot be drawn.",
        )
    })?;
    Ok((StatusCode::OK, media))
}
