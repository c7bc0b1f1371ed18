use serde_json::json;

use super::*;
use crate::{
    MastercardError, SigningKey, TokenConnect, Transport,
    testing::{Mastercard, Reply, ok, private_key_pem, soon, status},
};

fn signer(consumer_key: &str) -> Signer {
    Signer::new(consumer_key, SigningKey::from_pem("signing key", &private_key_pem()).unwrap())
}

fn both() -> Authenticator {
    Authenticator::oauth1(signer("newer"), Some(signer("older")))
}

fn authentication_failed(with: u16) -> Reply {
    let error = json!({"Source": "Gateway", "ReasonCode": "AUTHENTICATION_FAILED", "Recoverable": false});
    status(with, json!({"Errors": {"Error": [error]}}))
}

fn nobody() -> Reply {
    ok(json!({"tokenRequestors": []}))
}

/// Asks for the catalog that many times, and tells which consumer key signed each request that arrived.
async fn signed_by(
    authenticator: Authenticator,
    script: Vec<Reply>,
    times: usize,
) -> (Vec<Result<(), MastercardError>>, Vec<String>) {
    let mastercard = Mastercard::answers(script);
    let client = TokenConnect::new(mastercard.url.clone(), authenticator, Transport::new().unwrap());
    let mut outcomes = Vec::new();
    let ranges = ["5555550000000000000".parse().unwrap()];
    for _ in 0..times {
        outcomes.push(client.get_eligible_token_requestors(&ranges, soon()).await.map(drop));
    }
    let key =
        |header: &String| header.split_once("consumer_key=\"")?.1.split_once('"').map(|it| it.0.to_owned());
    let received = mastercard.received();
    (outcomes, received.iter().filter_map(|request| key(&request.headers["authorization"])).collect())
}

#[tokio::test]
async fn the_newer_key_set_signs_while_the_gateway_takes_it() {
    let (outcomes, keys) = signed_by(both(), vec![nobody(), nobody()], 2).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(keys, ["newer", "newer"]);
}

#[tokio::test]
async fn a_refused_key_set_is_given_up_for_the_rest_of_the_process() {
    for refusal in [authentication_failed(401), authentication_failed(403), status(401, "")] {
        let (outcomes, keys) = signed_by(both(), vec![refusal, nobody(), nobody()], 2).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(keys, ["newer", "older", "older"]);
    }
}

#[tokio::test]
async fn when_both_key_sets_are_refused_the_call_fails_after_two_requests() {
    let script = vec![authentication_failed(401), authentication_failed(401), authentication_failed(401)];
    let (outcomes, keys) = signed_by(both(), script, 2).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(MastercardError::Rejected(_)))));
    assert_eq!(keys, ["newer", "older", "older"]);
}

#[tokio::test]
async fn a_refusal_for_another_reason_does_not_change_the_keys() {
    let error = json!({"errors": [{"source": "TOKEN_CONNECT", "reasonCode": "INVALID_FIELD_LENGTH"}]});
    let (outcomes, keys) = signed_by(both(), vec![status(400, error), nobody()], 2).await;
    assert!(outcomes[0].is_err() && outcomes[1].is_ok());
    assert_eq!(keys, ["newer", "newer"]);
}

#[tokio::test]
async fn a_single_key_set_that_is_refused_is_not_tried_again() {
    let only = signer("only").into();
    let (outcomes, keys) = signed_by(only, vec![authentication_failed(401)], 1).await;
    assert!(outcomes[0].is_err());
    assert_eq!(keys, ["only"]);
}

#[test]
fn clones_fall_back_together_and_say_so_once() {
    let authenticator = both();
    let clone = authenticator.clone();
    assert!(clone.refused(Keys::Preferred, Upstream::TokenConnect));
    // A request that was under way with the refused keys may go again; the older keys have none behind them.
    assert!(authenticator.refused(Keys::Preferred, Upstream::TokenConnect));
    assert!(!authenticator.refused(Keys::Other, Upstream::TokenConnect));
    assert_eq!(format!("{authenticator:?}"), "Authenticator(<redacted>)");
}
