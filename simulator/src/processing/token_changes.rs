//! `setTokenStatus` and `relinkTokensToAnotherCard`. Neither sends a notification, as documented.
//!
//! The words `SUSPEND` and `DEACTIVATE`, and the errors other than `INVALID_TOKEN`, are invented.

use axum::http::StatusCode;
use serde_json::Value;

use super::tokens::not_found;
use crate::{
    call::Call,
    error_response::ErrorResponse,
    fields::{self, Fields},
    mastercard::Mastercard,
    operation::Api,
    response::OperationResult,
    world::{
        records::Records,
        token::{Suspender, Token, TokenStatus},
    },
};

const NO_CONTENT: OperationResult = Ok((StatusCode::NO_CONTENT, Value::Null));

/// `PUT /cards/{card_contract_id}/tokens`. Without `tokenNumber` it changes all tokens of the card. A token that is unknown or
/// deactivated is 404 `INVALID_TOKEN`.
pub(crate) fn set_status(mastercard: &Mastercard, call: &Call, card_contract_id: &str) -> OperationResult {
    let body = fields::parse(&call.body, Api::Processing)?;
    let request = Fields::of(&body, Api::Processing)?;
    let status = match request.required_text("tokenStatus", 1..=32)? {
        "SUSPEND" => TokenStatus::Suspended,
        "RESUME" => TokenStatus::Active,
        "DEACTIVATE" => TokenStatus::Deactivated,
        _ => return Err(request.invalid("tokenStatus")),
    };
    let mut records = mastercard.records();
    let card = known_card(&records, card_contract_id)?;
    let mut found = false;
    for token in chosen(&mut records, card, request.text("tokenNumber", 12..=19)?) {
        token.change(status, Suspender::Issuer);
        found = true;
    }
    if found { NO_CONTENT } else { Err(invalid_token(StatusCode::NOT_FOUND)) }
}

/// `PUT /cards/{card_contract_id}/token-relinks`. Without a token, or for a deactivated one, it is 400 `INVALID_TOKEN`, whatever
/// the new card is: the sandbox answers so for a card, not for a pair. The new card must be active, of the same client and product.
pub(crate) fn relink(mastercard: &Mastercard, call: &Call, card_contract_id: &str) -> OperationResult {
    let body = fields::parse(&call.body, Api::Processing)?;
    let request = Fields::of(&body, Api::Processing)?;
    let to = request.get("newCardContractId").and_then(Value::as_u64);
    let to = to.ok_or_else(|| request.invalid("newCardContractId"))?;
    let mut records = mastercard.records();
    let from = known_card(&records, card_contract_id)?;
    let number = request.text("tokenNumber", 12..=19)?;
    if chosen(&mut records, from, number).next().is_none() {
        return Err(invalid_token(StatusCode::BAD_REQUEST));
    }
    let refused =
        |reason, description| Err(ErrorResponse::processing(StatusCode::BAD_REQUEST, reason, description));
    let Some(new) = records.cards.get(&to) else { return Err(card_not_found()) };
    if !new.is_active() {
        return refused("CARD_CONTRACT_NOT_ACTIVE", "The card contract is not active.");
    }
    let product = |card| {
        let card = records.cards.get(card);
        card.map(|card| (card.client_id, card.number.range().map(|(_, product)| product)))
    };
    if product(&from) != product(&to) {
        return refused("INVALID_CARD_CONTRACT", "The card contracts are not of one client and product.");
    }
    for token in chosen(&mut records, from, number) {
        token.card_contract_id = to;
    }
    NO_CONTENT
}

/// The tokens of a card that are not deactivated: the one with this number, or all.
fn chosen<'a>(
    records: &'a mut Records,
    card: u64,
    number: Option<&'a str>,
) -> impl Iterator<Item = &'a mut Token> {
    let is_chosen = move |token: &&mut Token| {
        token.card_contract_id == card
            && !token.is_deactivated
            && number.is_none_or(|number| token.number.expose() == number)
    };
    records.tokens.iter_mut().filter(is_chosen)
}

fn known_card(records: &Records, id: &str) -> Result<u64, ErrorResponse> {
    let card = id.parse().ok().filter(|card| records.cards.contains_key(card));
    card.ok_or_else(card_not_found)
}

fn card_not_found() -> ErrorResponse {
    not_found("CARD_CONTRACT_NOT_FOUND", "There is no such card contract.")
}

fn invalid_token(status: StatusCode) -> ErrorResponse {
    ErrorResponse::processing(status, "INVALID_TOKEN", "The token is unknown or deactivated.")
}
