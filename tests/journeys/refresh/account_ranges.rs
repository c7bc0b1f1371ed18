//! Account ranges in a refresh that MDES has not enabled, or that the bank did not request.

use std::collections::BTreeSet;

use local::{Options, World};
use serde_json::json;
use simulator::{Fault, Operation, Times};

use crate::support::{
    catalog::{mastercard::CLICK_TO_PAY, view::CatalogView},
    logs, world_with,
};

const CREDIT: &str = "5555550000000000000";
const DEBIT: &str = "5555560000000000000";
/// The sample world's range that no token requestor is enabled for.
const NOT_ENABLED: &str = "5555570000000000000";
const PRIVATE_LABEL: &str = "9300000000000000000";
const LIST: Operation = Operation::GetEligibleTokenRequestors;

/// The world of a bank with these account ranges, before its first refresh.
async fn world_of(ranges: &[&str], simulator: simulator::Options) -> World {
    let settings = [("ACCOUNT_RANGES".to_owned(), ranges.join(","))].into();
    world_with(Options { settings, simulator, ..Options::default() }).await
}

/// The same; one account range that MDES has not enabled fails the whole call.
async fn strict_world_of(ranges: &[&str]) -> World {
    world_of(ranges, simulator::Options { unknown_range_fails: true, ..simulator::Options::default() }).await
}

/// The account ranges of Click to Pay in the catalog.
async fn ranges_of_click_to_pay(world: &World) -> Vec<String> {
    let found = world.token_requestors().get(&CLICK_TO_PAY.parse().unwrap()).await.unwrap().unwrap();
    found.enabled_account_ranges.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn an_account_range_that_mdes_has_not_enabled_does_not_keep_the_others_from_click_to_pay() {
    let world = strict_world_of(&[CREDIT, DEBIT, NOT_ENABLED, PRIVATE_LABEL]).await;
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!(synced["ineligibleRanges"], json!([NOT_ENABLED]));
    assert_eq!((&synced["unansweredRanges"], synced.get("rejected")), (&json!(0), None));
    assert!(logs::is_logged("account_ranges_ineligible").await);
    assert_eq!(ranges_of_click_to_pay(&world).await, [CREDIT, DEBIT]);
    let listed = world.cardholder("40000").unwrap().token_requestors("web").await.unwrap().body;
    assert_eq!(listed["stale"], false, "the refresh is complete");
    // All four, two halves, and two single ranges.
    assert_eq!(world.simulator().calls(LIST), 5);
}

#[tokio::test]
async fn a_call_in_which_mdes_has_enabled_no_range_does_not_affect_the_next_one() {
    let not_enabled: Vec<String> = (0..25).map(|n| format!("52{n:04}0000000000000")).collect();
    let ranges: Vec<&str> = not_enabled.iter().map(String::as_str).chain([CREDIT, DEBIT]).collect();
    let world = strict_world_of(&ranges).await;
    let synced = world.sync_requestors(json!({})).await.unwrap();
    assert_eq!((&synced["ineligibleRanges"], &synced["unansweredRanges"]), (&json!(not_enabled), &json!(0)));
    assert_eq!(ranges_of_click_to_pay(&world).await, [CREDIT, DEBIT]);
    // Of 25 ranges, whose halves are requested down to single ones, and of the other two.
    assert_eq!(world.simulator().calls(LIST), 49 + 1);
}

#[tokio::test]
async fn when_mdes_has_enabled_no_account_range_even_a_forced_refresh_changes_nothing() {
    let world = strict_world_of(&[CREDIT, DEBIT, PRIVATE_LABEL]).await;
    world.refresh().await.unwrap();
    let old = CatalogView::read(&world).await;
    for requestor in world.simulator().requestors() {
        world.simulator().remove_requestor(&requestor.token_requestor_id).unwrap();
    }
    for options in [json!({}), json!({"force": true})] {
        assert!(world.sync_requestors(options.clone()).await.is_err(), "{options}");
        assert_eq!(CatalogView::read(&world).await, old, "{options}");
    }
}

#[tokio::test]
async fn a_call_that_fails_for_another_reason_is_not_divided() {
    let world = strict_world_of(&[CREDIT, DEBIT]).await;
    let fault = Fault::ErrorsInOk { reason_code: "AUTHORIZATION_FAILED".into() };
    world.simulator().set_fault(LIST, fault, Times::Always);
    assert!(world.sync_requestors(json!({})).await.is_err());
    assert_eq!(world.simulator().calls(LIST), 1);
}

#[tokio::test]
async fn account_ranges_that_the_bank_did_not_request_are_not_in_the_catalog() {
    let simulator = simulator::Options { lists_all_ranges: true, ..simulator::Options::default() };
    let world = world_of(&[CREDIT], simulator).await;
    let synced = world.sync_requestors(json!({})).await.unwrap();
    let snapshot = world.token_requestors().snapshot().await.unwrap();
    let ranges = snapshot.offered().flat_map(|entry| &entry.requestor.enabled_account_ranges);
    assert_eq!(ranges.map(ToString::to_string).collect::<BTreeSet<_>>(), BTreeSet::from([CREDIT.to_owned()]));
    // The second range of Click to Pay, of Harbor Wallet and of App Only Rides.
    assert_eq!(synced["unrequestedRanges"], 3);
}
