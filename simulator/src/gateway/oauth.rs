//! OAuth 1.0a as Mastercard's gateway verifies it. Header and query values are used as sent and encoded once in the
//! base string; a verifier strict on RFC 5849 would reject what Mastercard's own client libraries send.

mod base_string;
mod parameters;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use rsa::PublicKey;
use sha2::{Digest, Sha256};

use self::parameters::ill_formed;
use crate::{call::Call, error_response::ErrorResponse};

const PARAMETERS: [&str; 7] = [
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_timestamp",
    "oauth_signature_method",
    "oauth_version",
    "oauth_body_hash",
    "oauth_signature",
];

/// A call with well-formed OAuth parameters and a correct body hash. Its signature is not verified yet.
#[derive(Debug)]
pub(crate) struct SignedCall<'a> {
    parameters: BTreeMap<&'a str, &'a str>,
    signature: Vec<u8>,
    base_string: String,
    timestamp: i64,
}

impl<'a> SignedCall<'a> {
    /// Reads the `Authorization` header and compares the body hash with the bytes received.
    pub(crate) fn read(call: &'a Call) -> Result<Self, ErrorResponse> {
        let header = call.header("authorization").ok_or_else(|| ill_formed("Authorization"))?;
        let parameters = parameters::parse(header)?;
        if let Some(missing) = PARAMETERS.iter().find(|name| !parameters.contains_key(*name)) {
            return Err(ill_formed(missing));
        }
        let value = |name| parameters.get(name).copied().unwrap_or_default();

        let calculated = STANDARD.encode(Sha256::digest(&call.body));
        let received = percent_decode_str(value("oauth_body_hash")).decode_utf8_lossy();
        if received != calculated {
            return Err(ErrorResponse::gateway(
                StatusCode::BAD_REQUEST,
                "INVALID_BODY_HASH",
                format!(
                    "The provided oauth_body_hash does not match the hash of the payload. Calculated: {calculated}, Received: {received}"
                ),
            ));
        }
        let timestamp = value("oauth_timestamp").parse().map_err(|_| ill_formed("oauth_timestamp"))?;
        if value("oauth_nonce").is_empty() {
            return Err(ill_formed("oauth_nonce"));
        }
        if value("oauth_version") != "1.0" {
            return Err(ill_formed("oauth_version"));
        }
        if !["RSA-SHA256", "RSA-PSS"].contains(&value("oauth_signature_method")) {
            return Err(ill_formed("oauth_signature_method"));
        }
        let signature = signature(value("oauth_signature")).ok_or_else(|| ill_formed("oauth_signature"))?;
        let base_string = base_string::compose(call, &parameters).ok_or_else(|| ill_formed("Host"))?;
        Ok(Self { parameters, signature, base_string, timestamp })
    }

    /// Verifies consumer key and signature; the error is the same whichever of the two is wrong.
    pub(crate) fn verify(&self, consumer_key: &str, key: &PublicKey) -> Result<(), ErrorResponse> {
        // Clients may percent-encode the consumer key in the header: it is signed as sent, and compared decoded.
        let received_key = percent_decode_str(self.value("oauth_consumer_key")).decode_utf8_lossy();
        let message = self.base_string.as_bytes();
        let verified = match self.value("oauth_signature_method") {
            "RSA-PSS" => key.pss_verify::<Sha256>(message, &self.signature),
            _ => key.pkcs1v15_verify::<Sha256>(message, &self.signature),
        };
        if received_key == consumer_key && verified.is_ok() {
            Ok(())
        } else {
            Err(self.unauthorized("OAuth signature did not match."))
        }
    }

    /// `AUTHENTICATION_FAILED`, a 403; the description ends with the expected signature base string.
    pub(crate) fn unauthorized(&self, detail: &str) -> ErrorResponse {
        let description = format!("{detail} Acceptable signature base string: {}", self.base_string);
        ErrorResponse::gateway(StatusCode::FORBIDDEN, "AUTHENTICATION_FAILED", description)
    }

    /// Unix seconds.
    pub(crate) fn timestamp(&self) -> i64 {
        self.timestamp
    }

    /// Consumer key and nonce.
    pub(crate) fn nonce_of_consumer(&self) -> (String, String) {
        (self.value("oauth_consumer_key").to_owned(), self.value("oauth_nonce").to_owned())
    }

    fn value(&self, name: &str) -> &str {
        self.parameters.get(name).copied().unwrap_or_default()
    }
}

/// Decodes a percent-encoded Base64 signature; plain Base64 is rejected, as Mastercard does.
fn signature(encoded: &str) -> Option<Vec<u8>> {
    if encoded.contains(['+', '/', '=']) {
        return None;
    }
    STANDARD.decode(percent_decode_str(encoded).collect::<Vec<u8>>()).ok()
}
