//! Token lists: the cards that are already enabled (the tip after step 4).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    call::Call,
    error_response::ErrorResponse,
    mastercard::Mastercard,
    response::OperationResult,
    world::token::{Token, TokenStatus},
};

/// `getTokensByClient`. A client without tokens gets an empty list (not published).
pub(crate) fn by_client(mastercard: &Mastercard, call: &Call, client_id: &str) -> OperationResult {
    let client = client_id.parse().ok().filter(|client| mastercard.records().clients.contains(client));
    let client: u64 = client.ok_or_else(|| not_found("CLIENT_NOT_FOUND", "There is no such client."))?;
    list(mastercard, call, "clientTokens", |token| token.client_id == client)
}

/// The tokens of one card contract. The name of the list, `cardTokens`, is invented.
pub(crate) fn by_card(mastercard: &Mastercard, call: &Call, card_contract_id: &str) -> OperationResult {
    let card = card_contract_id.parse().ok().filter(|card| mastercard.records().cards.contains_key(card));
    let card: u64 =
        card.ok_or_else(|| not_found("CARD_CONTRACT_NOT_FOUND", "There is no such card contract."))?;
    list(mastercard, call, "cardTokens", |token| token.card_contract_id == card)
}

/// The query's `status` selects active or inactive tokens. Its values are not published: here `Active` and `Inactive`.
fn list(
    mastercard: &Mastercard,
    call: &Call,
    name: &str,
    matches: impl Fn(&Token) -> bool,
) -> OperationResult {
    let query = call.uri.query().unwrap_or_default();
    let status = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "status");
    let active = match status.as_ref().map(|(_, status)| status.to_ascii_lowercase()).as_deref() {
        None => None,
        Some("active") => Some(true),
        Some("inactive") => Some(false),
        Some(_) => {
            return Err(ErrorResponse::processing(
                StatusCode::BAD_REQUEST,
                "INVALID_FIELD_VALUE",
                "Invalid Field Value - status",
            ));
        }
    };
    let records = mastercard.records();
    let tokens: Value = records
        .tokens
        .iter()
        .filter(|token| matches(token))
        .filter(|token| active.is_none_or(|active| active == (token.status() == TokenStatus::Active)))
        .map(|token| records.listing(token))
        .collect();
    Ok((StatusCode::OK, json!({ name: tokens })))
}

/// Processing Core documents both errors; their exact codes are inferred.
pub(super) fn not_found(reason: &'static str, description: &str) -> ErrorResponse {
    ErrorResponse::processing(StatusCode::NOT_FOUND, reason, description)
}
