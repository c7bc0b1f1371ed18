//! Each call of a refresh fails with every fault of the simulator, once or always. Requestors of failed calls keep their old
//! state; the others get the new one.

mod outage;

use std::{collections::BTreeSet, time::Duration};

use local::{Options, World};
use serde_json::{Value, json};
use simulator::{Fault, Operation, Times};
use sync_requestors::{SyncReport, SyncRequestors};

use crate::support::{
    catalog::{
        invocation::{event, event_with_time_left},
        mastercard::{advance_mastercard, calls, large_world, name, temporary_requestor},
        view::CatalogView,
    },
    function_runtime::runtime_of,
    open_world, world_with,
};

const LIST: Operation = Operation::GetEligibleTokenRequestors;

/// Faults, and whether the call is retried.
fn faults() -> Vec<(Fault, bool)> {
    let errors = |code: &str| Fault::ErrorsInOk { reason_code: code.into() };
    vec![
        (Fault::Status { code: 500, json: true }, true),
        (Fault::Status { code: 503, json: false }, true),
        (Fault::Status { code: 400, json: true }, false),
        (Fault::TooManyRequests { retry_after: 0 }, true),
        (Fault::HtmlBadGateway, true),
        (Fault::EmptyBody, true),
        (Fault::WrongContent, true),
        (errors("UNKNOWN_CODE"), true),
        (errors("AUTHORIZATION_FAILED"), false),
        (Fault::NullFields, true),
        (Fault::ConnectionClosed, true),
        (Fault::ResponseLost, true),
        (Fault::TruncatedJson, true),
        (Fault::ResetMidBody, true),
        (Fault::BodyAltered, false),
    ]
}

/// Less time than the circuit breaker takes for a probe: an outage is not waited for.
const SHORT: Duration = Duration::from_secs(4);

/// As much for `fetch-assets`, which keeps some of it for recording.
const FETCH_TIME: Duration = Duration::from_secs(9);

/// A newly connected function, whose circuit breaker is closed.
async fn sync(world: &World) -> Option<SyncReport> {
    SyncRequestors::connect(&runtime_of(world)).await.unwrap().handle(event(json!({}))).await.ok()
}

/// The same with little time.
async fn sync_in_short_time(world: &World) -> Option<SyncReport> {
    let function = SyncRequestors::connect(&runtime_of(world)).await.unwrap();
    function.handle(event_with_time_left(json!({}), SHORT)).await.ok()
}

#[tokio::test]
async fn a_call_that_fails_once_is_repeated_and_the_catalog_is_the_new_one() {
    let world = large_world().await;
    world.refresh().await.unwrap();
    let faults = faults().into_iter().filter(|(_, repeated)| *repeated);
    let all = faults.flat_map(|(fault, _)| calls().map(|(range, _)| (fault.clone(), range)));
    for (time, (fault, range)) in (1..).zip(all) {
        advance_mastercard(&world, time);
        world.simulator().set_fault_matching(LIST, &range, fault.clone(), 1);
        let synced = sync(&world).await.unwrap();
        assert_eq!((synced.unanswered_ranges, synced.change.retired.len()), (0, 1), "{fault:?} {range}");
        let again = sync(&world).await.unwrap();
        assert_eq!((again.version, again.requestors), (None, synced.requestors), "{fault:?} {range}");
    }
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn a_call_that_always_fails_keeps_its_old_requestors_and_the_rest_is_new() {
    let world = large_world().await;
    world.refresh().await.unwrap();
    let all = faults().into_iter().flat_map(|(fault, _)| calls().map(|call| (fault.clone(), call)));
    for (time, (fault, (range, ranges))) in (1..).zip(all) {
        advance_mastercard(&world, time);
        let old = CatalogView::read(&world).await;
        world.simulator().set_fault_matching(LIST, &range, fault, Times::Always);
        let synced = sync_in_short_time(&world).await.unwrap();
        assert_eq!((synced.unanswered_ranges, synced.rejected), (ranges, None));
        assert!(synced.version.is_some() && synced.change.retired.is_empty(), "{synced:?}");
        let current = check_partial_refresh(&world, &old, &range, time).await;
        world.simulator().clear_faults();
        check_recovery(&world, &current, time).await;
    }
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn a_call_that_times_out_keeps_its_old_requestors_and_the_rest_is_new() {
    let world = large_world().await;
    world.refresh().await.unwrap();
    for (time, (range, _)) in (1..).zip(calls()) {
        advance_mastercard(&world, time);
        let old = CatalogView::read(&world).await;
        world.simulator().set_fault_matching(
            LIST,
            &range,
            Fault::Latency { milliseconds: 60_000 },
            Times::Always,
        );
        let sync = SyncRequestors::connect(&runtime_of(&world)).await.unwrap();
        sync.handle(event_with_time_left(json!({}), Duration::from_secs(8))).await.unwrap();
        let current = check_partial_refresh(&world, &old, &range, time).await;
        world.simulator().clear_faults();
        check_recovery(&world, &current, time).await;
    }
}

/// Each requestor is in its old state or in the new one, depending on the calls that succeeded, and none has lost data.
async fn check_partial_refresh(world: &World, old: &CatalogView, range: &str, time: usize) -> CatalogView {
    let current = CatalogView::read(world).await;
    assert_eq!(current.updated_at, old.updated_at);
    let call = calls().iter().position(|(first, _)| first == range).unwrap();
    let call_of = |range: &str| {
        let firsts = calls().map(|(first, _)| first);
        firsts.iter().rposition(|first| first.as_str() <= range).unwrap()
    };
    let now = world.simulator().requestors();
    let named: BTreeSet<String> = now
        .iter()
        .filter(|it| it.account_ranges.iter().any(|range| call_of(range) != call))
        .map(|it| it.token_requestor_id.clone())
        .collect();
    for (id, before) in &old.entries {
        let after = &current.entries[id];
        if named.contains(id.as_str()) {
            assert_eq!(after.requestor.consumer_facing_entity_name, name(id.as_str(), time));
            assert_eq!(after.requestor.enabled_account_ranges, before.requestor.enabled_account_ranges);
        } else {
            assert_eq!(after, before);
        }
    }
    assert!(old.logos.iter().all(|(id, logos)| current.logos[id] == *logos), "no logo is lost");
    assert_eq!(
        current.name(&temporary_requestor(time)).is_some(),
        named.contains(&temporary_requestor(time))
    );
    current
}

/// Mastercard is available again: the catalog has its state, and the time advances.
async fn check_recovery(world: &World, old: &CatalogView, time: usize) {
    sync(world).await.unwrap();
    let new = CatalogView::read(world).await;
    assert_ne!(new.updated_at, old.updated_at);
    let offered: BTreeSet<_> =
        world.simulator().requestors().into_iter().map(|it| it.token_requestor_id).collect();
    assert_eq!(new.logos.keys().cloned().collect::<BTreeSet<_>>(), offered);
    assert!(offered.iter().all(|id| new.name(id) == Some(&name(id, time))));
}

#[tokio::test]
async fn a_refresh_in_which_every_call_fails_changes_nothing() {
    let world = large_world().await;
    world.refresh().await.unwrap();
    let old = CatalogView::read(&world).await;
    advance_mastercard(&world, 1);
    for (fault, _) in faults() {
        world.simulator().set_fault(LIST, fault.clone(), Times::Always);
        assert!(sync_in_short_time(&world).await.is_none(), "{fault:?}");
        assert_eq!(CatalogView::read(&world).await, old, "{fault:?}");
    }
    world.simulator().set_fault(LIST, Fault::Latency { milliseconds: 60_000 }, Times::Always);
    let function = SyncRequestors::connect(&runtime_of(&world)).await.unwrap();
    let failed = function.handle(event_with_time_left(json!({}), Duration::from_secs(2))).await.unwrap_err();
    assert_eq!(failed.error_type, "Retryable");
    assert_eq!(CatalogView::read(&world).await, old);
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn a_logo_that_fails_once_is_retried_and_one_that_always_fails_leaves_the_old_one() {
    let world = open_world().await;
    let ids = [simulator::CLICK_TO_PAY, "50999000001"];
    for (n, (fault, repeated)) in faults().into_iter().enumerate() {
        for (times, failing) in [(Times::Next(1), n % 2), (Times::Always, (n + 1) % 2)] {
            let old = CatalogView::read(&world).await;
            let assets = ids.map(|id| world.simulator().rotate_artwork(id).unwrap());
            let asset = &assets[failing];
            world.simulator().set_fault_matching(Operation::GetAsset, asset, fault.clone(), times);
            let synced = sync(&world).await.unwrap();
            let fetch = fetch_assets::FetchAssets::connect(&runtime_of(&world)).await.unwrap();
            // As an operator requests it, who reads what remains.
            let event = event_with_time_left(json!(synced), FETCH_TIME);
            let fetched = fetch.handle(event).await.unwrap();
            let current = CatalogView::read(&world).await;
            let fails = times == Times::Always || !repeated;
            // One that could not be asked for again before the time was up remains.
            let lost = fetched.failed.len() + fetched.remaining;
            assert_eq!((lost, fetched.stored.len()), (fails.into(), 2 - usize::from(fails)), "{fault:?}");
            assert!(fetched.failed.iter().all(|failure| failure.asset_id.as_str() == asset), "{fault:?}");
            for (n, id) in ids.into_iter().enumerate() {
                let unchanged = current.logos[id] == old.logos[id];
                assert_eq!(
                    (unchanged, current.logos[id].as_array().map(Vec::len)),
                    (fails && n == failing, Some(2))
                );
            }
            world.simulator().clear_faults();
            world.refresh().await.unwrap();
            assert_ne!(
                CatalogView::read(&world).await.logos[ids[failing]],
                old.logos[ids[failing]],
                "{fault:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_signing_key_for_token_connect_fails_the_refresh() {
    let portal = simulator::Portal::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    portal.credentials().write_to(folder.path()).unwrap();
    let key = format!("file:{}", folder.path().join("token-connect-signing-key.pem").display());
    let settings = [("TOKEN_CONNECT_SIGNING_KEY".to_owned(), key)].into();
    let world = world_with(Options { settings, ..Options::default() }).await;
    assert!(world.refresh().await.is_err());
    let shown = CatalogView::read(&world).await;
    assert_eq!((shown.catalog, shown.updated_at), (None, Value::Null));
}
