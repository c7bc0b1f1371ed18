//! Concurrent refreshes: a manual one during a scheduled one, or two scheduled ones.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use local::World;
use serde_json::{Value, json};
use simulator::{Fault, Operation, Times};
use tokio::{
    sync::broadcast::Receiver,
    task::{JoinSet, LocalSet},
};

use crate::support::catalog::mastercard::{
    advance_mastercard, calls, large_world, name, temporary_requestor,
};

const MANY: usize = 6;
const LIST: Operation = Operation::GetEligibleTokenRequestors;

/// Waits until Token Connect has processed all calls of a refresh, whether or not the responses have arrived.
async fn wait_for_responses(exchanges: &mut Receiver<simulator::Exchange>) {
    for _ in calls() {
        while exchanges.recv().await.unwrap().step != 2 {}
    }
}

/// The time of Mastercard's state that a list shows, by the names in it.
fn time_of<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    let times: BTreeSet<usize> =
        names.map(|name| name.split(" at ").nth(1).unwrap().parse().unwrap()).collect();
    assert_eq!(times.len(), 1, "names of different times");
    *times.first().unwrap()
}

/// Version and time that a function reads.
async fn read(world: &World) -> (u64, usize) {
    let snapshot = world.token_requestors().snapshot().await.unwrap();
    let names = || snapshot.offered().map(|entry| entry.requestor.consumer_facing_entity_name.as_str());
    let (all, time) = (names().count(), time_of(names()));
    assert!(names().any(|it| it == name(&temporary_requestor(time), time)));
    assert_eq!(all, world.simulator().requestors().len(), "no requestor is missing");
    (snapshot.catalog.unwrap().version, time)
}

/// The time that the app's list shows.
async fn listed(world: &World) -> usize {
    let response = world.cardholder("40000").unwrap().token_requestors("web").await.unwrap();
    let requestors = response.body["tokenRequestors"].as_array().unwrap();
    time_of(requestors.iter().map(|requestor| requestor["displayName"].as_str().unwrap()))
}

/// Reads until all refreshes are done: the time never decreases, and a version never changes.
async fn reads(world: &World, refreshes: &mut JoinSet<Value>) -> Vec<Value> {
    let (mut reports, mut times_of_versions, mut times) = (Vec::new(), BTreeMap::new(), Vec::new());
    while !refreshes.is_empty() {
        let (version, time) = read(world).await;
        assert_eq!(*times_of_versions.entry(version).or_insert(time), time, "a version that changed");
        times.extend([time, listed(world).await]);
        while let Some(synced) = refreshes.try_join_next() {
            reports.push(synced.unwrap());
        }
    }
    assert!(times.is_sorted(), "{times:?}");
    reports
}

/// Runs all concurrently on one thread.
async fn run_locally(test: impl Future<Output = ()>) {
    LocalSet::new().run_until(test).await;
}

#[tokio::test]
async fn of_many_concurrent_refreshes_the_last_request_wins() {
    run_locally(check_that_the_last_request_wins()).await;
}

async fn check_that_the_last_request_wins() {
    let world = Arc::new(large_world().await);
    world.refresh().await.unwrap();
    let mut refreshes = JoinSet::new();
    let mut exchanges = world.simulator().subscribe();
    for time in 1..=MANY {
        advance_mastercard(&world, time);
        // The earlier the request, the later the response.
        let milliseconds = u64::try_from(200 * (MANY - time)).unwrap();
        let calls = Times::Next(u32::try_from(calls().len()).unwrap());
        world.simulator().set_fault(LIST, Fault::Latency { milliseconds }, calls);
        let world = Arc::clone(&world);
        refreshes.spawn_local(async move { world.sync_requestors(json!({})).await.unwrap() });
        wait_for_responses(&mut exchanges).await;
    }
    let reports = reads(&world, &mut refreshes).await;
    assert_eq!((read(&world).await.1, listed(&world).await), (MANY, MANY));
    let mut versions: Vec<u64> = reports.iter().filter_map(|synced| synced["version"].as_u64()).collect();
    versions.sort_unstable();
    let changes = world.token_requestors().changes(MANY * 2).await.unwrap();
    let mut changed: Vec<u64> = changes.iter().map(|change| change.version).collect();
    changed.reverse();
    assert_eq!(changed, (1..=changed.len().try_into().unwrap()).collect::<Vec<u64>>());
    assert_eq!(versions, changed[1..], "each version is one refresh's");
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!(synced.get("version"), None, "the newest state is complete");
}

#[tokio::test]
async fn of_many_concurrent_refreshes_with_the_same_response_one_creates_a_version() {
    run_locally(check_that_one_creates_a_version()).await;
}

async fn check_that_one_creates_a_version() {
    let world = Arc::new(large_world().await);
    world.refresh().await.unwrap();
    advance_mastercard(&world, 1);
    let mut refreshes = JoinSet::new();
    for _ in 0..MANY {
        let world = Arc::clone(&world);
        refreshes.spawn_local(async move { world.sync_requestors(json!({})).await.unwrap() });
    }
    let reports = reads(&world, &mut refreshes).await;
    let versions: Vec<_> = reports.iter().filter_map(|synced| synced.get("version")).collect();
    assert_eq!((reports.len(), versions), (MANY, vec![&json!(2)]));
    assert_eq!(read(&world).await, (2, 1));
}
