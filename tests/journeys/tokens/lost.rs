//! A lost answer is not a failure: the token list tells.

use std::time::Duration;

use jiff::SignedDuration;
use local::Options;
use serde_json::json;
use simulator::{Fault, Operation, Times, TokenStatus};

use super::{Enabled, pair, tokens};
use crate::support::open_world_with;

#[tokio::test]
async fn a_change_whose_answer_was_lost_and_that_the_list_shows_is_made() {
    let enabled = Enabled::start().await;
    enabled.world.simulator().set_fault(Operation::SetTokenStatus, Fault::ResponseLost, Times::Next(1));
    assert_eq!(enabled.changed("suspend", "pause").await, pair("suspended", "changed"));
    assert_eq!((enabled.changes_sent(), enabled.status().await), (1, ("SUSPENDED".into(), true)));
}

#[tokio::test]
async fn a_change_whose_answer_and_list_were_lost_is_unknown_until_the_list_is_read() {
    let enabled = slow_mastercard().await;
    let simulator = enabled.world.simulator();
    simulator.set_fault(Operation::SetTokenStatus, Fault::ResponseLost, Times::Always);
    let ((status, body), ()) =
        tokio::join!(enabled.change("suspend", "pause"), lose_lists_after_change(&enabled));
    assert_eq!(
        (status, &body["code"], &body["retryable"]),
        (503, &json!("token_change_unknown"), &json!(true))
    );
    simulator.clear_faults();
    assert_eq!(enabled.at_mastercard(), TokenStatus::Suspended);
    assert_eq!(enabled.status().await, ("ENABLED".into(), false), "not known yet");
    assert_eq!(tokens(&enabled.cardholder).await[0]["state"], "suspended", "the list tells");

    enabled.world.clock().advance(SignedDuration::from_mins(1));
    enabled.world.reconcile().await.unwrap();
    assert_eq!(enabled.status().await, ("SUSPENDED".into(), true));
    assert_eq!(enabled.changed("suspend", "pause").await, pair("suspended", "changed"), "the same request");
    assert_eq!(enabled.changes_sent(), 1);
}

#[tokio::test]
async fn a_removal_whose_answer_was_lost_is_confirmed_though_the_token_is_not_listed_any_more() {
    let enabled = slow_mastercard().await;
    let simulator = enabled.world.simulator();
    simulator.set_fault(Operation::SetTokenStatus, Fault::ResponseLost, Times::Always);
    let ((status, body), ()) =
        tokio::join!(enabled.change("remove", "away"), lose_lists_after_change(&enabled));
    assert_eq!((status, &body["code"]), (503, &json!("token_change_unknown")));
    simulator.clear_faults();
    simulator.drop_deactivated_tokens();
    for _ in 0..2 {
        assert_eq!(enabled.changed("remove", "away").await, pair("removed", "changed"));
    }
    assert_eq!(enabled.change("remove", "another-key").await.0, 404, "it is not listed");
    assert_eq!(enabled.changes_sent(), 1);
    enabled.world.clock().advance(SignedDuration::from_mins(1));
    enabled.world.reconcile().await.unwrap();
    assert_eq!(enabled.status().await.0, "DEACTIVATED");
}

/// Each call to Mastercard takes a fifth of a second.
async fn slow_mastercard() -> Enabled {
    let latency = Duration::from_millis(200);
    let simulator = simulator::Options { latency, ..simulator::Options::default() };
    Enabled::in_world(open_world_with(Options { simulator, ..Options::default() }).await).await
}

/// Waits until a change is on its way to a slow Mastercard; from then on no list can be read.
async fn lose_lists_after_change(enabled: &Enabled) {
    while enabled.changes_sent() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let simulator = enabled.world.simulator();
    simulator.set_fault(Operation::GetTokensByClient, Fault::TruncatedJson, Times::Always);
}

#[tokio::test]
async fn a_change_that_never_arrived_is_unknown_and_is_made_by_a_repetition() {
    let enabled = Enabled::start().await;
    enabled.world.simulator().set_fault(Operation::SetTokenStatus, Fault::ConnectionClosed, Times::Next(1));
    let (status, body) = enabled.change("suspend", "pause").await;
    assert_eq!((status, &body["code"]), (503, &json!("token_change_unknown")));
    assert_eq!(enabled.at_mastercard(), TokenStatus::Active);
    assert_eq!(enabled.changed("suspend", "pause").await, pair("suspended", "changed"));
    assert_eq!((enabled.changes_sent(), enabled.at_mastercard()), (2, TokenStatus::Suspended));
}

#[tokio::test]
async fn mastercard_that_is_busy_or_refuses_has_changed_nothing_and_the_key_is_free() {
    let enabled = Enabled::start().await;
    for (fault, expected) in [
        (Fault::TooManyRequests { retry_after: 7 }, (503, json!("mastercard_unavailable"))),
        (Fault::Status { code: 403, json: true }, (502, json!("mastercard_refused"))),
    ] {
        enabled.world.simulator().set_fault(Operation::SetTokenStatus, fault, Times::Next(1));
        let (status, body) = enabled.change("suspend", "pause").await;
        assert_eq!((status, body["code"].clone()), expected);
    }
    assert_eq!(enabled.changed("suspend", "pause").await, pair("suspended", "changed"));
}

#[tokio::test]
async fn a_list_that_cannot_be_read_after_the_change_is_read_again_later() {
    let enabled = slow_mastercard().await;
    let simulator = enabled.world.simulator();
    let (changed, ()) = tokio::join!(enabled.changed("suspend", "pause"), lose_lists_after_change(&enabled));
    assert_eq!(changed, pair("suspended", "changed"));
    assert_eq!(enabled.status().await, ("SUSPENDED".into(), false));
    simulator.clear_faults();
    enabled.world.clock().advance(SignedDuration::from_mins(6));
    enabled.world.reconcile().await.unwrap();
    assert_eq!(enabled.status().await, ("SUSPENDED".into(), true));
}
