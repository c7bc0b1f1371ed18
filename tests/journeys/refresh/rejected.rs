//! Refreshes that the safety check rejects, and an operator who forces them.

use local::{Options, World};
use serde_json::{Value, json};
use simulator::TokenRequestor;

use crate::support::{
    catalog::{
        mastercard::{CLICK_TO_PAY, restore},
        view::CatalogView,
    },
    logs, open_world, open_world_with,
};

/// Removes these requestors at Mastercard. Returns all that were there before.
fn remove(world: &World, ids: &[String]) -> Vec<TokenRequestor> {
    let before = world.simulator().requestors();
    ids.iter().for_each(|id| world.simulator().remove_requestor(id).unwrap());
    before
}

/// The first of the sample world's five.
fn first(world: &World, many: usize) -> Vec<String> {
    let all = world.simulator().requestors();
    all.iter().take(many).map(|requestor| requestor.token_requestor_id.clone()).collect()
}

fn sorted(mut ids: Vec<String>) -> Value {
    ids.sort();
    json!(ids)
}

/// Nothing changes until the refresh is forced. A requestor that returns has its logo at once.
async fn check_accepted_only_when_forced(world: &World, ids: Vec<String>, reason: &str) {
    let old = CatalogView::read(world).await;
    let before = remove(world, &ids);
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!((&synced["rejected"], &synced["retired"]), (&json!(reason), &json!([])));
    assert_eq!(CatalogView::read(world).await, old, "not even the time changes");
    assert!(logs::is_logged("catalog_refresh_rejected").await);

    let synced = world.sync_requestors(json!({"force": true})).await.unwrap();
    assert_eq!((synced.get("rejected"), &synced["retired"]), (None, &sorted(ids.clone())));
    let current = CatalogView::read(world).await;
    assert_eq!(current.logos.len(), old.logos.len() - ids.len());
    assert_eq!(current.name(CLICK_TO_PAY), None);
    let stored = world.token_requestors();
    assert_eq!(stored.get(&CLICK_TO_PAY.parse().unwrap()).await.unwrap(), None);
    assert_eq!(current.entries.len(), old.entries.len(), "retired requestors are still stored");

    restore(world, &before);
    let synced = world.sync_requestors(json!({})).await.unwrap();
    assert_eq!((&synced["returned"], &synced["assets"]), (&sorted(ids), &json!([])));
    let back = CatalogView::read(world).await;
    assert_eq!((back.entries, back.listed, back.logos), (old.entries, old.listed, old.logos));
}

#[tokio::test]
async fn a_large_drop_hides_no_requestor_unless_it_is_forced() {
    let world = open_world().await;
    let two_of_five = first(&world, 2);
    check_accepted_only_when_forced(&world, two_of_five, "drop").await;
}

#[tokio::test]
async fn an_empty_response_hides_no_requestor_unless_it_is_forced() {
    let world = open_world().await;
    let all = first(&world, 5);
    check_accepted_only_when_forced(&world, all, "empty").await;
}

#[tokio::test]
async fn the_largest_accepted_drop_is_a_setting() {
    for (percent, rejected) in [("39", json!("drop")), ("40", Value::Null)] {
        let settings = [("LARGEST_DROP_PERCENT".to_owned(), percent.to_owned())].into();
        let world = open_world_with(Options { settings, ..Options::default() }).await;
        remove(&world, &first(&world, 2));
        let synced = world.sync_requestors(json!({})).await.unwrap();
        assert_eq!(synced["rejected"], rejected, "{percent}");
    }
}

#[tokio::test]
async fn an_empty_response_is_rejected_whatever_drop_is_allowed() {
    let settings = [("LARGEST_DROP_PERCENT".to_owned(), "100".to_owned())].into();
    let world = open_world_with(Options { settings, ..Options::default() }).await;
    remove(&world, &first(&world, 5));
    assert_eq!(world.sync_requestors(json!({})).await.unwrap()["rejected"], "empty");
}
