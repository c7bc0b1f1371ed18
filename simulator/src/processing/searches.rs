//! `POST /clients/{client_id}/funding-accounts/searches`, steps 7 to 9: card contract ids come in, the card numbers
//! that Token Connect wants go out, encrypted to the key in the `Token-Connect-Client-Encryption-Key` header.
//!
//! Only the header, the path and three property names are documented. Two request shapes are accepted: the body of
//! `pushMultipleAccounts` with card contract ids in place of card numbers (A), and flat properties (B).

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::tokens::not_found;
use crate::{
    crypto::{certificate::RsaCertificate, field_level},
    fields::{self, Fields},
    gateway::Call,
    journal::Party,
    mastercard::Mastercard,
    operation::Api,
    refusal::Refusal,
    server::Answer,
    world::records::Records,
};

pub(crate) fn search(mastercard: &Mastercard, call: &Call, client_id: &str) -> Answer {
    let certificate = call
        .header("token-connect-client-encryption-key")
        .and_then(|value| RsaCertificate::from_base64(value).ok())
        .ok_or_else(|| {
            Refusal::processing(
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
        // The use case writes `callbackUrl`, Token Connect `callbackURL`: which one Processing takes is unknown.
        data.text("callbackURL", 1..=256)?;
        data.text("callbackUrl", 1..=256)?;
    }

    let plaintext = plaintext(&mastercard.records(), &request, client_id)?;
    mastercard.journal.note(8, Party::Processing, Party::Processing, "card number fetched, card is active");
    let payload =
        field_level::encrypt(plaintext.to_string().as_bytes(), &certificate, mastercard.options.cipher_mode)
            .map_err(|_| {
                Refusal::processing(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "SYSTEM_ERROR",
                    "The cards cannot be encrypted.",
                )
            })?;
    let answer = json!({ "encryptedPayload": payload });
    let answer = if mastercard.options.search_answer_wrapped {
        json!({ "pushFundingAccounts": answer })
    } else {
        answer
    };
    Ok((StatusCode::OK, answer))
}

/// The array that Token Connect will find inside.
fn plaintext(records: &Records, request: &Fields<'_>, client_id: &str) -> Result<Value, Refusal> {
    let client = client_id.parse().ok().filter(|client| records.clients.contains(client));
    let client: u64 = client.ok_or_else(|| not_found("CLIENT_NOT_FOUND", "There is no such client."))?;

    if request.get("cardContractId").is_some() {
        let card = card_account_data(records, request, client)?;
        let id = format!("CA-{}", Uuid::new_v4().simple());
        return Ok(json!([funding_account(&id, json!({ "cardAccountData": card }))]));
    }
    let accounts = request.object("pushFundingAccounts")?.ok_or_else(|| request.wrong("cardContractId"))?;
    let payload = accounts.object("encryptedPayload")?.ok_or_else(|| accounts.wrong("encryptedPayload"))?;
    payload
        .array("encryptedData", 1..=5)?
        .iter()
        .map(|account| {
            let account = Fields::of(account, Api::Processing)?;
            let id = account.required_text("pushAccountId", 1..=36)?;
            let data =
                account.object("fundingAccountData")?.ok_or_else(|| account.wrong("fundingAccountData"))?;
            let card = data.object("cardAccountData")?.ok_or_else(|| data.wrong("cardAccountData"))?;
            let mut filled = account.get("fundingAccountData").cloned().unwrap_or_default();
            filled["cardAccountData"] = card_account_data(records, &card, client)?;
            Ok(funding_account(id, filled))
        })
        .collect()
}

/// Recommended validity: half an hour, unless the caller asked for another.
fn funding_account(id: &str, mut data: Value) -> Value {
    if data["dataValidUntilTimestamp"].is_null() {
        let until = Timestamp::now() + SignedDuration::from_mins(30);
        data["dataValidUntilTimestamp"] = json!(format!("{until:.0}"));
    }
    json!({"pushAccountId": id, "fundingAccountData": data})
}

/// Step 8: the card must be this client's and active. Statuses are inferred, reason codes invented.
fn card_account_data(records: &Records, fields: &Fields<'_>, client: u64) -> Result<Value, Refusal> {
    let id =
        fields.get("cardContractId").and_then(Value::as_u64).ok_or_else(|| fields.wrong("cardContractId"))?;
    let card = records
        .cards
        .get(&id)
        .ok_or_else(|| not_found("CARD_CONTRACT_NOT_FOUND", "There is no such card contract."))?;
    if card.client_id != client {
        return Err(Refusal::processing(
            StatusCode::FORBIDDEN,
            "CARD_CONTRACT_OF_ANOTHER_CLIENT",
            "The card contract is not this client's.",
        ));
    }
    if !card.is_active() {
        return Err(Refusal::processing(
            StatusCode::PRECONDITION_FAILED,
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
