//! A push URL on a new host is quarantined until an operator allows the host.

use local::World;
use serde_json::{Value, json};

use crate::support::{
    catalog::mastercard::{CLICK_TO_PAY, requestor},
    logs, open_world,
};

fn move_push_page(world: &World, page: &str) {
    let mut moved = requestor(world, CLICK_TO_PAY);
    moved.push_page = Some(page.parse().unwrap());
    world.simulator().add_requestor(moved);
}

/// The host of the push URL that `enroll` uses.
async fn host_in_use(world: &World) -> String {
    let found = world.token_requestors().get(&CLICK_TO_PAY.parse().unwrap()).await.unwrap();
    found.unwrap().available_push_methods[0].uri.host_str().unwrap().to_owned()
}

async fn quarantined(world: &World, options: Value) -> Value {
    world.sync_requestors(options).await.unwrap()["quarantined"].clone()
}

fn allow(host: &str) -> Value {
    json!({"allow": [{"tokenRequestorId": CLICK_TO_PAY, "host": host}]})
}

#[tokio::test]
async fn a_push_page_on_a_new_host_is_not_used_until_an_operator_allows_it() {
    let world = open_world().await;
    let old = host_in_use(&world).await;
    move_push_page(&world, "https://external.example/push");
    assert_eq!(quarantined(&world, json!({})).await, json!([CLICK_TO_PAY]));
    assert_eq!(host_in_use(&world).await, old);
    assert!(logs::is_logged("redirect_host_quarantined").await);

    assert_eq!(quarantined(&world, allow("another.example")).await, json!([]), "it is reported once");
    assert_eq!(host_in_use(&world).await, old);
    assert_eq!(quarantined(&world, json!({"force": true})).await, json!([]));
    assert_eq!(host_in_use(&world).await, old, "force is about something else");

    let synced = world.sync_requestors(allow("external.example")).await.unwrap();
    assert_eq!((&synced["changed"], &synced["quarantined"]), (&json!([CLICK_TO_PAY]), &json!([])));
    assert_eq!(host_in_use(&world).await, "external.example");
    assert_eq!(quarantined(&world, json!({})).await, json!([]));
    assert_eq!(host_in_use(&world).await, "external.example", "an allowed host stays allowed");
}

#[tokio::test]
async fn everything_else_of_a_requestor_in_quarantine_is_refreshed() {
    let world = open_world().await;
    let old = host_in_use(&world).await;
    move_push_page(&world, "https://external.example/push");
    world.sync_requestors(json!({})).await.unwrap();
    let mut renamed = requestor(&world, CLICK_TO_PAY);
    renamed.consumer_facing_entity_name = "Click to Pay, renamed".into();
    world.simulator().add_requestor(renamed);
    let synced = world.sync_requestors(json!({})).await.unwrap();
    assert_eq!((&synced["changed"], &synced["quarantined"]), (&json!([CLICK_TO_PAY]), &json!([])));
    let found = world.token_requestors().get(&CLICK_TO_PAY.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(found.consumer_facing_entity_name, "Click to Pay, renamed");
    assert_eq!(host_in_use(&world).await, old);
}

#[tokio::test]
async fn a_requestor_that_moves_back_leaves_quarantine() {
    let world = open_world().await;
    let (before, old) = (requestor(&world, CLICK_TO_PAY), host_in_use(&world).await);
    for expected in [json!([CLICK_TO_PAY]), json!([CLICK_TO_PAY])] {
        move_push_page(&world, "https://external.example/push");
        assert_eq!(quarantined(&world, json!({})).await, expected, "and is reported again when it returns");
        world.simulator().add_requestor(before.clone());
        world.sync_requestors(json!({})).await.unwrap();
        assert_eq!(host_in_use(&world).await, old);
    }
    let snapshot = world.token_requestors().snapshot().await.unwrap();
    assert!(snapshot.entries.values().all(|entry| entry.quarantine.is_none()));
}
