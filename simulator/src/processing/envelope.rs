//! JWE around Processing's bodies: `{"encryptedData": "<compact>"}` both ways, and answers that are replayed for a
//! repeated `Idempotency-Key`. The wrapper's name is inferred; errors are not encrypted (invented).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    crypto::jwe, fields, gateway::Call, mastercard::Mastercard, operation::Api, refusal::Refusal,
    server::Answer,
};

/// Runs `handle` on the plain call and wraps its answer, after `adorn` had its say.
pub(crate) fn unwrapped(
    mastercard: &Mastercard,
    mut call: Call,
    handle: impl FnOnce(&Mastercard, &Call) -> Answer,
    adorn: impl FnOnce(&mut Value),
) -> Answer {
    if call.method == Method::POST && mastercard.options.processing_jwe {
        call.body = open(mastercard, &call.body)?.into();
    }
    let (status, mut body) = once(mastercard, &call, handle)?;
    adorn(&mut body);
    if mastercard.options.processing_jwe {
        body = json!({"encryptedData": seal(mastercard, &body)?});
    }
    Ok((status, body))
}

fn open(mastercard: &Mastercard, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let keys = mastercard.portal.keys();
    let wrapper = fields::parse(body, Api::Processing)?;
    wrapper["encryptedData"]
        .as_str()
        .and_then(|compact| {
            let kid = &keys.processing_encryption_certificate.spki_sha256;
            jwe::decrypt(compact, &keys.processing_encryption, kid).ok()
        })
        .ok_or_else(|| {
            Refusal::processing(
                StatusCode::BAD_REQUEST,
                "DECRYPTION_FAILED",
                "The body is not a JWE for Mastercard Processing's key.",
            )
        })
}

fn seal(mastercard: &Mastercard, body: &Value) -> Result<String, Refusal> {
    let keys = mastercard.portal.keys();
    jwe::encrypt(
        body.to_string().as_bytes(),
        &keys.issuer_decryption,
        &keys.issuer_decryption_kid,
        mastercard.options.jwe_sixteen_byte_iv,
    )
    .map_err(|_| {
        Refusal::processing(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYSTEM_ERROR",
            "The answer cannot be encrypted.",
        )
    })
}

/// The stored answer for a known `Idempotency-Key`, if the plain body is the same. What happens with another body is
/// not published: here 409 (invented). Only successes are kept.
fn once(mastercard: &Mastercard, call: &Call, handle: impl FnOnce(&Mastercard, &Call) -> Answer) -> Answer {
    let Some(key) = call.header("idempotency-key").filter(|_| call.method == Method::POST) else {
        return handle(mastercard, call);
    };
    let key = format!("{} {key}", call.uri.path());
    if let Some((body, status, answer)) = mastercard.records().idempotent.get(&key) {
        return if *body == call.body {
            Ok((*status, answer.clone()))
        } else {
            Err(Refusal::processing(
                StatusCode::CONFLICT,
                "IDEMPOTENCY_KEY_REUSED",
                "The Idempotency-Key was used with another body.",
            ))
        };
    }
    let (status, answer) = handle(mastercard, call)?;
    mastercard.records().idempotent.insert(key, (call.body.to_vec(), status, answer.clone()));
    Ok((status, answer))
}
