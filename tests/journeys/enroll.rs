//! One cardholder, one card: a successful enrollment, and its end when one thing fails.

mod limits;
mod overtaken;
mod refused;
mod repeated;
mod requests;
mod restarted;
mod tampering;
mod tokenized;

use jiff::SignedDuration;
use local::{
    World,
    cardholder::{Cardholder, Page},
};
use serde_json::{Value, json};
use simulator::{Fault, Operation, Times};

use crate::support::open_world;

const CARD: &str = "70001";

/// Enrolls a card and opens the redirect.
async fn enroll_and_open_redirect(cardholder: &Cardholder) -> (String, Page) {
    let enrollment = cardholder.enroll(CARD).await.unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    (enrollment["enrollmentId"].as_str().unwrap().to_owned(), page)
}

/// Completes an enrollment, until all notifications have arrived.
async fn enable(world: &World, cardholder: &Cardholder) {
    enroll_and_open_redirect(cardholder)
        .await
        .1
        .accept_terms()
        .await
        .unwrap()
        .return_to_bank()
        .await
        .unwrap();
    world.simulator().notifications_settled().await;
}

async fn enrollment(cardholder: &Cardholder, id: &str) -> Value {
    cardholder.get_enrollment(id).await.unwrap().body
}

/// The only enrollment that the cardholder has.
async fn only_enrollment(cardholder: &Cardholder) -> Value {
    let list = cardholder.get("/enrollments").await.unwrap().body;
    assert_eq!(list["enrollments"].as_array().unwrap().len(), 1, "{list}");
    list["enrollments"][0].clone()
}

async fn card_state(cardholder: &Cardholder) -> Value {
    cardholder.cards(&[CARD]).await.unwrap().body["cards"][0].clone()
}

#[tokio::test]
async fn a_cardholder_enables_a_card_and_returns_to_the_app() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    assert_eq!(card_state(&cardholder).await["state"], "eligible");

    let (id, page) = enroll_and_open_redirect(&cardholder).await;
    assert_eq!(page.status, 200);
    let returned = page.accept_terms().await.unwrap().return_to_bank().await.unwrap();

    assert_eq!(returned.status, 303);
    let link = returned.app_link.unwrap();
    assert_eq!(link.scheme(), "bankapp");
    assert!(link.query().unwrap().contains(&id) && link.query().unwrap().contains("outcome=completed"));
    let ended = cardholder.poll_until_final(&id).await.unwrap();
    assert_eq!((&ended["status"], &ended["final"]), (&json!("ENABLED"), &json!(true)));
    assert_eq!(ended.get("redirectUrl"), None);
    let events: Vec<_> =
        ended["timeline"].as_array().unwrap().iter().map(|event| event["event"].clone()).collect();
    for event in ["requested", "pushed", "tokenization_decided", "token_created", "cardholder_returned"] {
        assert!(events.contains(&json!(event)), "{event} in {events:?}");
    }
    assert_eq!(card_state(&cardholder).await["state"], "already_enabled");
}

#[tokio::test]
async fn a_cardholder_of_fifty_cards_reads_all_their_states_at_once() {
    let world = open_world().await;
    let cards: Vec<_> = (70001..=70050).map(|card| card.to_string()).collect();
    let cards: Vec<_> = cards.iter().map(String::as_str).collect();
    let response = world.cardholder("40000").unwrap().cards(&cards).await.unwrap();
    assert_eq!((response.status, response.body["cards"].as_array().unwrap().len()), (200, 50));
}

#[tokio::test]
async fn a_receipt_that_expired_on_the_way_ends_in_failed_and_may_be_tried_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll(CARD).await.unwrap();
    world.simulator().expire_receipts();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    let returned = page.return_to_bank().await.unwrap();
    assert!(returned.app_link.unwrap().query().unwrap().contains("outcome=error"));
    let waiting = only_enrollment(&cardholder).await;
    assert_eq!(
        (&waiting["status"], &waiting["reason"]),
        (&json!("PENDING"), &json!("awaiting_confirmation"))
    );
    world.reconcile().await.unwrap();
    let failed = only_enrollment(&cardholder).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("FAILED"), &json!("token_requestor_error")));
    assert_eq!(cardholder.enroll(CARD).await.unwrap()["status"], "READY");
}

#[tokio::test]
async fn a_redirect_that_is_not_opened_expires() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let ready = cardholder.enroll(CARD).await.unwrap();
    let id = ready["enrollmentId"].as_str().unwrap().to_owned();
    assert_eq!(enrollment(&cardholder, &id).await["redirectUrl"], ready["redirectUrl"]);
    // It ends for the app 15 seconds before the receipts expire.
    world.clock().advance(SignedDuration::from_secs(15 * 60 - 14));
    assert_eq!(enrollment(&cardholder, &id).await.get("redirectUrl"), None);
    world.clock().advance(SignedDuration::from_mins(2));
    let waiting = enrollment(&cardholder, &id).await;
    assert_eq!(
        (&waiting["status"], &waiting["reason"]),
        (&json!("PENDING"), &json!("awaiting_confirmation"))
    );
    assert_eq!(waiting.get("redirectUrl"), None);

    world.reconcile().await.unwrap();
    assert_eq!(enrollment(&cardholder, &id).await["status"], "EXPIRED");
    for _ in 0..4 {
        world.clock().advance(SignedDuration::from_hours(25));
        world.reconcile().await.unwrap();
    }
    let ended = enrollment(&cardholder, &id).await;
    assert_eq!((&ended["status"], &ended["final"]), (&json!("EXPIRED"), &json!(true)));
}

#[tokio::test]
async fn a_cardholder_who_cancels_is_cancelled_and_may_start_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let (id, page) = enroll_and_open_redirect(&cardholder).await;
    let returned = page.cancel().await.unwrap().return_to_bank().await.unwrap();
    assert!(returned.app_link.unwrap().query().unwrap().contains("outcome=cancelled"));
    world.simulator().notifications_settled().await;
    world.reconcile().await.unwrap();
    assert_eq!(enrollment(&cardholder, &id).await["status"], "CANCELLED");
    assert_eq!(cardholder.enroll(CARD).await.unwrap()["status"], "READY");
}

#[tokio::test]
async fn a_cardholder_whose_card_is_declined_reads_declined() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll(CARD).await.unwrap();
    // Blocked between the push and the redirect.
    world.simulator().set_card_status(70001, "05").unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    let returned = page.return_to_bank().await.unwrap();
    assert!(returned.app_link.unwrap().query().unwrap().contains("outcome=declined"));
    world.simulator().notifications_settled().await;
    assert_eq!(only_enrollment(&cardholder).await["status"], "DECLINED");
}

#[tokio::test]
async fn a_card_that_click_to_pay_has_already_is_enabled_once_the_token_list_shows_it() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    enable(&world, &cardholder).await;
    // The list cannot be read, so the second push is not stopped by it.
    world.simulator().set_fault(Operation::GetTokensByClient, Fault::HtmlBadGateway, Times::Always);
    world.clock().advance(SignedDuration::from_mins(1));
    let (id, page) = enroll_and_open_redirect(&cardholder).await;
    page.return_to_bank().await.unwrap();
    assert_ne!(enrollment(&cardholder, &id).await["status"], "ENABLED");
    world.simulator().clear_faults();
    world.reconcile().await.unwrap();
    assert_eq!(enrollment(&cardholder, &id).await["status"], "ENABLED");
}

#[tokio::test]
async fn a_tap_right_after_the_list_of_cards_does_not_read_the_token_list_again() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let reads = || world.simulator().calls(Operation::GetTokensByClient);
    let cards_as_of = cardholder.cards(&[CARD]).await.unwrap().body["cardsAsOf"].clone();
    assert_eq!(reads(), 1);
    let mut request = Cardholder::smallest_request(CARD);
    request["cardsAsOf"] = cards_as_of.clone();
    let ready = cardholder.enroll_request("a-tap", &request).await.unwrap();
    assert_eq!((ready.status, reads()), (201, 1));
    request["cardsAsOf"] = Value::Null;
    let repeated = cardholder.enroll_request("a-tap", &request).await.unwrap();
    assert_eq!(
        (repeated.status, &repeated.body),
        (201, &ready.body),
        "with another time it is the same request"
    );

    world.clock().advance(SignedDuration::from_secs(90));
    let mut request = Cardholder::smallest_request("70002");
    request["cardsAsOf"] = cards_as_of;
    let ready = cardholder.enroll_request("another-tap", &request).await.unwrap();
    assert_eq!((ready.status, reads()), (201, 2), "too old");
    request["cardsAsOf"] = json!("yesterday");
    assert_eq!(cardholder.enroll_request("a-third-tap", &request).await.unwrap().status, 400);
}

#[tokio::test]
async fn enrollments_are_listed_newest_first_in_pages() {
    let world: World = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    for card in ["70001", "70002", "70006"] {
        cardholder.enroll(card).await.unwrap();
        world.clock().advance(SignedDuration::from_secs(1));
    }
    let first = cardholder.get("/enrollments?limit=2").await.unwrap().body;
    let cards = |page: &Value| -> Vec<Value> {
        page["enrollments"].as_array().unwrap().iter().map(|it| it["cardContractId"].clone()).collect()
    };
    assert_eq!(cards(&first), ["70006", "70002"]);
    assert_eq!(
        first["enrollments"][0].get("redirectUrl"),
        None,
        "only one enrollment's own route returns it"
    );
    let next = first["nextToken"].as_str().unwrap();
    let second = cardholder.get(&format!("/enrollments?limit=2&nextToken={next}")).await.unwrap().body;
    assert_eq!((cards(&second), second.get("nextToken")), (vec![json!("70001")], None));
    let one = cardholder.get("/enrollments?cardContractId=70002").await.unwrap().body;
    assert_eq!(cards(&one), ["70002"]);
}
