//! Every change of an enrollment's status is published to the bank's other systems: once, in order, by the template's pipe.

use std::path::Path;

use jiff::SignedDuration;
use local::World;
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

#[tokio::test]
async fn a_journey_is_published_step_by_step_and_repetitions_are_not() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    world.simulator().notifications_settled().await;
    world.reconcile().await.unwrap();

    let changes = published(&world).await;
    assert_eq!(field(&changes, "to").first(), Some(&"PENDING"));
    assert_eq!(field(&changes, "to").last(), Some(&"ENABLED"));
    // Each starts with the status at which the one before it ended.
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
    let steps = ["PENDING", "READY", "EXPIRED", "PENDING", "READY"];
    assert_eq!(field(&changes, "to"), steps);
    assert_eq!(field(&changes, "attempt"), ["1", "1", "1", "2", "2"]);
    assert_eq!(field(&changes, "reason")[3], "push_in_progress");
}
