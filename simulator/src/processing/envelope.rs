//! JWE around Processing's bodies, `{"encryptedData": "<compact>"}` in both directions, and replay of responses for a
//! repeated `Idempotency-Key`. The field's name is an option; errors are not encrypted (invented).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    call::Call, crypto::jwe, error_response::ErrorResponse, fields, mastercard::Mastercard, operation::Api,
    response::OperationResult,
};

/// Decrypts the call, runs `handle`, applies `alter` to the response and encrypts it.
pub(crate) fn handle_encrypted(
    mastercard: &Mastercard,
    mut call: Call,
    handle: impl FnOnce(&Mastercard, &Call) -> OperationResult,
    alter: impl FnOnce(&mut Value),
) -> OperationResult {
    if [Method::POST, Method::PUT].contains(&call.method) && mastercard.options.processing_jwe {
        call.body = decrypt(mastercard, &call.body)?.into();
    }
    let (status, mut body) = handle_once(mastercard, &call, handle)?;
    alter(&mut body);
    if body.is_null() {
        return Ok((status, body));
    }
    if mastercard.options.processing_jwe {
        body = json!({ mastercard.options.jwe_field: encrypt(mastercard, &body)? });
    }
    Ok((status, body))
}

fn decrypt(mastercard: &Mastercard, body: &[u8]) -> Result<Vec<u8>, ErrorResponse> {
    let keys = mastercard.portal.keys();
    let wrapper = fields::parse(body, Api::Processing)?;
    let options = &mastercard.options;
    wrapper[options.jwe_field]
        .as_str()
        .and_then(|compact| {
            let kid = &keys.processing_encryption_certificate.spki_sha256;
            jwe::decrypt(compact, &keys.processing_encryption, kid, options.strict_base64url).ok()
        })
        .ok_or_else(|| {
            ErrorResponse::processing(
                StatusCode::BAD_REQUEST,
                "DECRYPTION_FAILED",
                "The body is not a JWE for Mastercard Processing's key.",
            )
        })
}

fn encrypt(mastercard: &Mastercard, body: &Value) -> Result<String, ErrorResponse> {
    let keys = mastercard.portal.keys();
    jwe::encrypt(
        body.to_string().as_bytes(),
        &keys.issuer_decryption,
        &keys.issuer_decryption_kid,
        mastercard.options.jwe_sixteen_byte_iv,
    )
    .map_err(|_| {
        ErrorResponse::processing(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYSTEM_ERROR",
            "The response cannot be encrypted.",
        )
    })
}

/// Replays the stored response of a known `Idempotency-Key` if the decrypted body is the same. The response to another
/// body is not published: here 400 (invented; no 409 is documented). Only successes are stored.
fn handle_once(
    mastercard: &Mastercard,
    call: &Call,
    handle: impl FnOnce(&Mastercard, &Call) -> OperationResult,
) -> OperationResult {
    let Some(key) = call.header("idempotency-key").filter(|_| call.method == Method::POST) else {
        return handle(mastercard, call);
    };
    let key = format!("{} {key}", call.uri.path());
    if let Some((body, status, response)) = mastercard.records().idempotent_responses.get(&key) {
        return if *body == call.body {
            Ok((*status, response.clone()))
        } else {
            Err(ErrorResponse::processing(
                StatusCode::BAD_REQUEST,
                "IDEMPOTENCY_KEY_REUSED",
                "The Idempotency-Key was used with another body.",
            ))
        };
    }
    let (status, response) = handle(mastercard, call)?;
    mastercard.records().idempotent_responses.put(key, (call.body.to_vec(), status, response.clone()));
    Ok((status, response))
}
