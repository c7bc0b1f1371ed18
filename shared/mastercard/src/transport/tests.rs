mod frozen;
mod proxy;
mod unusual;

use serde_json::json;

use super::*;
use crate::{
    Deadline, TokenConnect,
    testing::{FakeServer, Reply, ok, signer, soon, status},
};

const NO_REQUESTORS: &str = r#"{"tokenRequestors":[]}"#;

async fn list_requestors(mastercard: &FakeServer, deadline: Deadline) -> Result<usize, MastercardError> {
    let token_connect = TokenConnect::new(mastercard.url.clone(), signer(), Transport::new().unwrap());
    let ranges = ["555555000".parse().unwrap()];
    token_connect
        .get_eligible_token_requestors(&ranges, deadline)
        .await
        .map(|found| found.token_requestors.len())
}

fn nonce(authorization: &str) -> &str {
    authorization.split("oauth_nonce=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn a_failed_call_is_retried_with_fresh_ids() {
    let mastercard = FakeServer::start([status(503, ""), Reply::CloseConnection, ok(NO_REQUESTORS)]);
    assert_eq!(list_requestors(&mastercard, soon()).await.unwrap(), 0);

    let received = mastercard.received();
    assert_eq!(received.len(), 3);
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let (one, other) = (&received[one], &received[other]);
        assert_ne!(nonce(&one.headers["authorization"]), nonce(&other.headers["authorization"]));
        assert_ne!(one.json()["requestId"], other.json()["requestId"]);
        assert_ne!(one.headers["correlation-id"], other.headers["correlation-id"]);
    }
}

#[tokio::test]
async fn after_three_failures_the_call_fails() {
    let mastercard = FakeServer::start(vec![status(500, ""); 4]);
    let error = list_requestors(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.status(), error.retryable(), mastercard.received().len()), (Some(500), true, 3));
}

#[tokio::test]
async fn a_permanent_error_is_not_retried() {
    let body = json!({"errors":[{"source":"INPUT","reasonCode":"AUTHORIZATION_FAILED","description":"x"}]});
    let mastercard = FakeServer::start([ok(body), ok(NO_REQUESTORS)]);
    let error = list_requestors(&mastercard, soon()).await.unwrap_err();
    assert_eq!(error.reason_codes()[0].as_str(), "AUTHORIZATION_FAILED");
    assert_eq!((error.retryable(), mastercard.received().len()), (false, 1));
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_is_not_waited_for() {
    let reply = Reply::Response(429, "retry-after: 60\r\nx-mc-correlation-id: mc-7\r\n", vec![]);
    let mastercard = FakeServer::start([reply, ok(NO_REQUESTORS)]);
    let error = list_requestors(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.status(), error.retry_after()), (Some(429), Some(Duration::from_secs(60))));
    assert_eq!((error.correlation_id(), mastercard.received().len()), (Some("mc-7"), 1));
}

#[tokio::test]
async fn a_short_retry_after_is_waited_for() {
    let mastercard =
        FakeServer::start([Reply::Response(429, "retry-after: 0\r\n", vec![]), ok(NO_REQUESTORS)]);
    assert_eq!(list_requestors(&mastercard, soon()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_redirect_is_an_error_because_the_signature_covers_the_original_url() {
    let other_server = FakeServer::start([ok(NO_REQUESTORS)]);
    let mastercard =
        FakeServer::start([Reply::Response(307, "location: /other\r\n", vec![]), ok(NO_REQUESTORS)]);
    let error = list_requestors(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.status(), error.retryable(), mastercard.received().len()), (Some(307), false, 1));
    assert!(other_server.received().is_empty());
}

#[tokio::test]
async fn a_response_larger_than_the_limit_is_invalid() {
    let huge = Reply::Response(200, "", vec![b' '; body::MAX_BYTES + 1]);
    let error = list_requestors(&FakeServer::start(vec![huge; 3]), soon()).await.unwrap_err();
    assert!(matches!(error, MastercardError::InvalidResponse { upstream: Upstream::TokenConnect, .. }));
}

#[tokio::test]
async fn after_the_deadline_nothing_is_sent() {
    let mastercard = FakeServer::start([ok(NO_REQUESTORS)]);
    let error = list_requestors(&mastercard, Deadline::after(Duration::ZERO)).await.unwrap_err();
    assert!(matches!(error, MastercardError::OutOfTime));
    assert!(mastercard.received().is_empty());
}

#[tokio::test]
async fn a_connect_error_does_not_print_the_url() {
    let mastercard = FakeServer::unreachable();
    let error = list_requestors(&mastercard, soon()).await.unwrap_err();
    assert!(matches!(error, MastercardError::Connect(_)) && error.retryable() && error.not_processed());
    assert!(!format!("{error:?}").contains("getEligible"));
}

#[test]
fn a_loggable_id_has_only_letters_digits_and_dashes() {
    assert_eq!(loggable_id("a-1"), Some("a-1".into()));
    assert_eq!((loggable_id(""), loggable_id("a\n"), loggable_id(&"a".repeat(65))), (None, None, None));
}

#[tokio::test]
async fn an_unknown_reason_code_is_retried_once() {
    let odd = json!({"errors": [{"source": "MDES", "reasonCode": "ODD", "description": "x"}]});
    let mastercard = FakeServer::start(vec![ok(&odd); 4]);
    let error = list_requestors(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.reason_codes()[0].as_str(), mastercard.received().len()), ("ODD", 2));
}

#[tokio::test]
async fn an_api_that_is_down_is_not_called_while_the_circuit_is_open() {
    let mastercard = FakeServer::start(vec![status(503, ""); 9]);
    let token_connect = TokenConnect::new(mastercard.url.clone(), signer(), Transport::new().unwrap());
    let ranges = ["555555000".parse().unwrap()];
    let mut errors = Vec::new();
    for _ in 0..4 {
        let clone = token_connect.clone();
        errors.push(clone.get_eligible_token_requestors(&ranges, soon()).await.unwrap_err());
    }
    assert_eq!(mastercard.received().len(), 5);
    let [first, second, third, _] = errors.try_into().unwrap();
    assert_eq!(first.status(), Some(503));
    for error in [second, third] {
        assert!(matches!(error, MastercardError::CircuitOpen { api: Upstream::TokenConnect, .. }));
        assert!(
            error.retryable() && error.not_processed() && error.retry_after() <= Some(Duration::from_secs(5))
        );
    }
}

#[test]
fn the_banks_own_ca_certificate_is_accepted_and_a_malformed_one_is_not() {
    let root = rcgen::generate_simple_self_signed(["proxy.bank.example".into()]).unwrap().cert.pem();
    let accepted = |content: &str| Transport::with_extra_ca_certs(content.as_bytes()).is_ok();
    assert!(accepted(&root));
    assert!(accepted(&root.repeat(2)));
    assert!(
        accepted(&format!("\u{feff}proxy\r\n{}", root.replace('\n', " \r\n"))),
        "as Windows editors save it"
    );
    for broken in
        ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate", "", &root[..400]]
    {
        assert!(!accepted(broken), "{broken}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_named_when_a_request_is_rejected() {
    fn date(seconds_ago: i64) -> &'static str {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(seconds_ago);
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(at.as_second().unsigned_abs());
        format!("date: {}\r\n", httpdate::fmt_http_date(at)).leak()
    }
    type Header = fn() -> &'static str;
    let cases: [(u16, Header, Option<std::ops::RangeInclusive<i64>>); 6] = [
        (401, || date(3600), Some(3600..=3630)),
        (403, || date(-3600), Some(-3600..=-3570)),
        (401, || date(0), None),
        (401, || "", None),
        (401, || "date: today\r\n", None),
        (404, || date(3600), None),
    ];
    for (status, header, expected) in cases {
        // Only now, so that it is not the older the more cases come before it.
        let date = header();
        let mastercard = FakeServer::start([Reply::Response(status, date, b"{}".to_vec())]);
        let error = list_requestors(&mastercard, soon()).await.unwrap_err();
        let ahead = error.api_error().unwrap().clock_ahead_seconds;
        assert_eq!(ahead.is_some(), expected.is_some(), "{status} {date}: {ahead:?}");
        assert!(ahead.zip(expected).is_none_or(|(ahead, expected)| expected.contains(&ahead)), "{ahead:?}");
        assert_eq!(error.diagnosis().meaning.contains("clock differs"), ahead.is_some(), "{error}");
        assert_eq!(error.to_string().contains("our clock is 3"), ahead.is_some(), "{error}");
    }
}
