//! Every fault of Mastercard, against every operation: the number of calls, their duration, and the problem that the app
//! receives.

mod clients;
mod incomplete_list;
mod signatures;
mod table;

use std::time::{Duration, Instant};

use local::{Options, World};
use serde_json::json;
use simulator::{Fault, Operation};

use self::{
    clients::Clients,
    table::{Row, rows},
};
use crate::support::{
    app::{ApiRequest, App},
    open_world_with, world_with,
};

async fn world_that_checks_timestamps() -> World {
    let simulator =
        simulator::Options { clock_skew: Some(Duration::from_secs(300)), ..simulator::Options::default() };
    world_with(Options { simulator, ..Options::default() }).await
}

/// Checks every row against one operation. Each row has new clients, since circuit breakers have state.
async fn check_table(operation: Operation, column: impl Fn(&Row) -> (usize, &'static str)) {
    let world = world_that_checks_timestamps().await;
    let mut wrong = Vec::new();
    for row in rows() {
        let clients = Clients::connect(&world).await;
        let prepared = clients.prepare(operation).await;
        let before = world.simulator().calls(operation);
        world.simulator().set_fault(operation, row.fault.clone(), row.times);
        let start = Instant::now();
        let code = clients.call(operation, prepared, row.timeout).await;
        let elapsed = start.elapsed();
        world.simulator().clear_faults();
        let calls = world.simulator().calls(operation) - before;
        if (calls, code.as_str()) != column(&row) || !row.takes.contains(&elapsed) {
            wrong.push(format!("{:?} {:?}: {calls} calls, {code:?}, {elapsed:?}", row.fault, row.times));
        }
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", operation.name());
}

#[tokio::test]
async fn the_list_of_requestors_is_requested_as_the_table_says() {
    check_table(Operation::GetEligibleTokenRequestors, |row| row.read).await;
}

#[tokio::test]
async fn a_logo_is_requested_as_the_table_says() {
    check_table(Operation::GetAsset, |row| row.read).await;
}

#[tokio::test]
async fn the_tokens_of_a_cardholder_are_requested_as_the_table_says() {
    // A list without content is a list without tokens.
    let column = |row: &Row| if row.fault == Fault::EmptyBody { (1, "") } else { row.read };
    check_table(Operation::GetTokensByClient, column).await;
}

#[tokio::test]
async fn an_encrypted_card_is_requested_as_the_table_says() {
    check_table(Operation::SearchFundingAccounts, |row| row.read).await;
}

#[tokio::test]
async fn a_card_is_pushed_once_whatever_happens() {
    check_table(Operation::PushMultipleAccounts, |row| row.push).await;
}

#[tokio::test]
async fn a_processing_that_is_down_gets_no_calls_until_a_probe_succeeds() {
    let world = world_that_checks_timestamps().await;
    let (clients, operation) = (Clients::connect(&world).await, Operation::GetTokensByClient);
    let call = async || clients.call(operation, None, Duration::from_secs(10)).await;
    world.simulator().set_fault(
        operation,
        Fault::Status { code: 503, json: false },
        simulator::Times::Always,
    );
    for _ in 0..3 {
        assert_eq!(call().await, "mastercard_unavailable");
    }
    assert_eq!(world.simulator().calls(operation), 5);

    world.simulator().clear_faults();
    assert_eq!(call().await, "mastercard_unavailable", "the circuit is open");
    assert_eq!(world.simulator().calls(operation), 5);
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    assert_eq!(call().await, "");
    assert_eq!(call().await, "");
}

#[tokio::test]
async fn many_cards_at_once_stay_below_processings_limit() {
    let simulator = simulator::Options { rate_limit: Some(30), ..simulator::Options::default() };
    let world = world_with(Options { simulator, ..Options::default() }).await;
    let (clients, operation) = (Clients::connect(&world).await, Operation::GetTokensByClient);
    let calls: tokio::task::JoinSet<_> = (0..60)
        .map(|_| {
            let clients = clients.clone();
            async move { clients.call(operation, None, Duration::from_secs(20)).await }
        })
        .collect();
    assert_eq!(calls.join_all().await, vec![String::new(); 60]);
    assert_eq!(world.simulator().calls(operation), 60, "none was refused and repeated");
}

#[tokio::test]
async fn without_a_signature_a_cardholder_is_redirected_only_if_the_bank_allows_it() {
    for (setting, status) in [("", 502), (simulator::CLICK_TO_PAY, 201)] {
        let settings = [("UNSIGNED_REDIRECTS".to_owned(), setting.to_owned())].into();
        let world = open_world_with(Options { settings, ..Options::default() }).await;
        let app = App::in_world(world);
        app.world.simulator().set_fault(Operation::PushMultipleAccounts, Fault::Unsigned, 1);
        let response = app
            .send(&ApiRequest::enroll(&json!({
                "cardContractId": "70001", "platform": "web", "callback": "web-bank",
                "consent": {"termsVersion": "1", "acceptedAt": jiff::Timestamp::now()},
            })))
            .await;
        assert_eq!(response.status, status, "{setting}");
        if status == 201 {
            let redirect = response.body["redirectUrl"].as_str().unwrap();
            assert!(redirect.contains("pushAccountReceipts=MCC-") && redirect.contains("&callbackURL=http"));
            assert!(response.body.get("signature").is_none());
        } else {
            assert_eq!(response.body["code"], "mastercard_refused");
        }
    }
}
