//! Token Connect is down in the middle of a refresh: the circuit breaker opens, and nothing is lost until the next refresh,
//! which is days away.

use std::time::Duration;

use fetch_assets::FetchAssets;
use local::World;
use serde_json::{Value, json};
use simulator::{Fault, Operation, Times};
use sync_requestors::SyncRequestors;

use crate::support::{
    catalog::{
        invocation::{event, event_with_time_left},
        mastercard::{calls, large_world},
    },
    function_runtime::runtime_of,
    world,
};

/// More assets than are fetched concurrently.
const ASSETS: usize = 40;
/// Assets that are fetched concurrently.
const CONCURRENCY: u32 = 16;
/// Failures in a row that open the circuit.
const THRESHOLD: u32 = 5;
const DOWN: Fault = Fault::Status { code: 503, json: false };

/// An event that names all assets, which exist at Mastercard.
fn assets(world: &World) -> Value {
    let ids: Vec<_> = (0..ASSETS).map(|n| format!("asset-{n}")).collect();
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAYAAACp8Z5+AAAAHUlEQVR4nGNgUPXKn7LzHrOGb9H0PQ/ZtBlIFwAAUKEZYch4dIsAAAAASUVORK5CYII=";
    for id in &ids {
        world.simulator().set_asset(id, json!([{"type": "image/png", "data": png}]));
    }
    json!({"assets": ids})
}

#[tokio::test]
async fn an_outage_of_a_second_during_a_refresh_loses_neither_account_ranges_nor_logos() {
    let world = large_world().await;
    let (list, get) = (Operation::GetEligibleTokenRequestors, Operation::GetAsset);
    world.simulator().set_fault(list, DOWN, THRESHOLD);
    world.simulator().set_fault(get, DOWN, CONCURRENCY);
    let sync = SyncRequestors::connect(&runtime_of(&world)).await.unwrap();
    let fetch = FetchAssets::connect(&runtime_of(&world)).await.unwrap();
    // Each function has a circuit breaker of its own.
    let (synced, fetched) = tokio::join!(sync.handle(event(json!({}))), fetch.handle(event(assets(&world))));

    let (synced, fetched) = (synced.unwrap(), fetched.unwrap());
    assert_eq!((synced.unanswered_ranges, synced.requestors), (0, world.simulator().requestors().len()));
    assert_eq!((fetched.stored.len(), fetched.failed.len(), fetched.remaining), (ASSETS, 0, 0));
    let made = |operation, needed: usize, failed: u32| {
        assert_eq!(world.simulator().calls(operation), needed + usize::try_from(failed).unwrap());
    };
    made(list, calls().len(), THRESHOLD);
    made(get, ASSETS, CONCURRENCY);
}

#[tokio::test]
async fn logos_that_an_outage_keeps_from_being_fetched_in_time_remain_and_are_no_failures() {
    let world = world().await;
    let event = event_with_time_left(assets(&world), Duration::from_secs(9));
    world.simulator().set_fault(Operation::GetAsset, DOWN, Times::Always);
    let fetch = FetchAssets::connect(&runtime_of(&world)).await.unwrap();
    let fetched = fetch.handle(event).await.unwrap();
    assert_eq!((fetched.stored.len(), fetched.failed.len(), fetched.remaining), (0, 0, ASSETS));
    assert!(world.simulator().calls(Operation::GetAsset) <= usize::try_from(CONCURRENCY).unwrap() + 5);

    // After a scheduled refresh nobody reads the report: the event has to be repeated.
    let unattended = json!({"responsePayload": assets(&world)});
    let event = event_with_time_left(unattended.clone(), Duration::from_secs(9));
    let failed = fetch.handle(event).await.unwrap_err();
    assert_eq!((&*failed.error_type, &*failed.error_message), ("Retryable", "assets remain to be fetched"));

    world.simulator().clear_faults();
    let fetched = world.fetch_assets(assets(&world)).await.unwrap();
    assert_eq!(fetched["stored"].as_array().unwrap().len(), ASSETS);
}
