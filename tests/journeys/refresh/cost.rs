//! What a refresh costs when there is little to do.

use serde_json::json;
use simulator::{Operation, TokenRequestor};
use sync_requestors::SyncRequestors;

use crate::support::{
    catalog::{
        invocation::event,
        mastercard::{CLICK_TO_PAY, calls, large_world, requestor},
    },
    crash_proxy::CrashProxy,
};

#[tokio::test]
async fn an_unchanged_refresh_writes_its_time_and_one_change_is_three_writes() {
    let world = large_world().await;
    world.refresh().await.unwrap();
    let before = world.simulator().calls(Operation::GetEligibleTokenRequestors);
    let proxy = CrashProxy::without_crash(&world).await;
    let sync = SyncRequestors::connect(&proxy.runtime(&world)).await.unwrap();
    sync.handle(event(json!({}))).await.unwrap();
    assert_eq!(proxy.writes(), ["UpdateItem"]);
    let made = world.simulator().calls(Operation::GetEligibleTokenRequestors) - before;
    assert_eq!(made, calls().len());

    let consumer_facing_entity_name = "Another".to_owned();
    let click_to_pay = requestor(&world, CLICK_TO_PAY);
    world.simulator().add_requestor(TokenRequestor { consumer_facing_entity_name, ..click_to_pay });
    sync.handle(event(json!({}))).await.unwrap();
    assert_eq!(proxy.writes()[1..], ["UpdateItem", "TransactWriteItems", "TransactWriteItems"]);
}
