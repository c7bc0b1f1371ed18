use serde_json::json;

use super::*;
use crate::{
    MastercardError, SigningKey, TokenConnect, Transport,
    testing::{FakeServer, Reply, ok, private_key_pem, soon, status},
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

fn no_requestors() -> Reply {
    ok(json!({"tokenRequestors": []}))
}

/// Calls `times` times; returns the outcomes and the consumer key of each request received.
async fn consumer_keys(
    authenticator: Authenticator,
    script: Vec<Reply>,
    times: usize,
) -> (Vec<Result<(), MastercardError>>, Vec<String>) {
    let mastercard = FakeServer::start(script);
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
async fn the_newer_key_set_signs_while_the_gateway_accepts_it() {
    let (outcomes, keys) = consumer_keys(both(), vec![no_requestors(), no_requestors()], 2).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(keys, ["newer", "newer"]);
}

#[tokio::test]
async fn a_rejected_key_set_is_not_used_again_while_the_other_one_is_accepted() {
    let error = |error| status(401, json!({"Errors": {"Error": [error]}}));
    let rejections = [
        authentication_failed(401),
        authentication_failed(403),
        error(json!({"Source": "Security.Credential", "ReasonCode": "AUTHENTICATION_FAILED"})),
        error(json!({"ReasonCode": "INVALID_AUTH_HEADER"})),
        error(json!({"Source": "Gateway", "ReasonCode": "NEW_CODE"})),
        // No API behind the gateway wrote these.
        status(401, ""),
        status(401, "{}"),
        status(401, "<html>Unauthorized</html>"),
    ];
    for rejection in rejections {
        let (outcomes, keys) =
            consumer_keys(both(), vec![rejection, no_requestors(), no_requestors()], 2).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(keys, ["newer", "older", "older"]);
    }
}

#[tokio::test]
async fn when_both_key_sets_are_rejected_the_call_fails_after_two_requests() {
    let (outcomes, keys) = consumer_keys(both(), vec![authentication_failed(401); 5], 3).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(MastercardError::Rejected(_)))));
    assert_eq!(keys, ["newer", "older", "newer", "older", "older"], "the newer one is tried again once");
}

#[tokio::test]
async fn a_key_set_that_was_rejected_for_a_moment_signs_again_once_the_other_one_is_rejected() {
    let script = vec![
        authentication_failed(401),
        no_requestors(),
        authentication_failed(401),
        no_requestors(),
        no_requestors(),
    ];
    let (outcomes, keys) = consumer_keys(both(), script, 4).await;
    let succeeded: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(succeeded, [true, false, true, true]);
    assert_eq!(keys, ["newer", "older", "older", "newer", "newer"]);
}

#[tokio::test]
async fn a_signature_that_is_rejected_because_of_the_clock_does_not_change_the_key_set() {
    let years_ago = Reply::Response(401, "date: Sat, 01 Jan 2000 00:00:00 GMT\r\n", Vec::new());
    let (outcomes, keys) = consumer_keys(both(), vec![years_ago, no_requestors()], 2).await;
    assert!(outcomes[0].is_err() && outcomes[1].is_ok());
    assert_eq!(keys, ["newer", "newer"]);
}

#[test]
fn while_both_key_sets_are_rejected_the_newer_one_is_tried_again_once_a_minute_at_most() {
    let (authenticator, start) = (both(), Instant::now());
    let reject = |key_set, seconds| {
        let at = start + Duration::from_secs(seconds);
        authenticator.fall_back_at(key_set, Upstream::TokenConnect, at)
    };
    let older_signs = || authenticator.rotation().fell_back;
    assert!(reject(KeySet::Preferred, 0) && older_signs());
    assert!(!reject(KeySet::Fallback, 1) && !older_signs());
    assert!(reject(KeySet::Preferred, 2) && older_signs());
    assert!(!reject(KeySet::Fallback, 60) && older_signs());
    assert!(!reject(KeySet::Fallback, 61) && !older_signs());
}

#[tokio::test]
async fn an_error_for_another_reason_does_not_change_the_key_set() {
    let field = json!({"errors": [{"source": "TOKEN_CONNECT", "reasonCode": "INVALID_FIELD_LENGTH"}]});
    // The gateway's word for a project without access: the key set is right.
    let declined = json!({"Errors": {"Error": [{"Source": "Gateway", "ReasonCode": "DECLINED",
        "Description": "Unauthorized - Access Not Granted", "Recoverable": false, "Details": null}]}});
    let of =
        |source: &str, code: &str| json!({"Errors": {"Error": [{"Source": source, "ReasonCode": code}]}});
    let errors = [
        status(400, field),
        status(401, declined),
        status(401, of("Gateway", "AUTHORIZATION_FAILED")),
        status(403, of("Gateway", "AUTHORIZATION_FAILED")),
        // An API gets only requests whose signature the gateway accepted.
        status(401, of("MASTERCARD PROCESSING", "OPERATION_DENIED")),
        status(401, of("MASTERCARD PROCESSING", "AUTHENTICATION_FAILED")),
        status(401, json!({"errors": [{"source": "INPUT", "reasonCode": "AUTHORIZATION_FAILED"}]})),
        status(401, json!({"errorCode": "NO_ACCESS"})),
        status(401, json!({"encryptedData": "a.b.c.d.e"})),
    ];
    for error in errors {
        let (outcomes, keys) = consumer_keys(both(), vec![error, no_requestors()], 2).await;
        assert!(outcomes[0].is_err() && outcomes[1].is_ok());
        assert_eq!(keys, ["newer", "newer"]);
    }
}

#[tokio::test]
async fn a_single_key_set_that_is_rejected_is_not_tried_again() {
    let only = signer("only").into();
    let (outcomes, keys) = consumer_keys(only, vec![authentication_failed(401)], 1).await;
    assert!(outcomes[0].is_err());
    assert_eq!(keys, ["only"]);
}

#[test]
fn clones_fall_back_together() {
    let authenticator = both();
    let clone = authenticator.clone();
    assert!(clone.fall_back(KeySet::Preferred, Upstream::TokenConnect));
    // A request in flight with the rejected key set is sent again; after the fallback there is no further key set.
    assert!(authenticator.fall_back(KeySet::Preferred, Upstream::TokenConnect));
    assert!(!authenticator.fall_back(KeySet::Fallback, Upstream::TokenConnect));
    assert_eq!(format!("{authenticator:?}"), "Authenticator(<redacted>)");
}
