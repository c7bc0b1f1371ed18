//! Ways into the parsers of what Mastercard and browsers send, for `fuzz/` and for the replay of its corpus in the
//! tests. Each checks what must hold for any bytes.

use reqwest::StatusCode;

use super::{
    JweKeys, callback,
    error::Upstream,
    token_connect::{parse_push_response, parse_requestors_response},
    transport::ApiResponse,
};

fn answer(status: StatusCode, body: &[u8]) -> ApiResponse {
    ApiResponse {
        upstream: Upstream::TokenConnect,
        operation: "probe",
        status,
        body: body.into(),
        retry_after: None,
        correlation_id: String::new(),
        base_string: String::new(),
    }
}

/// The answer of `getEligibleTokenRequestors`: names are there to be shown, ranges have 19 digits.
pub fn token_requestors(body: &[u8]) {
    for requestor in parse_requestors_response(answer(StatusCode::OK, body)).unwrap_or_default() {
        assert!(requestor.enabled_account_ranges.iter().all(|range| range.as_str().len() == 19));
    }
}

/// The answer of `pushMultipleAccounts`: a success has receipts, none of them empty or longer than 64.
pub fn push_response(body: &[u8]) {
    if let Ok(pushed) = parse_push_response(answer(StatusCode::OK, body)) {
        assert!(!pushed.receipts.is_empty());
        assert!(pushed.receipts.iter().all(|receipt| (1..=64).contains(&receipt.expose().len())));
    }
}

/// Error bodies of every shape, under the status that the first two bytes choose: an error status is always an error,
/// and a reason code has fewer digits than a card number.
pub fn error_body(bytes: &[u8]) {
    let (first, body) = bytes.split_at_checked(2).unwrap_or((&[0, 0], bytes));
    let status = u16::from_be_bytes([first[0], first[1]]) % 400 + 200;
    let Ok(status) = StatusCode::from_u16(status) else { return };
    let refused = answer(status, body).refused();
    assert!(status.is_success() || refused.is_some());
    for code in refused.iter().flat_map(|error| error.reason_codes()) {
        assert!(code.as_str().bytes().filter(u8::is_ascii_digit).count() < 9);
    }
}

/// The query of a returning browser: at most ten results, every receipt within its limit.
pub fn callback_query(bytes: &[u8]) {
    let Ok(query) = std::str::from_utf8(bytes) else { return };
    let results = callback::parse(query);
    assert!(results.len() <= 10);
    assert!(results.iter().all(|result| (1..=64).contains(&result.receipt.expose().len())));
}

/// Anything in the place of a JWE: what was not sealed for these keys does not open.
pub fn jwe(keys: &JweKeys, bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(keys.open(text).is_err());
    }
    // Whether as a wrapper or as plain JSON, a body is either passed on or refused.
    let _ = keys.unwrap(bytes);
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

    use super::*;
    use crate::{Certificate, PrivateKey};

    /// Feeds a target what fuzzing kept for it, and each of it cut short.
    fn replay(target: &str, probe: impl Fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
        let mut fed = 0;
        for file in fs::read_dir(folder).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            for end in (0..=bytes.len()).rev().step_by(1 + bytes.len() / 50) {
                probe(&bytes[..end]);
                fed += 1;
            }
        }
        assert!(fed > 0, "no seeds for {target}");
    }

    #[test]
    fn whatever_token_connect_lists_is_read_or_refused() {
        replay("token_requestors", token_requestors);
    }

    #[test]
    fn whatever_answers_a_push_is_read_or_refused() {
        replay("push_response", push_response);
    }

    #[test]
    fn whatever_an_error_looks_like_it_is_one() {
        replay("error_body", error_body);
    }

    #[test]
    fn whatever_a_browser_brings_back_is_read_or_passed_over() {
        replay("callback_query", callback_query);
    }

    #[test]
    fn whatever_stands_in_for_a_jwe_does_not_open() {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::new(["probe".to_owned()]).unwrap().self_signed(&key).unwrap();
        let certificate = Certificate::from_pem("probe", &certificate.pem()).unwrap();
        let private = PrivateKey::read("probe", key.serialize_pem().as_bytes(), None).unwrap();
        let keys = JweKeys::new(&certificate, None, &[private]).unwrap();
        replay("jwe", |bytes| jwe(&keys, bytes));
    }
}
