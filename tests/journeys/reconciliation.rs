//! Lost notifications are found by reconciliation: one call per client, with growing intervals, and an end.

use jiff::SignedDuration;
use local::{World, cardholder::Cardholder};
use serde_json::{Value, json};
use simulator::{Delivery, Fault, NotificationPlan, Operation, Times};

use crate::support::{enrollment_fixture::EnrollmentFixture, function_runtime::enrollments, open_world};

const CARDS: [&str; 3] = ["70001", "70002", "70006"];

/// The cardholder's cards are pushed, and the redirects are not opened.
async fn enroll_without_opening(world: &World) -> Cardholder {
    let cardholder = world.cardholder("40000").unwrap();
    for card in CARDS {
        cardholder.enroll(card).await.unwrap();
    }
    world.clock().advance(SignedDuration::from_mins(16));
    cardholder
}

/// Status, reason and finality of each of the cardholder's enrollments.
async fn all(cardholder: &Cardholder) -> Vec<(Value, Value, Value)> {
    let list = cardholder.get("/enrollments").await.unwrap().body;
    let fields = |it: &Value| (it["status"].clone(), it["reason"].clone(), it["final"].clone());
    list["enrollments"].as_array().unwrap().iter().map(fields).collect()
}

fn lists_read(world: &World) -> usize {
    world.simulator().calls(Operation::GetTokensByClient)
}

#[tokio::test]
async fn a_client_with_three_cards_is_read_once() {
    let world = open_world().await;
    let cardholder = enroll_without_opening(&world).await;
    let before = lists_read(&world);
    let report = world.reconcile().await.unwrap();
    assert_eq!((&report["checked"], report["healed"].as_array().unwrap().len()), (&json!(3), 3), "{report}");
    assert_eq!(lists_read(&world), before + 1);
    assert!(all(&cardholder).await.iter().all(|(status, ..)| status == "EXPIRED"));
    // An enrollment is not due again directly after a reading.
    world.reconcile().await.unwrap();
    assert_eq!(lists_read(&world), before + 1);
}

#[tokio::test]
async fn a_token_list_that_is_unavailable_is_read_later_and_then_reconciled() {
    let world = open_world().await;
    let cardholder = enroll_without_opening(&world).await;
    world.simulator().set_fault(Operation::GetTokensByClient, Fault::TruncatedJson, Times::Always);
    let report = world.reconcile().await.unwrap();
    assert_eq!((&report["unread"], &report["checked"]), (&json!(3), &json!(0)), "{report}");
    let calls = lists_read(&world);
    world.clock().advance(SignedDuration::from_mins(4));
    assert_eq!(world.reconcile().await.unwrap()["unread"], 0);
    assert_eq!(lists_read(&world), calls, "it is too early to read again");

    world.simulator().clear_faults();
    world.clock().advance(SignedDuration::from_mins(2));
    assert_eq!(world.reconcile().await.unwrap()["checked"], 3);
    assert!(all(&cardholder).await.iter().all(|(status, ..)| status == "EXPIRED"));
}

#[tokio::test]
async fn an_enrollment_without_any_information_from_mastercard_ends_as_unknown() {
    let world = open_world().await;
    let cardholder = enroll_without_opening(&world).await;
    world.simulator().set_fault(Operation::GetTokensByClient, Fault::TruncatedJson, Times::Always);
    let mut runs = 0;
    while all(&cardholder).await.iter().any(|(.., is_final)| is_final == false) {
        world.reconcile().await.unwrap();
        world.clock().advance(SignedDuration::from_hours(25));
        runs += 1;
        assert!(runs < 20, "every enrollment becomes final");
    }
    let ended = (json!("FAILED"), json!("outcome_unknown"), json!(true));
    assert_eq!(all(&cardholder).await, [ended.clone(), ended.clone(), ended]);
}

#[tokio::test]
async fn while_processing_is_down_reconciliation_is_deferred() {
    let world = open_world().await;
    let cardholder = enroll_without_opening(&world).await;
    world.simulator().set_fault(Operation::GetTokensByClient, Fault::ConnectionClosed, Times::Always);
    // Enough failures to open the circuit.
    let mut report = Value::Null;
    for _ in 0..10 {
        report = world.reconcile().await.unwrap();
        if report["left"] != 0 {
            break;
        }
        world.clock().advance(SignedDuration::from_hours(7));
    }
    assert_eq!((&report["left"], &report["unread"]), (&json!(3), &json!(0)), "{report}");
    assert!(all(&cardholder).await.iter().all(|(.., is_final)| is_final == false));
}

#[tokio::test]
async fn reconciliation_stops_at_the_first_429_so_that_cardholders_go_first() {
    const CLIENTS: u64 = 20;
    let world = open_world().await;
    let enrollments = enrollments(&world);
    for number in 0..CLIENTS {
        world.simulator().add_card(300_000 + number, 400_000 + number);
        let interrupted =
            EnrollmentFixture::new("key").with_client(300_000 + number).with_card(400_000 + number);
        let an_hour_ago = interrupted.at() - SignedDuration::from_hours(1);
        interrupted.with_created_at(an_hour_ago).start(&enrollments).await;
    }
    let busy = Fault::TooManyRequests { retry_after: 0 };
    world.simulator().set_fault(Operation::GetTokensByClient, busy, 1);
    let first = world.reconcile().await.unwrap();
    let (checked, left) = (first["checked"].as_u64().unwrap(), first["left"].as_u64().unwrap());
    assert_eq!((checked + left, &first["unread"]), (CLIENTS, &json!(0)), "{first}");
    assert!(lists_read(&world) <= 8, "only the lists that were being read: {first}");
    // They are still due, and nothing counts against them.
    let second = world.reconcile().await.unwrap();
    let healed = u64::try_from(second["healed"].as_array().unwrap().len()).unwrap();
    assert_eq!((healed, &second["left"]), (left, &json!(0)), "{second}");
}

#[tokio::test]
async fn a_token_of_a_later_enrollment_does_not_enable_one_that_was_cancelled() {
    for (case, is_read_before, tcn) in
        [("read before", true, 1), ("read after", false, 1), ("no TCN", true, 0)]
    {
        let world = open_world().await;
        let cardholder = world.cardholder("40000").unwrap();
        notify(&world, 0);
        let earlier = cardholder.enroll("70001").await.unwrap();
        let page = cardholder.open_redirect(earlier["redirectUrl"].as_str().unwrap()).await.unwrap();
        page.cancel().await.unwrap().return_to_bank().await.unwrap();
        if is_read_before {
            world.reconcile().await.unwrap();
        }
        notify(&world, tcn);
        let later = cardholder.enroll("70001").await.unwrap();
        let page = cardholder.open_redirect(later["redirectUrl"].as_str().unwrap()).await.unwrap();
        page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
        world.simulator().notifications_settled().await;
        for _ in 0..7 {
            world.reconcile().await.unwrap();
            world.clock().advance(SignedDuration::from_hours(13));
        }
        let ended = async |enrollment: &Value| {
            let id = enrollment["enrollmentId"].as_str().unwrap();
            let ended = cardholder.get_enrollment(id).await.unwrap().body;
            (ended["status"].clone(), ended["final"].clone())
        };
        assert_eq!(ended(&earlier).await, (json!("CANCELLED"), json!(true)), "{case}");
        assert_eq!(ended(&later).await, (json!("ENABLED"), json!(true)), "{case}");
    }
}

/// From now on each TAR and TCN is sent so many times.
fn notify(world: &World, copies: u32) {
    let delivery = Delivery { copies, ..Delivery::default() };
    let plan = NotificationPlan { tar: delivery.clone(), tcn: delivery, ..NotificationPlan::default() };
    world.simulator().set_notification_plan(plan);
}
