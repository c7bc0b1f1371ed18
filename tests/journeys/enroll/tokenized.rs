//! A token exists before the cardholder accepts Click to Pay's terms: whether the card is enabled is not known until the
//! cardholder returns, or the token list was read after the receipts expired.

use jiff::SignedDuration;
use local::{World, cardholder::Cardholder};
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Delivery, NotificationPlan, Operation};

use super::{CARD, card_state, enrollment, only_enrollment};
use crate::support::open_world;

/// The cardholder opens the redirect and leaves the terms open; TAR and TCN have arrived.
async fn leave_the_terms_open(world: &World, cardholder: &Cardholder) -> String {
    let (id, _) = super::enroll_and_open_redirect(cardholder).await;
    world.simulator().notifications_settled().await;
    id
}

/// The receipts expire, and reconciliation reads the token list.
async fn read_the_list_after_the_receipts_end(world: &World) {
    world.clock().advance(SignedDuration::from_mins(16));
    world.reconcile().await.unwrap();
}

/// Status, reason and finality.
async fn state(cardholder: &Cardholder, id: &str) -> [Value; 3] {
    let view = enrollment(cardholder, id).await;
    ["status", "reason", "final"].map(|field| view[field].clone())
}

#[tokio::test]
async fn while_the_terms_are_open_the_card_is_tokenized_and_held() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = leave_the_terms_open(&world, &cardholder).await;
    let view = enrollment(&cardholder, &id).await;
    assert_eq!((&view["status"], &view["final"]), (&json!("TOKENIZED"), &json!(false)));
    assert_eq!(view.get("redirectUrl"), None, "TAR has used it up");

    let card = card_state(&cardholder).await;
    assert_eq!((&card["state"], &card["enrollmentId"]), (&json!("in_progress"), &json!(id)));
    assert_eq!(world.simulator().tokens_of(40000).len(), 1, "although the list shows a token");
    let another = cardholder.enroll_request("another", &Cardholder::smallest_request(CARD)).await.unwrap();
    assert_eq!((another.status, &another.body["code"]), (409, &json!("enrollment_in_progress")));
    assert_eq!(another.body["enrollmentId"], json!(id));
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn a_cardholder_who_never_returns_reads_enabled_once_the_list_was_read_after_the_receipts_end() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = leave_the_terms_open(&world, &cardholder).await;
    world.reconcile().await.unwrap();
    assert_eq!(
        state(&cardholder, &id).await,
        [json!("TOKENIZED"), Value::Null, json!(false)],
        "it is too early"
    );
    read_the_list_after_the_receipts_end(&world).await;
    assert_eq!(state(&cardholder, &id).await, [json!("ENABLED"), Value::Null, json!(true)]);
    assert_eq!(card_state(&cardholder).await["state"], "already_enabled");
}

#[tokio::test]
async fn a_token_that_is_removed_before_the_cardholder_returns_is_expired_and_was_never_enabled() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = leave_the_terms_open(&world, &cardholder).await;
    world.simulator().delete_token(70001, CLICK_TO_PAY).unwrap();
    world.simulator().notifications_settled().await;
    assert_eq!(enrollment(&cardholder, &id).await["status"], "EXPIRED");
    read_the_list_after_the_receipts_end(&world).await;
    assert_eq!(state(&cardholder, &id).await, [json!("EXPIRED"), Value::Null, json!(true)]);
    assert_eq!(cardholder.enroll(CARD).await.unwrap()["status"], "READY");
}

#[tokio::test]
async fn a_cardholder_who_returns_with_another_result_ends_as_the_token_list_says() {
    // The browser's result is not signed: here it says the opposite of what happened at Click to Pay.
    for (result, link, without_token) in [
        ("CANCELLED", "cancelled", ["CANCELLED", ""]),
        ("DELETED", "cancelled", ["CANCELLED", ""]),
        ("DECLINED", "declined", ["DECLINED", ""]),
        ("ERROR", "error", ["FAILED", "token_requestor_error"]),
    ] {
        for is_removed in [true, false] {
            let world = open_world().await;
            let cardholder = world.cardholder("40000").unwrap();
            let (id, page) = super::enroll_and_open_redirect(&cardholder).await;
            world.simulator().notifications_settled().await;
            let callback = page.accept_terms().await.unwrap().callback_url().await.unwrap();
            let receipt = callback.query().unwrap().split_once('=').unwrap().0.to_owned();
            let mut forged = callback;
            forged.set_query(Some(&format!("{receipt}={result}")));
            let returned = cardholder.open_callback(forged).await.unwrap();
            assert!(returned.app_link.unwrap().query().unwrap().ends_with(&format!("outcome={link}")));
            assert_eq!(state(&cardholder, &id).await[0], "TOKENIZED", "{result}: the list was not read yet");
            if is_removed {
                // Its notification is lost.
                let lost = Delivery { copies: 0, ..Delivery::default() };
                world
                    .simulator()
                    .set_notification_plan(NotificationPlan { tvn: lost, ..NotificationPlan::default() });
                world.simulator().delete_token(70001, CLICK_TO_PAY).unwrap();
            }
            world.reconcile().await.unwrap();
            let [status, reason, _] = state(&cardholder, &id).await;
            if is_removed {
                let reason = reason.as_str().unwrap_or_default();
                assert_eq!([status.as_str().unwrap(), reason], without_token, "{result}");
            } else {
                assert_eq!(status, "TOKENIZED", "{result}: the token is still active");
                read_the_list_after_the_receipts_end(&world).await;
                assert_eq!(
                    state(&cardholder, &id).await,
                    [json!("ENABLED"), Value::Null, json!(true)],
                    "{result}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_second_visit_of_a_tokenized_card_enables_it() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = leave_the_terms_open(&world, &cardholder).await;
    let again = cardholder.restart(&id, "again").await.unwrap();
    assert_eq!((again.status, &again.body["status"]), (201, &json!("READY")), "{:?}", again.body["code"]);
    assert_eq!(enrollment(&cardholder, &id).await["redirectUrl"], again.body["redirectUrl"]);
    let page = cardholder.open_redirect(again.body["redirectUrl"].as_str().unwrap()).await.unwrap();
    let returned = page.return_to_bank().await.unwrap();
    assert!(returned.callback.query().unwrap().contains("DUPLICATE_REQUEST"));
    let enabled = only_enrollment(&cardholder).await;
    assert_eq!((&enabled["status"], &enabled["final"]), (&json!("ENABLED"), &json!(true)));
    assert_eq!((&enabled["attempt"], world.simulator().tokens_of(40000).len()), (&json!(2), 1));
}

#[tokio::test]
async fn an_enrollment_has_five_attempts() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = leave_the_terms_open(&world, &cardholder).await;
    let body = Cardholder::restart_body();
    for attempt in 2..=5 {
        let again = cardholder.restart_request(&id, &format!("attempt-{attempt}"), &body).await.unwrap();
        assert_eq!((again.status, &again.body["status"]), (201, &json!("READY")));
    }
    let refused = cardholder.restart_request(&id, "attempt-6", &body).await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("too_many_attempts")));
    assert_eq!((&refused.body["enrollmentId"], &refused.body["retryable"]), (&json!(id), &json!(false)));
    let replayed = cardholder.restart_request(&id, "attempt-5", &body).await.unwrap();
    assert_eq!(
        (replayed.status, &replayed.body["status"]),
        (201, &json!("READY")),
        "a repeated request is no attempt"
    );
    let earlier = cardholder.restart_request(&id, "attempt-4", &body).await.unwrap();
    assert_eq!(
        (earlier.status, earlier.body.get("redirectUrl")),
        (200, None),
        "another attempt ended its redirect"
    );
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 5);
    assert_eq!(only_enrollment(&cardholder).await["attempt"], 5);
}

#[tokio::test]
async fn a_token_whose_list_cannot_be_read_ends_as_unknown_and_holds_the_card_no_longer() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = leave_the_terms_open(&world, &cardholder).await;
    let operation = Operation::GetTokensByClient;
    world.simulator().set_fault(operation, simulator::Fault::TruncatedJson, simulator::Times::Always);
    let mut runs = 0;
    while state(&cardholder, &id).await[2] == false {
        world.clock().advance(SignedDuration::from_hours(25));
        world.reconcile().await.unwrap();
        runs += 1;
        assert!(runs < 20, "every enrollment becomes final");
    }
    assert_eq!(state(&cardholder, &id).await, [json!("TOKENIZED"), json!("outcome_unknown"), json!(true)]);
    world.simulator().clear_faults();
    assert_eq!(card_state(&cardholder).await["state"], "already_enabled");
}
