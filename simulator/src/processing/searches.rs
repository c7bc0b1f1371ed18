//! `POST /clients/{client_id}/funding-accounts/searches`, steps 7 to 9: takes card contract ids and returns the card
//! numbers for Token Connect, encrypted to the key in the `Token-Connect-Client-Encryption-Key` header.
//!
//! Only the header, the path and three property names are documented. Two request shapes are accepted: the body of
//! `pushMultipleAccounts` with card contract ids in place of card numbers (A), and flat properties (B).

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::tokens::not_found;
use crate::{
    call::Call,
    crypto::{certificate::RsaCertificate, field_level},
    error_response::ErrorResponse,
    fields::{self, Fields},
    journal::Party,
    mastercard::Mastercard,
    operation::Api,
    response::OperationResult,
    world::records::Records,
};

pub(crate) fn search(mastercard: &Mastercard, call: &Call, client_id: &str) -> OperationResult {
    let certificate = call
        .header("token-connect-client-encryption-key")
        .and_then(|value| RsaCertificate::from_base64(value).ok())
        .ok_or_else(|| {
            ErrorResponse::processing(
                StatusCode::BAD_REQUEST,
                "INVALID_CLIENT_ENCRYPTION_KEY",
                "Token-Connect-Client-Encryption-Key must be the Base64 of a DER certificate, on one line.",
            )
        })?;
    let body = fields::parse(&call.body, Api::Processing)?;
    let request = Fields::of(&body, Api::Processing)?;
    request.text("requestId", 1..=64)?;
    request.required_text("tokenRequestorId", 11..=11)?;
    if let Some(data) = request.object("signatureData")? {
        // The use case spells it `callbackUrl`, Token Connect `callbackURL`; which one Processing takes is unknown.
        data.text("callbackURL", 1..=256)?;
        data.text("callbackUrl", 1..=256)?;
    }

    let plaintext = plaintext(&mastercard.records(), &request, client_id)?;
    mastercard.journal.record(8, Party::Processing, Party::Processing, "card number fetched, card is active");
    let options = &mastercard.options;
    let plaintext = plaintext.to_string();
    let payload =
        field_level::encrypt(plaintext.as_bytes(), &certificate, options.cipher_mode, options.pkcs1_keys);
    let payload = payload.map_err(|_| {
        ErrorResponse::processing(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYSTEM_ERROR",
            "The cards cannot be encrypted.",
        )
    })?;
    let response = json!({ "encryptedPayload": payload });
    let response = if mastercard.options.search_response_wrapped {
        json!({ "pushFundingAccounts": response })
    } else {
        response
    };
    Ok((StatusCode::OK, response))
}

/// The array of accounts to encrypt for Token Connect.
fn plaintext(records: &Records, request: &Fields<'_>, client_id: &str) -> Result<Value, ErrorResponse> {
    let client = client_id.parse().ok().filter(|client| records.clients.contains(client));
    let client: u64 = client.ok_or_else(|| not_found("CLIENT_NOT_FOUND", "There is no such client."))?;

    if request.get("cardContractId").is_some() {
        let card = card_account_data(records, request, client)?;
        let id = format!("CA-{}", Uuid::new_v4().simple());
        return Ok(json!([funding_account(&id, json!({ "cardAccountData": card }))]));
    }
    let accounts = request.object("pushFundingAccounts")?.ok_or_else(|| request.invalid("cardContractId"))?;
    let payload = accounts.object("encryptedPayload")?.ok_or_else(|| accounts.invalid("encryptedPayload"))?;
    payload
        .array("encryptedData", 1..=5)?
        .iter()
        .map(|account| {
            let account = Fields::of(account, Api::Processing)?;
            let id = account.required_text("pushAccountId", 1..=36)?;
            let data =
                account.object("fundingAccountData")?.ok_or_else(|| account.invalid("fundingAccountData"))?;
            let card = data.object("cardAccountData")?.ok_or_else(|| data.invalid("cardAccountData"))?;
            let mut filled = account.get("fundingAccountData").cloned().unwrap_or_default();
            filled["cardAccountData"] = card_account_data(records, &card, client)?;
            Ok(funding_account(id, filled))
        })
        .collect()
}

/// Adds the recommended validity of half an hour unless the request has another.
fn funding_account(id: &str, mut data: Value) -> Value {
    if data["dataValidUntilTimestamp"].is_null() {
        let until = Timestamp::now() + SignedDuration::from_mins(30);
        data["dataValidUntilTimestamp"] = json!(format!("{until:.0}"));
    }
    json!({"pushAccountId": id, "fundingAccountData": data})
}

/// Step 8: the card must belong to this client and be active. Statuses are inferred, reason codes invented.
fn card_account_data(records: &Records, fields: &Fields<'_>, client: u64) -> Result<Value, ErrorResponse> {
    let id = fields
        .get("cardContractId")
        .and_then(Value::as_u64)
        .ok_or_else(|| fields.invalid("cardContractId"))?;
    let card = records
        .cards
        .get(&id)
        .ok_or_else(|| not_found("CARD_CONTRACT_NOT_FOUND", "There is no such card contract."))?;
    if card.client_id != client {
        return Err(ErrorResponse::processing(
            StatusCode::FORBIDDEN,
            "CARD_CONTRACT_OF_ANOTHER_CLIENT",
            "The card contract is not this client's.",
        ));
    }
    if !card.is_active() {
        return Err(ErrorResponse::processing(
            StatusCode::BAD_REQUEST,
            "CARD_CONTRACT_NOT_ACTIVE",
            "The card contract is not active.",
        ));
    }
    let (year, month) = card.expiry;
    Ok(json!({
        "accountNumber": card.number.expose(),
        "expiryMonth": format!("{month:02}"),
        "expiryYear": format!("{year:02}"),
    }))
}
