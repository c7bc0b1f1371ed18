use lambda_http::{Body, http::request};
use serde_json::json;

use super::*;
use crate::{config::Settings, http::Code};

/// A published test number, in the account range of the bank.
const CARD_NUMBER: &str = "5555555555554444";

fn detector() -> CardNumberDetector {
    let settings: Settings = [("ACCOUNT_RANGES".to_owned(), "555555000".to_owned())].into_iter().collect();
    card_number_detector(&mut settings.read()).unwrap()
}

fn is_rejected(uri: &str, header: (&str, &str), body: &str) -> bool {
    let request = request::Builder::new().method("POST").uri(uri).header(header.0, header.1);
    let request = request.body(Body::Text(body.into())).unwrap();
    match reject(&request, &detector()) {
        Ok(()) => false,
        Err(problem) => {
            assert_eq!(problem.code, Code::CardNumberRefused);
            true
        }
    }
}

#[test]
fn a_card_number_in_the_query_the_media_type_or_the_body_is_rejected() {
    let json = ("content-type", "application/json");
    for uri in
        ["/x?limit=5555+5555%205555-4444", "/x?5555555555554444=1", "/x?cardContractId=5555555555554444"]
    {
        assert!(is_rejected(uri, json, "{}"), "{uri}");
    }
    for body in [
        json!({"accountHolder": {"name": CARD_NUMBER}}).to_string(),
        json!({CARD_NUMBER: true}).to_string(),
        json!({"cardContractId": CARD_NUMBER}).to_string(),
        format!("not JSON {CARD_NUMBER}"),
    ] {
        assert!(is_rejected("/x", json, &body), "{body}");
    }
    assert!(is_rejected("/x", ("content-type", CARD_NUMBER), "{}"));
    assert!(!is_rejected("/x?platform=ios&limit=5", json, r#"{"cardContractId":"70001"}"#));
}

#[test]
fn a_time_in_a_body_that_is_no_json_is_no_card_number() {
    for nanoseconds in (0..1_000_000_000).step_by(499_979) {
        let body = format!(r#"{{"consent":{{"acceptedAt":"2026-11-29T20:45:38.{nanoseconds:09}Z","#);
        assert!(!is_rejected("/x", ("content-type", "application/json"), &body), "{body}");
        let with_number = format!("{body}{CARD_NUMBER}");
        assert!(is_rejected("/x", ("content-type", "application/json"), &with_number), "{with_number}");
    }
}

#[test]
fn a_header_that_is_only_hashed_or_not_read_is_not_searched() {
    for name in ["idempotency-key", "cookie", "user-agent", "x-datadog-trace-id", "baggage", "authorization"]
    {
        assert!(!is_rejected("/x", (name, CARD_NUMBER), "{}"), "{name}");
    }
}
