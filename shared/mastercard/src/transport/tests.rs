use serde_json::json;

use super::*;
use crate::{
    Deadline, TokenConnect,
    testing::{Mastercard, Reply, ok, signer, soon, status},
};

const NOBODY: &str = r#"{"tokenRequestors":[]}"#;

async fn refresh(mastercard: &Mastercard, deadline: Deadline) -> Result<usize, MastercardError> {
    let token_connect = TokenConnect::new(mastercard.url.clone(), signer(), Transport::new().unwrap());
    let ranges = ["555555000".parse().unwrap()];
    token_connect.get_eligible_token_requestors(&ranges, deadline).await.map(|requestors| requestors.len())
}

fn nonce(authorization: &str) -> &str {
    authorization.split("oauth_nonce=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn a_stumbling_mastercard_is_asked_again_with_fresh_ids() {
    let mastercard = Mastercard::answers([status(503, ""), Reply::HangsUp, ok(NOBODY)]);
    assert_eq!(refresh(&mastercard, soon()).await.unwrap(), 0);

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
async fn three_failures_are_enough() {
    let mastercard = Mastercard::answers(vec![status(500, ""); 4]);
    let error = refresh(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.status(), error.retryable(), mastercard.received().len()), (Some(500), true, 3));
}

#[tokio::test]
async fn a_refusal_is_taken_at_its_word() {
    let body = json!({"errors":[{"source":"INPUT","reasonCode":"AUTHORIZATION_FAILED","description":"x"}]});
    let mastercard = Mastercard::answers([ok(body), ok(NOBODY)]);
    let error = refresh(&mastercard, soon()).await.unwrap_err();
    assert_eq!(error.reason_codes()[0].as_str(), "AUTHORIZATION_FAILED");
    assert_eq!((error.retryable(), mastercard.received().len()), (false, 1));
}

#[tokio::test]
async fn a_wait_longer_than_anyone_waits_is_not_begun() {
    let timeout = Reply::Says(429, "retry-after: 60\r\nx-mc-correlation-id: mc-7\r\n", vec![]);
    let mastercard = Mastercard::answers([timeout, ok(NOBODY)]);
    let error = refresh(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.status(), error.retry_after()), (Some(429), Some(Duration::from_secs(60))));
    assert_eq!((error.correlation_id(), mastercard.received().len()), (Some("mc-7"), 1));
}

#[tokio::test]
async fn a_short_wait_is_kept() {
    let mastercard = Mastercard::answers([Reply::Says(429, "retry-after: 0\r\n", vec![]), ok(NOBODY)]);
    assert_eq!(refresh(&mastercard, soon()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_redirect_is_refused_because_its_signature_would_be_for_another_place() {
    let elsewhere = Mastercard::answers([ok(NOBODY)]);
    let mastercard = Mastercard::answers([Reply::Says(307, "location: /elsewhere\r\n", vec![]), ok(NOBODY)]);
    let error = refresh(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.status(), error.retryable(), mastercard.received().len()), (Some(307), false, 1));
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn an_answer_beyond_all_measure_is_not_read() {
    let huge = Reply::Says(200, "", vec![b' '; LARGEST_ANSWER + 1]);
    let error = refresh(&Mastercard::answers(vec![huge; 3]), soon()).await.unwrap_err();
    assert!(matches!(error, MastercardError::InvalidResponse { upstream: Upstream::TokenConnect, .. }));
}

#[tokio::test]
async fn nobody_is_asked_after_the_deadline() {
    let mastercard = Mastercard::answers([ok(NOBODY)]);
    let error = refresh(&mastercard, Deadline::after(Duration::ZERO)).await.unwrap_err();
    assert!(matches!(error, MastercardError::OutOfTime));
    assert!(mastercard.received().is_empty());
}

#[tokio::test]
async fn an_unreachable_mastercard_is_told_without_its_address() {
    let mastercard = Mastercard::nowhere();
    let error = refresh(&mastercard, soon()).await.unwrap_err();
    assert!(matches!(error, MastercardError::Connect(_)) && error.retryable() && error.not_processed());
    assert!(!format!("{error:?}").contains("getEligible"));
}

#[test]
fn an_id_fit_for_logs_has_nothing_but_letters_digits_and_dashes() {
    assert_eq!(plain_id("a-1"), Some("a-1".into()));
    assert_eq!((plain_id(""), plain_id("a\n"), plain_id(&"a".repeat(65))), (None, None, None));
}

#[tokio::test]
async fn an_unknown_word_is_asked_about_once_more_and_then_believed() {
    let odd = json!({"errors": [{"source": "MDES", "reasonCode": "ODD", "description": "x"}]});
    let mastercard = Mastercard::answers(vec![ok(&odd); 4]);
    let error = refresh(&mastercard, soon()).await.unwrap_err();
    assert_eq!((error.reason_codes()[0].as_str(), mastercard.received().len()), ("ODD", 2));
}

#[tokio::test]
async fn a_mastercard_that_is_down_is_left_in_peace() {
    let mastercard = Mastercard::answers(vec![status(503, ""); 9]);
    let token_connect = TokenConnect::new(mastercard.url.clone(), signer(), Transport::new().unwrap());
    let ranges = ["555555000".parse().unwrap()];
    let mut errors = Vec::new();
    for _ in 0..4 {
        let asked = token_connect.clone();
        errors.push(asked.get_eligible_token_requestors(&ranges, soon()).await.unwrap_err());
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
fn roots_of_the_banks_own_are_trusted_and_nonsense_is_not() {
    let root = rcgen::generate_simple_self_signed(["proxy.bank.example".into()]).unwrap().cert.pem();
    assert!(Transport::with_roots(&root).is_ok());
    assert!(Transport::with_roots(&root.repeat(2)).is_ok());
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(Transport::with_roots(broken).is_err());
}
