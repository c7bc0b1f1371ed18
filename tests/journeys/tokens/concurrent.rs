//! Double taps, two devices, and repetitions: one change.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use simulator::{Fault, Operation, Times};

use super::{Enabled, pair};

#[tokio::test]
async fn a_double_tap_changes_the_token_once_and_both_get_the_outcome() {
    let enabled = Enabled::start().await;
    let slow = Fault::Latency { milliseconds: 300 };
    enabled.world.simulator().set_fault(Operation::SetTokenStatus, slow, Times::Always);
    let taps = join_all((0..5).map(|_| enabled.change("suspend", "tap"))).await;
    let ended: Vec<_> = taps.iter().filter(|(status, _)| *status == 200).collect();
    assert!(!ended.is_empty() && ended.iter().all(|(_, body)| body["outcome"] == "changed"), "{taps:?}");
    for (status, body) in taps.iter().filter(|(status, _)| *status != 200) {
        assert_eq!((*status, &body["code"]), (409, &json!("request_in_progress")));
    }
    assert_eq!(enabled.changed("suspend", "tap").await, pair("suspended", "changed"), "a repetition");
    assert_eq!(enabled.changes_sent(), 1);
}

#[tokio::test]
async fn two_devices_that_remove_a_card_at_once_remove_it_once() {
    let enabled = Enabled::start().await;
    let slow = Fault::Latency { milliseconds: 300 };
    enabled.world.simulator().set_fault(Operation::SetTokenStatus, slow, Times::Always);
    let keys = ["phone", "tablet"];
    join_all(keys.map(|key| enabled.change("remove", key))).await;
    // Whoever was asked to wait repeats its request.
    tokio::time::sleep(Duration::from_millis(10)).await;
    for key in keys {
        assert_eq!(enabled.changed("remove", key).await.0, "removed");
    }
    assert_eq!(enabled.changes_sent(), 1);
}

#[tokio::test]
async fn a_late_repetition_of_a_pause_does_not_undo_a_later_resumption() {
    let enabled = Enabled::start().await;
    enabled.changed("suspend", "pause").await;
    enabled.changed("resume", "go-on").await;
    assert_eq!(enabled.changed("suspend", "pause").await, pair("active", "changed"), "as it is now");
    assert_eq!((enabled.changes_sent(), enabled.status().await.0), (2, "ENABLED".into()));
}

#[tokio::test]
async fn a_token_changes_thirty_two_times_a_day_at_most() {
    let enabled = Enabled::start().await;
    for number in 0..32 {
        let action = if number % 2 == 0 { "suspend" } else { "resume" };
        assert_eq!(enabled.changed(action, &number.to_string()).await.1, "changed");
    }
    let (status, body) = enabled.change("suspend", "one-more").await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")));
    enabled.world.clock().advance(SignedDuration::from_hours(24));
    assert_eq!(enabled.changed("suspend", "one-more").await, pair("suspended", "changed"));
    let facts = enabled.enrollment().await["timeline"].to_string();
    assert!(facts.matches("token_change_confirmed").count() <= 8, "{facts}");
}
