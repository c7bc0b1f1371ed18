//! Requests that are refused, for which nothing is pushed.

use local::{Options, cardholder::Cardholder};
use serde_json::json;
use simulator::{Fault, Operation, Times};

use super::{CARD, enable, enrollment, only_enrollment, tampering};
use crate::support::{open_world, open_world_with};

fn settings(changes: &[(&str, &str)]) -> Options {
    let settings = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Options { settings, ..Options::default() }
}

#[tokio::test]
async fn a_card_that_is_enabled_already_is_not_pushed_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    enable(&world, &cardholder).await;
    let pushes = world.simulator().calls(Operation::PushMultipleAccounts);

    let again = cardholder.enroll_request("again", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((again.status, &again.body["code"]), (409, &json!("already_enabled")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), pushes);
    let failed = enrollment(&cardholder, again.body["enrollmentId"].as_str().unwrap()).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("FAILED"), &json!("already_enabled")));
    assert_eq!((&failed["final"], &failed["retryable"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn during_maintenance_nothing_is_pushed_and_everything_else_goes_on() {
    let world = open_world_with(settings(&[("MAINTENANCE", "on")])).await;
    let cardholder = world.cardholder("40000").unwrap();
    let refused = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (503, &json!("maintenance")));
    assert_eq!((refused.headers["retry-after"].as_str(), &refused.body["retryable"]), ("300", &json!(true)));
    let restarted = cardholder.restart("0197b3c0-5f10-7c3e-8a51-3f6f0c9be001", "key").await.unwrap();
    assert_eq!((restarted.status, &restarted.body["code"]), (503, &json!("maintenance")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 0);
    assert_eq!(cardholder.cards(&[CARD]).await.unwrap().body["cards"][0]["state"], "eligible");
    assert_eq!(cardholder.get("/enrollments").await.unwrap().body["enrollments"], json!([]));
}

#[tokio::test]
async fn a_wrong_signing_key_for_processing_ends_in_failed() {
    let keys = simulator::Portal::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    keys.credentials().write_to(folder.path()).unwrap();
    let key = format!("file:{}", folder.path().join("processing-signing-key.pem").display());
    let world = open_world_with(settings(&[("PROCESSING_SIGNING_KEY", &key)])).await;
    let cardholder = world.cardholder("40000").unwrap();

    let response = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((response.status, &response.body["code"]), (502, &json!("mastercard_refused")));
    let failed = only_enrollment(&cardholder).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("FAILED"), &json!("mastercard_refused")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 0);
}

#[tokio::test]
async fn a_body_that_was_changed_in_transit_pushes_nothing() {
    let world = open_world().await;
    let proxy = tampering::start_proxy(world.simulator().base_url().clone()).await;
    let token_connect_url = Some(proxy.join("mdes").unwrap());
    let options = Options { token_connect_url, ..Options::default() };
    // The second world pushes through a proxy that changes one digit.
    let world = open_world_with(options).await;
    let cardholder = world.cardholder("40000").unwrap();
    let response = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!(
        (response.status, &response.body["code"]),
        (502, &json!("mastercard_refused")),
        "{:?}",
        response.body
    );
    assert_eq!(only_enrollment(&cardholder).await["status"], "FAILED");
}

#[tokio::test]
async fn a_blocked_card_is_refused_before_anything_is_pushed() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let response = cardholder.enroll_request("key", &Cardholder::smallest_request("70003")).await.unwrap();
    assert_eq!((response.status, &response.body["code"]), (422, &json!("card_not_eligible")));
    let failed = only_enrollment(&cardholder).await;
    assert_eq!((&failed["status"], &failed["retryable"]), (&json!("FAILED"), &json!(false)));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 0);
}

#[tokio::test]
async fn a_card_that_was_tried_too_often_today_is_refused() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request("70003");
    for number in 0..model::card_enrollment::MAX_KEYS {
        let refused = cardholder.enroll_request(&format!("key-{number}"), &request).await.unwrap();
        assert_eq!(refused.body["code"], "card_not_eligible", "{number}");
    }
    let refused = cardholder.enroll_request("one-more", &request).await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("too_many_enrollments")));
    assert_eq!(refused.body["retryable"], false);
    assert_eq!(refused.headers["retry-after"], "3600");
}

#[tokio::test]
async fn another_clients_card_is_not_found() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let response = cardholder.enroll_request("key", &Cardholder::smallest_request("80001")).await.unwrap();
    assert_eq!((response.status, &response.body["code"]), (404, &json!("card_not_found")));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 0);
}

#[tokio::test]
async fn a_card_of_a_range_that_no_requestor_takes_is_not_eligible() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let response = cardholder.enroll_request("key", &Cardholder::smallest_request("70005")).await.unwrap();
    assert_eq!((response.status, &response.body["code"]), (422, &json!("card_not_eligible")));
    // A range that is not configured has eleven digits at most; the rest is padding with zeros.
    for range in ["5555570000000000000", "55555700001"] {
        let states = cardholder.cards(&[&format!("70005:{range}")]).await.unwrap().body;
        assert_eq!(states["cards"][0]["state"], "not_eligible", "{states}");
    }
}

#[tokio::test]
async fn processing_that_is_down_for_a_short_time_is_called_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    world.simulator().set_fault(Operation::SearchFundingAccounts, Fault::Status { code: 503, json: true }, 1);
    assert_eq!(cardholder.enroll(CARD).await.unwrap()["status"], "READY");
    assert_eq!(world.simulator().calls(Operation::SearchFundingAccounts), 2);
}

#[tokio::test]
async fn processing_that_stays_down_gives_a_response_with_retry_after() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    world.simulator().set_fault(Operation::SearchFundingAccounts, Fault::HtmlBadGateway, Times::Always);
    let response = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((response.status, &response.body["code"]), (503, &json!("mastercard_unavailable")));
    assert_eq!(response.body["retryable"], true);
    assert!(response.headers.contains_key("retry-after"));
    // Card and key are free again at once.
    world.simulator().clear_faults();
    let again = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((again.status, &again.body["status"]), (201, &json!("READY")));
}

#[tokio::test]
async fn the_app_waits_an_hour_at_most_however_long_mastercard_asks_for() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let busy = Fault::TooManyRequests { retry_after: u32::MAX };
    world.simulator().set_fault(Operation::SearchFundingAccounts, busy, Times::Always);
    let response = cardholder.enroll_request("key", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((response.status, &response.body["code"]), (503, &json!("mastercard_unavailable")));
    assert_eq!(response.headers["retry-after"], "3600");
}
