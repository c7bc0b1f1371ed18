//! Every change of an enrollment's status, and of whether it is final, is published to the bank's other systems with `StatusEvents=all`: once, in
//! order, by the template's pipe.

use std::path::Path;

use jiff::SignedDuration;
use local::{World, cardholder::Cardholder};
use serde_json::Value;

use crate::support::{leaks::leak, open_world};

/// All published events, each checked against the published schema and for secrets.
async fn published(world: &World) -> Vec<Value> {
    let schema =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events/enrollment-status-changed.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let changes = world.status_changes().await.unwrap();
    for change in &changes {
        assert!(schema.is_valid(change), "{change}: {:?}", schema.iter_errors(change).collect::<Vec<_>>());
        assert_eq!(leak(&change.to_string()), None);
    }
    changes
}

fn field<'a>(changes: &'a [Value], name: &str) -> Vec<&'a str> {
    changes.iter().map(|change| change[name].as_str().unwrap()).collect()
}

/// Status and finality of each.
fn ends(changes: &[Value]) -> Vec<(&str, bool)> {
    let end = |change: &'_ Value| change["final"].as_bool().unwrap();
    field(changes, "to").into_iter().zip(changes.iter().map(end)).collect()
}

#[tokio::test]
async fn a_journey_is_published_step_by_step_and_repetitions_are_not() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    world.simulator().notifications_settled().await;
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    world.reconcile().await.unwrap();

    let changes = published(&world).await;
    let expected = [("READY", false), ("AUTHORIZED", false), ("TOKENIZED", false), ("ENABLED", true)];
    assert_eq!(ends(&changes), expected);
    // The first one follows the push. Each other one starts with the status at which the one before it ended.
    assert_eq!(field(&changes, "from")[0], "PENDING");
    assert_eq!(field(&changes, "from")[1..], field(&changes, "to")[..changes.len() - 1]);
    for (name, value) in [("cardContractId", "70001"), ("clientId", "40000"), ("attempt", "1")] {
        assert!(field(&changes, name).iter().all(|field| *field == value), "{name}");
    }
    assert!(field(&changes, "enrollmentId").iter().all(|id| *id == enrollment["enrollmentId"]));
}

#[tokio::test]
async fn a_token_that_is_suspended_much_later_is_published_too() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    world.simulator().notifications_settled().await;
    world.simulator().suspend_token(70001, simulator::CLICK_TO_PAY).unwrap();
    world.simulator().notifications_settled().await;
    let changes = published(&world).await;
    assert_eq!(
        (field(&changes, "from").last(), field(&changes, "to").last()),
        (Some(&"ENABLED"), Some(&"SUSPENDED"))
    );
}

#[tokio::test]
async fn an_enrollment_that_expired_is_published_when_reconciliation_reads_it() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    world.clock().advance(SignedDuration::from_mins(16));
    world.reconcile().await.unwrap();
    let id = enrollment["enrollmentId"].as_str().unwrap();
    cardholder.restart(id, "again").await.unwrap();
    let changes = published(&world).await;
    // An attempt in progress is not published.
    assert_eq!(field(&changes, "to"), ["READY", "EXPIRED", "READY"]);
    assert_eq!(field(&changes, "from"), ["PENDING", "READY", "PENDING"]);
    assert_eq!(field(&changes, "attempt"), ["1", "1", "2"]);
}

#[tokio::test]
async fn an_enrollment_that_becomes_final_with_the_same_status_is_published_once_more() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let id = enrollment["enrollmentId"].as_str().unwrap();
    for _ in 0..6 {
        world.clock().advance(SignedDuration::from_hours(25));
        world.reconcile().await.unwrap();
    }
    assert_eq!(cardholder.get_enrollment(id).await.unwrap().body["final"], true);
    let changes = published(&world).await;
    assert_eq!(ends(&changes), [("READY", false), ("EXPIRED", false), ("EXPIRED", true)]);
    assert_eq!(field(&changes, "from"), ["PENDING", "READY", "EXPIRED"]);
}

#[tokio::test]
async fn a_refused_card_is_published_with_its_reason() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request("70003");
    assert_eq!(cardholder.enroll_request("key", &request).await.unwrap().status, 422);
    let changes = published(&world).await;
    assert_eq!(ends(&changes), [("FAILED", true)]);
    assert_eq!(
        (field(&changes, "from"), field(&changes, "reason")),
        (vec!["PENDING"], vec!["card_not_eligible"])
    );
}
