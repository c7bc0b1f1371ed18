//! The signature over the receipts of a push (step 11): a JWS that the cardholder carries to the token requestor.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{crypto::jws, error_response::ErrorResponse, fields::Fields, mastercard::Mastercard};

/// The claims that the JWS takes from `signatureData`; the sandbox omits `completeIssuerAppActivation`.
pub(super) fn signed_claims(data: Fields<'_>) -> Result<Map<String, Value>, ErrorResponse> {
    data.flag("completeIssuerAppActivation")?;
    data.text("tokenRequestorSessionId", 3..=64)?;
    let mut claims = Map::new();
    if let Some(url) = data.text("callbackURL", 1..=256)? {
        if url::Url::parse(url).is_err() {
            return Err(data.invalid("callbackURL"));
        }
        claims.insert("callbackURL".to_owned(), json!(url));
    }
    let complete = data.flag("completeWebsiteActivation")?.unwrap_or(true);
    claims.insert("completeWebsiteActivation".to_owned(), json!(complete));
    let supplied = data.flag("accountHolderDataSupplied")?.unwrap_or(false);
    claims.insert("accountHolderDataSupplied".to_owned(), json!(supplied));
    if let Some(locale) = data.text("locale", 5..=5)? {
        if !is_locale(locale) {
            return Err(data.invalid("locale"));
        }
        claims.insert("locale".to_owned(), json!(locale));
    }
    Ok(claims)
}

/// Whether this is a language and a country: two lowercase letters, an underscore, two uppercase letters.
fn is_locale(text: &str) -> bool {
    let [first, second, b'_', third, fourth] = text.as_bytes() else { return false };
    let language = [first, second].into_iter().all(u8::is_ascii_lowercase);
    language && [third, fourth].into_iter().all(u8::is_ascii_uppercase)
}

/// Signs the receipts and the claims.
pub(super) fn sign(
    mastercard: &Mastercard,
    receipts: &[String],
    claims: Map<String, Value>,
) -> Result<String, ErrorResponse> {
    let keys = mastercard.portal.keys();
    let mut payload = json!({"pushAccountReceipts": receipts});
    if let Some(fields) = payload.as_object_mut() {
        fields.extend(claims);
    }
    jws::sign(&payload, &keys.receipt_signing, &keys.receipt_signing_kid).map_err(|_| {
        ErrorResponse::token_connect(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYSTEM_ERROR",
            "The receipts cannot be signed.",
        )
    })
}
