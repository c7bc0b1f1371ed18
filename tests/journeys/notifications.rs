//! Processing's notifications in every order, repeated, late or lost; and unauthorized ones.

mod protected;

use jiff::SignedDuration;
use local::{World, cardholder::Cardholder};
use serde_json::{Value, json};
use simulator::{Delivery, NotificationPlan};

use crate::support::{logs, open_world};

const CARD: &str = "70001";
const CLICK_TO_PAY: &str = "50123197928";

/// A cardholder completes an enrollment, with a plan for its notifications.
async fn enroll_with(world: &World, plan: NotificationPlan) -> (Cardholder, String) {
    world.simulator().set_notification_plan(plan);
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll(CARD).await.unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    world.simulator().notifications_settled().await;
    (cardholder, enrollment["enrollmentId"].as_str().unwrap().to_owned())
}

async fn view(cardholder: &Cardholder, id: &str) -> Value {
    cardholder.get_enrollment(id).await.unwrap().body
}

fn events(view: &Value, kind: &str) -> usize {
    view["timeline"].as_array().unwrap().iter().filter(|event| event["event"] == kind).count()
}

fn lost() -> Delivery {
    Delivery { copies: 0, ..Delivery::default() }
}

/// Sends a notification as Processing does, with the trusted client certificate.
async fn notify(world: &World, body: &Value) -> u16 {
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(world.notifications_authority().as_bytes()).unwrap()])
        .identity(reqwest::Identity::from_pem(world.notifications_client_identity().as_bytes()).unwrap())
        .build()
        .unwrap();
    let request = client.post(world.notifications_url().clone()).header("content-type", "application/json");
    request.body(body.to_string()).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_tcn_before_its_tar_changes_nothing() {
    let world = open_world().await;
    let plan = NotificationPlan { tcn_before_tar: true, ..NotificationPlan::default() };
    let (cardholder, id) = enroll_with(&world, plan).await;
    assert_eq!(view(&cardholder, &id).await["status"], "ENABLED");
}

#[tokio::test]
async fn notifications_that_come_three_times_are_applied_once() {
    let world = open_world().await;
    let three_copies = Delivery { copies: 3, ..Delivery::default() };
    let plan =
        NotificationPlan { tar: three_copies.clone(), tcn: three_copies, ..NotificationPlan::default() };
    let (cardholder, id) = enroll_with(&world, plan).await;
    let view = view(&cardholder, &id).await;
    assert_eq!(view["status"], "ENABLED");
    assert_eq!((events(&view, "tokenization_decided"), events(&view, "token_created")), (1, 1), "{view}");
    assert!(logs::is_logged("notification_repeated").await);
}

#[tokio::test]
async fn a_lost_tcn_is_found_in_the_token_list() {
    let world = open_world().await;
    let (cardholder, id) =
        enroll_with(&world, NotificationPlan { tcn: lost(), ..NotificationPlan::default() }).await;
    assert_eq!(view(&cardholder, &id).await["status"], "AUTHORIZED");
    world.clock().advance(SignedDuration::from_mins(16));
    let report = world.reconcile().await.unwrap();
    assert_eq!(report["healed"][0]["to"], "ENABLED", "{report}");
    let view = view(&cardholder, &id).await;
    assert_eq!((&view["status"], &view["final"]), (&json!("ENABLED"), &json!(true)));
}

#[tokio::test]
async fn without_any_notification_the_browser_alone_enables_nothing() {
    let world = open_world().await;
    let plan = NotificationPlan { tar: lost(), tcn: lost(), ..NotificationPlan::default() };
    let (cardholder, id) = enroll_with(&world, plan).await;
    let before = view(&cardholder, &id).await;
    assert_eq!((&before["status"], &before["reason"]), (&json!("PENDING"), &json!("awaiting_confirmation")));
    world.clock().advance(SignedDuration::from_mins(16));
    world.reconcile().await.unwrap();
    assert_eq!(view(&cardholder, &id).await["status"], "ENABLED");
}

#[tokio::test]
async fn a_token_that_is_suspended_resumed_and_deleted_changes_the_status() {
    let world = open_world().await;
    let (cardholder, id) = enroll_with(&world, NotificationPlan::default()).await;
    let simulator = world.simulator();
    simulator.suspend_token(70001, CLICK_TO_PAY).unwrap();
    simulator.notifications_settled().await;
    assert_eq!(view(&cardholder, &id).await["status"], "SUSPENDED");
    simulator.resume_token(70001, CLICK_TO_PAY).unwrap();
    simulator.notifications_settled().await;
    assert_eq!(view(&cardholder, &id).await["status"], "ENABLED");
    simulator.delete_token(70001, CLICK_TO_PAY).unwrap();
    simulator.notifications_settled().await;
    assert_eq!(view(&cardholder, &id).await["status"], "DEACTIVATED");
}

#[tokio::test]
async fn a_token_state_that_is_not_known_is_asked_about_and_suspends_nothing() {
    let world = open_world().await;
    let (cardholder, id) = enroll_with(&world, NotificationPlan::default()).await;
    let tvn = json!({"type": "TVN", "clientId": 40000, "cardContractId": 70001, "tokenRequestorId": CLICK_TO_PAY,
        "tokenStatus": "RELINKED", "requestedBy": "ISSUER", "occurredAt": world.clock().now().to_string()});
    assert_eq!(notify(&world, &tvn).await, 200);
    let notified = view(&cardholder, &id).await;
    assert_eq!((&notified["status"], &notified["final"]), (&json!("ENABLED"), &json!(false)), "{notified}");
    let reads = world.simulator().calls(simulator::Operation::GetTokensByClient);
    for _ in 0..2 {
        world.reconcile().await.unwrap();
        let read = view(&cardholder, &id).await;
        assert_eq!((&read["status"], &read["final"]), (&json!("ENABLED"), &json!(true)), "{read}");
        assert!(!read.to_string().contains("ISSUER"), "who requested a change is for support only");
    }
    assert_eq!(world.simulator().calls(simulator::Operation::GetTokensByClient), reads + 1);
}

#[tokio::test]
async fn a_tcn_dated_ahead_does_not_outlive_a_cancellation() {
    for ahead in [SignedDuration::from_mins(1), SignedDuration::from_hours(24)] {
        let world = open_world().await;
        world.simulator().set_notification_plan(NotificationPlan {
            tar: lost(),
            tcn: lost(),
            tvn: lost(),
            ..NotificationPlan::default()
        });
        let cardholder = world.cardholder("40000").unwrap();
        let enrollment = cardholder.enroll(CARD).await.unwrap();
        let id = enrollment["enrollmentId"].as_str().unwrap();
        let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
        let tcn = json!({"type": "TCN", "clientId": 40000, "cardContractId": 70001, "tokenRequestorId": CLICK_TO_PAY,
            "occurredAt": (world.clock().now() + ahead).to_string()});
        assert_eq!(notify(&world, &tcn).await, 200);
        assert_eq!(view(&cardholder, id).await["status"], "TOKENIZED");
        page.cancel().await.unwrap().return_to_bank().await.unwrap();
        world.reconcile().await.unwrap();
        assert_eq!(view(&cardholder, id).await["status"], "CANCELLED", "{ahead:?} ahead");
        // The same message once more, later.
        world.clock().advance(SignedDuration::from_hours(25));
        assert_eq!(notify(&world, &tcn).await, 200);
        assert_eq!(view(&cardholder, id).await["status"], "CANCELLED", "{ahead:?} ahead");
    }
}

#[tokio::test]
async fn a_notification_that_contradicts_the_list_has_it_read_once_more() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll(CARD).await.unwrap();
    let id = enrollment["enrollmentId"].as_str().unwrap();
    cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    world.simulator().notifications_settled().await;
    world.clock().advance(SignedDuration::from_mins(16));
    world.reconcile().await.unwrap();
    let enabled = view(&cardholder, id).await;
    assert_eq!((&enabled["status"], &enabled["final"]), (&json!("ENABLED"), &json!(true)));

    let tvn = json!({"type": "TVN", "clientId": 40000, "cardContractId": 70001, "tokenRequestorId": CLICK_TO_PAY,
        "tokenStatus": "DEACTIVATED", "occurredAt": world.clock().now().to_string()});
    assert_eq!(notify(&world, &tvn).await, 200);
    let contradicted = view(&cardholder, id).await;
    assert_eq!((&contradicted["status"], &contradicted["final"]), (&json!("DEACTIVATED"), &json!(false)));
    world.reconcile().await.unwrap();
    let read = view(&cardholder, id).await;
    assert_eq!(
        (&read["status"], &read["final"]),
        (&json!("ENABLED"), &json!(true)),
        "the list has the last word"
    );
}

#[tokio::test]
async fn a_notification_is_not_applied_to_an_enrollment_of_which_nothing_was_pushed() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let refused = cardholder.enroll_request("key", &Cardholder::smallest_request("70003")).await.unwrap();
    let id = refused.body["enrollmentId"].as_str().unwrap();
    let tcn = json!({"notificationId": "n-1", "type": "TCN", "clientId": 40000, "cardContractId": 70003, "tokenRequestorId": CLICK_TO_PAY});
    assert_eq!(notify(&world, &tcn).await, 200);
    let view = view(&cardholder, id).await;
    assert_eq!((&view["status"], events(&view, "token_created")), (&json!("FAILED"), 0), "{view}");
}

#[tokio::test]
async fn a_notification_for_a_card_without_an_enrollment_is_accepted_and_stored() {
    let world = open_world().await;
    let body = json!({"notificationId": "n-1", "type": "TCN", "cardContractId": 99999, "tokenRequestorId": CLICK_TO_PAY});
    assert_eq!(notify(&world, &body).await, 200);
    let stored = world.dynamodb().scan().table_name(&world.tables().enrollments).send().await.unwrap();
    assert_eq!(stored.items().len(), 1);
    assert!(stored.items()[0]["pk"].as_s().unwrap().starts_with("INBOX#"));
}

#[tokio::test]
async fn a_notification_that_names_another_client_changes_nothing() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = cardholder.enroll(CARD).await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
    let body =
        json!({"type": "TCN", "clientId": 40001, "cardContractId": 70001, "tokenRequestorId": CLICK_TO_PAY});
    assert_eq!(notify(&world, &body).await, 200);
    assert_eq!(view(&cardholder, &id).await["status"], "READY");
}

#[tokio::test]
async fn a_tcn_with_ids_as_processing_may_write_them_is_applied() {
    for (client, card, requestor) in [
        (json!(40000), json!(70006), json!(50_123_197_928_u64)),
        (json!(40000.0), json!(70006.0), json!("50123197928")),
        (json!("00040000"), json!(" 70006"), json!("50123197928")),
    ] {
        let world = open_world().await;
        let cardholder = world.cardholder("40000").unwrap();
        let id = cardholder.enroll("70006").await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
        let tcn = json!({
            "notificationId": "n-1", "type": "TCN", "occurredAt": jiff::Timestamp::now(), "correlationId": "c1",
            "clientId": client, "cardContractId": card, "tokenRequestorId": requestor, "decision": "APPROVED",
            "responseCode": "00", "tokenUniqueReference": "DTUR00000000000000000000000000000000000000000000",
        });
        assert_eq!(notify(&world, &tcn).await, 200);
        let view = view(&cardholder, &id).await;
        // The cardholder has not accepted the terms yet.
        assert_eq!((&view["status"], events(&view, "token_created")), (&json!("TOKENIZED"), 1), "{tcn}");
    }
}

#[tokio::test]
async fn an_unknown_kind_of_notification_is_stored_and_changes_nothing() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = cardholder.enroll(CARD).await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
    let body = json!([{"type": "XYZ", "cardContractId": 70001}, {"type": "TAR", "decision": "MAYBE", "cardContractId": 70001}]);
    assert_eq!(notify(&world, &body).await, 200);
    assert_eq!(view(&cardholder, &id).await["status"], "READY");
}

#[tokio::test]
async fn a_caller_with_a_certificate_of_another_name_is_refused() {
    let settings = [("NOTIFICATION_CLIENT_SUBJECTS".to_owned(), "CN=another name".to_owned())].into();
    let world = crate::support::open_world_with(local::Options { settings, ..Default::default() }).await;
    let (cardholder, id) =
        enroll_with(&world, NotificationPlan { retries: 0, ..NotificationPlan::default() }).await;
    assert_ne!(view(&cardholder, &id).await["status"], "ENABLED");
    assert_eq!(notify(&world, &json!({"type": "TCN"})).await, 403);
}

#[tokio::test]
async fn either_of_two_certificate_subjects_is_accepted_in_the_notation_of_openssl() {
    for subjects in [
        "CN=standby; O = Simulator, CN = Notifications.mastercard.example",
        "/O=Simulator/CN=notifications.mastercard.example; CN=active",
    ] {
        let settings = [("NOTIFICATION_CLIENT_SUBJECTS".to_owned(), subjects.to_owned())].into();
        let world = crate::support::open_world_with(local::Options { settings, ..Default::default() }).await;
        assert_eq!(notify(&world, &json!({"type": "TCN", "cardContractId": 70001})).await, 200, "{subjects}");
    }
}
