//! Restarts: the redirect was not opened or has expired, and the cardholder still wants to enable the card.

use jiff::SignedDuration;
use local::{World, cardholder::Cardholder};
use serde_json::json;
use simulator::{Fault, Operation, Times};

use super::{CARD, enable, enrollment, only_enrollment};
use crate::support::open_world;

/// A card is pushed, and the redirect is not opened.
async fn enroll_without_opening(cardholder: &Cardholder) -> String {
    cardholder.enroll(CARD).await.unwrap()["enrollmentId"].as_str().unwrap().to_owned()
}

/// Receipts expire, and reconciliation reads the token list.
async fn expire(world: &World) {
    world.clock().advance(SignedDuration::from_mins(16));
    world.reconcile().await.unwrap();
}

#[tokio::test]
async fn a_cardholder_whose_browser_never_opened_restarts_and_enables_the_card() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = enroll_without_opening(&cardholder).await;

    let again = cardholder.restart(&id, "again").await.unwrap();
    assert_eq!((again.status, &again.body["enrollmentId"]), (201, &json!(id)), "{:?}", again.body["code"]);
    let page = cardholder.open_redirect(again.body["redirectUrl"].as_str().unwrap()).await.unwrap();
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    world.simulator().notifications_settled().await;

    let enabled = only_enrollment(&cardholder).await;
    assert_eq!((&enabled["status"], &enabled["attempt"]), (&json!("ENABLED"), &json!(2)));
    let events: Vec<_> = enabled["timeline"].as_array().unwrap().iter().map(|it| &it["event"]).collect();
    assert_eq!(events[..4], ["requested", "pushed", "restarted", "pushed"]);
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 2);
}

#[tokio::test]
async fn an_expired_enrollment_can_be_restarted() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = enroll_without_opening(&cardholder).await;
    expire(&world).await;
    assert_eq!(enrollment(&cardholder, &id).await["status"], "EXPIRED");
    assert_eq!(cardholder.restart(&id, "again").await.unwrap().status, 201);
    let ready = enrollment(&cardholder, &id).await;
    assert_eq!((&ready["status"], &ready["attempt"]), (&json!("READY"), &json!(2)));
}

#[tokio::test]
async fn a_repeated_restart_pushes_once_and_gets_the_same_response() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = enroll_without_opening(&cardholder).await;
    let body = Cardholder::restart_body();
    let send = || async { cardholder.restart_request(&id, "again", &body).await.unwrap() };
    let responses = futures_util::future::join_all((0..4).map(|_| send())).await;
    assert!(responses.iter().any(|response| response.status == 201));
    for response in &responses {
        let in_progress = response.body["code"] == "request_in_progress";
        assert!(response.status == 201 || in_progress, "{} {:?}", response.status, response.body);
    }
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 2);
    let first = responses.iter().find(|response| response.status == 201).unwrap();
    assert_eq!(send().await.body, first.body);
    let other = cardholder.restart(&id, "again").await.unwrap();
    assert_eq!((other.status, &other.body["code"]), (422, &json!("idempotency_key_reused")));
}

#[tokio::test]
async fn restarts_from_two_devices_make_attempts_one_after_the_other() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = enroll_without_opening(&cardholder).await;
    let keys = ["device-1", "device-2", "device-3"];
    let responses = futures_util::future::join_all(keys.map(|key| cardholder.restart(&id, key))).await;
    let pushed = responses.into_iter().filter(|response| response.as_ref().unwrap().status == 201).count();
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1 + pushed);
    assert_eq!(enrollment(&cardholder, &id).await["attempt"], 1 + pushed);
}

#[tokio::test]
async fn an_enabled_enrollment_cannot_be_restarted_nor_can_another_cardholders() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    enable(&world, &cardholder).await;
    let id = only_enrollment(&cardholder).await["enrollmentId"].as_str().unwrap().to_owned();
    let refused = cardholder.restart(&id, "again").await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("enrollment_not_restartable")));

    let stranger = world.cardholder("40001").unwrap();
    assert_eq!(stranger.restart(&id, "again").await.unwrap().status, 404);
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn a_new_enrollment_of_the_card_prevents_a_restart_of_the_expired_one() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let expired = enroll_without_opening(&cardholder).await;
    expire(&world).await;
    let newer = cardholder.enroll(CARD).await.unwrap();
    let refused = cardholder.restart(&expired, "again").await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("enrollment_in_progress")));
    assert_eq!(refused.body["enrollmentId"], newer["enrollmentId"]);
}

#[tokio::test]
async fn a_restart_that_failed_for_a_temporary_reason_is_repeated_as_it_is() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = enroll_without_opening(&cardholder).await;
    let body = Cardholder::restart_body();
    world.simulator().set_fault(Operation::SearchFundingAccounts, Fault::HtmlBadGateway, Times::Always);
    for _ in 0..2 {
        let failed = cardholder.restart_request(&id, "again", &body).await.unwrap();
        assert_eq!((failed.status / 100, &failed.body["retryable"]), (5, &json!(true)), "{:?}", failed.body);
    }
    world.simulator().clear_faults();
    let repeated = cardholder.restart_request(&id, "again", &body).await.unwrap();
    assert_eq!((repeated.status, &repeated.body["status"]), (201, &json!("READY")), "{:?}", repeated.body);
    assert_eq!(enrollment(&cardholder, &id).await["attempt"], 4);
}

#[tokio::test]
async fn a_restart_whose_push_is_refused_has_failed_in_its_own_attempt() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = enroll_without_opening(&cardholder).await;
    let refuse = Fault::ApiError {
        code: 400,
        source: "MDES".into(),
        reason_code: "ACCOUNT_INELIGIBLE".into(),
        recoverable: Some(false),
    };
    world.simulator().set_fault(Operation::PushMultipleAccounts, refuse, Times::Next(1));
    let refused = cardholder.restart(&id, "again").await.unwrap();
    assert!((400..=502).contains(&refused.status) && refused.status != 404, "{}", refused.status);
    assert_eq!(enrollment(&cardholder, &id).await["status"], "FAILED");
    let again = cardholder.restart(&id, "and-again").await.unwrap();
    assert_eq!((again.status, &again.body["code"]), (409, &json!("enrollment_not_restartable")));
}
