//! Entry points for `fuzz/`, and for the tests that replay its seeds: the parsers of data from Mastercard and from
//! browsers. Each checks what must hold for any input.

use reqwest::StatusCode;

use super::{
    callback,
    error::Upstream,
    jwe::JweKeys,
    response::ApiResponse,
    token_connect::{parse_push_response, parse_requestors_response},
};

fn response(status: StatusCode, body: &[u8]) -> ApiResponse {
    ApiResponse {
        upstream: Upstream::TokenConnect,
        operation: "fuzzing",
        status,
        body: body.into(),
        retry_after: None,
        clock_ahead_seconds: None,
        correlation_id: String::new(),
        base_string: String::new(),
    }
}

/// The response of `getEligibleTokenRequestors`: account ranges have 19 digits.
pub fn token_requestors(body: &[u8]) {
    for requestor in
        parse_requestors_response(response(StatusCode::OK, body)).unwrap_or_default().token_requestors
    {
        assert!(requestor.enabled_account_ranges.iter().all(|range| range.as_str().len() == 19));
    }
}

/// The response of `pushMultipleAccounts`: a success has receipts of 1 to 64 characters.
pub fn push_response(body: &[u8]) {
    if let Ok(pushed) = parse_push_response(response(StatusCode::OK, body)) {
        assert!(!pushed.receipts.is_empty());
        assert!(pushed.receipts.iter().all(|receipt| (1..=64).contains(&receipt.expose().len())));
    }
}

/// Error bodies, with a status from the first two bytes: an error status is always an error, and a reason code has fewer
/// digits than a card number.
pub fn error_body(bytes: &[u8]) {
    let (first, body) = bytes.split_at_checked(2).unwrap_or((&[0, 0], bytes));
    let status = u16::from_be_bytes([first[0], first[1]]) % 400 + 200;
    let Ok(status) = StatusCode::from_u16(status) else { return };
    let error = response(status, body).error();
    assert!(status.is_success() || error.is_some());
    for code in error.iter().flat_map(|error| error.reason_codes()) {
        assert!(code.as_str().bytes().filter(u8::is_ascii_digit).count() < 9);
    }
}

/// The query of a callback: at most ten results, receipts of 1 to 64 characters.
pub fn callback_query(bytes: &[u8]) {
    let Ok(query) = std::str::from_utf8(bytes) else { return };
    let results = callback::parse(query);
    assert!(results.len() <= 10);
    assert!(results.iter().all(|result| (1..=64).contains(&result.receipt.expose().len())));
}

/// Any input in place of a JWE: it cannot be decrypted.
pub fn jwe(keys: &JweKeys, bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(keys.decrypt(text).is_err());
    }
    // As a body it may be encrypted or plain; only panics matter.
    let _ = keys.decrypt_body(bytes);
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

    use super::*;
    use crate::keys::{Certificate, PrivateKey};

    /// Calls `check` with each seed of the target, complete and truncated.
    fn replay(target: &str, check: impl Fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz-seeds").join(target);
        let mut inputs = 0;
        for file in fs::read_dir(folder).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            for end in (0..=bytes.len()).rev().step_by(1 + bytes.len() / 50) {
                check(&bytes[..end]);
                inputs += 1;
            }
        }
        assert!(inputs > 0, "no seeds for {target}");
    }

    #[test]
    fn any_list_of_token_requestors_is_parsed_or_rejected() {
        replay("token_requestors", token_requestors);
    }

    #[test]
    fn any_response_to_a_push_is_parsed_or_rejected() {
        replay("push_response", push_response);
    }

    #[test]
    fn any_body_of_an_error_status_is_an_error() {
        replay("error_body", error_body);
    }

    #[test]
    fn any_callback_query_is_parsed_or_ignored() {
        replay("callback_query", callback_query);
    }

    #[test]
    fn any_input_in_place_of_a_jwe_is_rejected() {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::new(["fuzzing".to_owned()]).unwrap().self_signed(&key).unwrap();
        let certificate = Certificate::from_pem("fuzzing", &certificate.pem()).unwrap();
        let private = PrivateKey::read("fuzzing", key.serialize_pem().as_bytes(), None).unwrap();
        let keys = JweKeys::new(&certificate, None, &[private]).unwrap();
        replay("jwe", |bytes| jwe(&keys, bytes));
    }
}
