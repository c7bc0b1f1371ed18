//! Repeated requests: by a double tap, by two devices, after a lost response.

use jiff::SignedDuration;
use local::cardholder::Cardholder;
use reqwest::Method;
use serde_json::json;
use simulator::{Fault, Operation};

use super::{CARD, card_state, only_enrollment};
use crate::support::open_world;

#[tokio::test]
async fn a_double_tap_pushes_once() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    let send = || cardholder.enroll_request("one-key", &request);
    let (first, second) = tokio::join!(send(), send());
    let (first, second) = (first.unwrap(), second.unwrap());
    let statuses = [first.status, second.status];
    assert!(statuses.contains(&201), "{statuses:?}");
    for response in [&first, &second] {
        let in_progress = response.status == 409 && response.body["code"] == "request_in_progress";
        assert!(response.status == 201 || in_progress, "{:?}", response.body);
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn the_same_request_with_its_fields_in_another_order_is_the_same_request() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let now = jiff::Timestamp::now();
    let consent = format!(r#"{{"termsVersion":"2026-01","acceptedAt":"{now}"}}"#);
    let reordered = format!(r#"{{"acceptedAt":"{now}","termsVersion":"2026-01"}}"#);
    let bodies = [
        format!(
            r#"{{"cardContractId":"70001","platform":"ios","callback":"mobile-app","consent":{consent}}}"#
        ),
        format!(
            r#"{{"consent":{reordered}, "callback":"mobile-app","platform":"ios","cardContractId":"70001"}}"#
        ),
    ];
    for body in bodies {
        let headers = [("idempotency-key", "one-key"), ("content-type", "application/json")];
        let response = cardholder.request(Method::POST, "/enrollments", &headers, body).await.unwrap();
        assert_eq!(response.status, 201, "{}", response.body["code"]);
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn two_devices_at_once_push_once() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    let devices = (0..5).map(|device| {
        let (cardholder, request) = (cardholder.clone(), request.clone());
        tokio::spawn(async move {
            cardholder.enroll_request(&format!("device-{device}"), &request).await.unwrap()
        })
    });
    let mut enrolled = Vec::new();
    let mut refused = Vec::new();
    for device in devices.collect::<Vec<_>>() {
        let response = device.await.unwrap();
        if response.status == 201 { enrolled.push(response.body) } else { refused.push(response) }
    }
    assert_eq!((enrolled.len(), refused.len()), (1, 4));
    for response in refused {
        assert_eq!((response.status, &response.body["code"]), (409, &json!("enrollment_in_progress")));
        assert_eq!(response.body["enrollmentId"], enrolled[0]["enrollmentId"]);
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
    assert_eq!(card_state(&cardholder).await["state"], "in_progress");
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_redirect_while_it_is_valid_and_the_outcome_afterwards() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    let first = cardholder.enroll_request("key", &request).await.unwrap();
    let again = cardholder.enroll_request("key", &request).await.unwrap();
    assert_eq!((again.status, &again.body), (201, &first.body));

    let mut other = request.clone();
    other["platform"] = json!("web");
    let reused = cardholder.enroll_request("key", &other).await.unwrap();
    assert_eq!((reused.status, &reused.body["code"]), (422, &json!("idempotency_key_reused")));

    world.clock().advance(SignedDuration::from_mins(16));
    let outcome = cardholder.enroll_request("key", &request).await.unwrap();
    assert_eq!((outcome.status, &outcome.body["status"]), (200, &json!("PENDING")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn a_repeated_request_that_was_refused_is_refused_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request("70003");
    let first = cardholder.enroll_request("key", &request).await.unwrap();
    let again = cardholder.enroll_request("key", &request).await.unwrap();
    assert_eq!((first.status, again.status), (422, 422));
    assert_eq!(first.body["code"], again.body["code"]);
    assert_eq!(world.simulator().calls(Operation::SearchFundingAccounts), 1);
}

#[tokio::test]
async fn a_push_whose_response_was_lost_is_unknown_and_not_repeated() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    world.simulator().set_fault(Operation::PushMultipleAccounts, Fault::ResponseLost, 1);
    let request = Cardholder::smallest_request(CARD);
    for _ in 0..2 {
        let response = cardholder.enroll_request("key", &request).await.unwrap();
        assert_eq!((response.status, &response.body["code"]), (503, &json!("push_outcome_unknown")));
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
    let unknown = only_enrollment(&cardholder).await;
    assert_eq!((&unknown["status"], &unknown["reason"]), (&json!("PENDING"), &json!("push_outcome_unknown")));

    world.clock().advance(SignedDuration::from_mins(17));
    world.reconcile().await.unwrap();
    let failed = only_enrollment(&cardholder).await;
    assert_eq!((&failed["status"], &failed["retryable"]), (&json!("FAILED"), &json!(true)));
}
