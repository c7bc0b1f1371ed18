//! `pushMultipleAccounts`, steps 10 and 11: decrypts the accounts, issues a receipt for each eligible one and signs
//! the receipts for the redirect to the token requestor.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::plaintext::{self, PushedAccount};
use super::signature::{sign, signed_claims};
use crate::{
    call::Call,
    click_to_pay::digitization_data,
    crypto::field_level::{self, EncryptedPayload},
    error_response::{ErrorResponse, token_connect_error},
    fields::{self, Fields},
    mastercard::Mastercard,
    operation::Api,
    response::OperationResult,
    world::records::Receipt,
};

pub(crate) fn push(mastercard: &Mastercard, call: &Call) -> OperationResult {
    let body = fields::parse(&call.body, Api::TokenConnect)?;
    let request = Fields::of(&body, Api::TokenConnect)?;
    request.required_text("requestId", 1..=64)?;
    let requestor_id = request.required_text("tokenRequestorId", 11..=11)?;
    let signature_data = request.object("signatureData")?;
    let claims = signature_data.map(signed_claims).transpose()?.unwrap_or_default();
    let validity = validity(&request)?;
    let wants_digitization_data = request.flag("requestIssuerInitiatedDigitizationData")?.unwrap_or(false);
    let accounts = decrypt(mastercard, &request)?;

    // The real reason code is not published; this one is documented for actions that a client may not take.
    let unavailable = || {
        ErrorResponse::in_ok("AUTHORIZATION_FAILED", "The token requestor is not available to this client.")
    };
    let mut records = mastercard.records();
    let requestor =
        records.requestor(requestor_id).filter(|r| r.supports_token_connect()).ok_or_else(unavailable)?;
    // What a request for a requestor that does not support it gets is not published; here it gets nothing.
    let wants_digitization_data =
        wants_digitization_data && requestor.supports_issuer_initiated_digitization_data;
    let (ranges, push_methods): (Vec<u64>, _) =
        (requestor.ranges().collect(), requestor.available_push_methods(&mastercard.base_url));

    let mut receipts = Vec::new();
    let mut entries = Vec::new();
    for account in accounts {
        let mut entry = json!({"pushAccountId": account.push_account_id});
        match account.number.range().filter(|(start, _)| ranges.contains(start)) {
            Some((_, product)) => {
                let id = Uuid::new_v4().to_string().to_uppercase();
                let receipt = format!("{}-STL-{id}", product.receipt_prefix());
                if wants_digitization_data {
                    entry["issuerInitiatedDigitizationData"] = json!(digitization_data::encode(&receipt));
                }
                entry["pushAccountReceipt"] = json!(receipt);
                records.receipts.put(
                    receipt.clone(),
                    Receipt {
                        token_requestor_id: requestor_id.to_owned(),
                        number: account.number,
                        account_holder: account.account_holder,
                        expires: Timestamp::now() + validity,
                        used: false,
                    },
                );
                receipts.push(receipt);
            }
            None => {
                let description = "The card or financial account is not eligible.";
                entry["errors"] = json!([token_connect_error("MDES", "ACCOUNT_INELIGIBLE", description)]);
            }
        }
        entries.push(entry);
    }
    drop(records);

    let mut response = json!({"responseId": Uuid::new_v4(), "pushAccountReceipts": entries});
    if !receipts.is_empty() {
        response["availablePushMethods"] = push_methods;
        response["signature"] = json!(sign(mastercard, &receipts, claims)?);
        response["tokenRequestorSignatureSupport"] = json!(true);
    }
    Ok((StatusCode::OK, response))
}

/// Validity of the receipts: more than 4 and at most 15 minutes, 15 by default. Whether fractions are allowed is not
/// published; here they are.
fn validity(request: &Fields<'_>) -> Result<Duration, ErrorResponse> {
    const NAME: &str = "pushAccountReceiptsValidityPeriod";
    let minutes = match request.get(NAME) {
        None => 15.0,
        Some(value) => value.as_f64().ok_or_else(|| request.invalid(NAME))?,
    };
    if minutes > 4.0 && minutes <= 15.0 {
        Ok(Duration::from_secs_f64(minutes * 60.0))
    } else {
        Err(request.invalid(NAME))
    }
}

/// Decrypts `pushFundingAccounts.encryptedPayload`. An unencrypted payload is `INVALID_JSON`, as observed in the
/// sandbox; `DECRYPTION_FAILED` is invented.
fn decrypt(mastercard: &Mastercard, request: &Fields<'_>) -> Result<Vec<PushedAccount>, ErrorResponse> {
    let accounts =
        request.object("pushFundingAccounts")?.ok_or_else(|| request.invalid("pushFundingAccounts"))?;
    let fields = accounts.object("encryptedPayload")?.ok_or_else(|| accounts.invalid("encryptedPayload"))?;
    if !fields.get("encryptedData").is_some_and(Value::is_string) {
        return Err(fields::invalid_json(Api::TokenConnect));
    }
    let fingerprint = fields.required_text("publicKeyFingerprint", 32..=64)?;
    fields.required_text("encryptedKey", 32..=512)?;
    match mastercard.options.pkcs1_keys {
        true => fields.text("oaepHashingAlgorithm", 6..=6)?,
        false => Some(fields.required_text("oaepHashingAlgorithm", 6..=6)?),
    };
    fields.text("iv", 24..=32)?;
    fields.text("tag", 1..=36)?;
    fields.text("aad", 1..=36)?;

    let failed = |detail| ErrorResponse::token_connect(StatusCode::BAD_REQUEST, "DECRYPTION_FAILED", detail);
    let keys = mastercard.portal.keys();
    let certificate = &keys.client_encryption_certificate;
    if ![&certificate.certificate_sha256, &certificate.spki_sha256]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(fingerprint))
    {
        return Err(failed("The publicKeyFingerprint belongs to no active key."));
    }
    let payload: Option<EncryptedPayload> =
        accounts.get("encryptedPayload").and_then(|payload| serde_json::from_value(payload.clone()).ok());
    let payload = payload.ok_or_else(|| fields::invalid_json(Api::TokenConnect))?;
    let plaintext = field_level::decrypt(&payload, &keys.client_encryption)
        .map_err(|_| failed("The encrypted payload cannot be decrypted."))?;
    plaintext::read(&plaintext)
}
