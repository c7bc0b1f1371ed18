//! The protocol of the enrollments store, checked exhaustively: every interleaving of a few cardholders' requests, notifications,
//! callbacks, reads of the token list, crashes and lost answers, over the same [`decide`](model::card_enrollment::decide) that the
//! store calls. `docs/protocol-verification.md` says what is proved and for which bounds.
//!
//! `PROTOCOL_DEPTH=deep cargo unit model --test protocol` explores larger scenarios.
#![expect(clippy::print_stdout, reason = "the number of states is the result")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![expect(
    clippy::as_conversions,
    clippy::large_enum_variant,
    reason = "small numbers, and states that are copied anyway"
)]

mod actor;
mod bug;
mod properties;
mod scenario;
mod state;

use stateright::{Checker as _, Model as _};

use bug::Bug;
use scenario::Scenario;

/// Explores a scenario to its end.
fn check(scenario: Scenario) {
    let name = scenario.name;
    let checker = scenario.checker().threads(2).spawn_bfs().join();
    let states = checker.unique_state_count();
    checker.assert_properties();
    println!("{name}: {states} states, depth {}", checker.max_depth());
}

/// Explores a scenario with a planted bug, which has to break this property.
fn finds(scenario: Scenario, bug: Bug, property: &'static str) {
    let checker = Scenario { bug: Some(bug), ..scenario }.checker().threads(2).spawn_bfs().join();
    let path = checker.discovery(property);
    assert!(
        path.is_some(),
        "{bug:?} breaks no property `{property}` in {} states",
        checker.unique_state_count()
    );
}

#[test]
fn a_double_tap_and_a_second_device_push_a_card_once_for_each_key() {
    check(scenario::taps());
}

#[test]
fn a_later_enrollment_takes_the_card_while_messages_of_the_earlier_one_arrive() {
    check(scenario::takeover());
}

#[test]
fn copies_of_a_notification_that_fits_two_enrollments_count_once() {
    check(scenario::repeated());
}

#[test]
fn copies_of_notifications_in_any_order_with_a_callback_and_reads_count_once() {
    check(scenario::messages());
}

#[test]
fn two_clients_cards_do_not_touch_each_other() {
    check(scenario::two_clients());
}

#[test]
fn a_token_that_is_removed_here_ends_whatever_follows() {
    check(scenario::removal());
}

#[test]
fn a_token_is_suspended_and_resumed_here_and_its_enrollment_follows() {
    check(scenario::pause());
}

#[test]
fn a_removal_that_is_not_recorded_before_it_is_sent_is_found() {
    finds(scenario::removal(), Bug::ChangeNotRequested, properties::CHANGE_HEALED);
}

#[test]
fn a_suspension_that_is_not_recorded_before_it_is_sent_is_found() {
    finds(scenario::pause(), Bug::ChangeNotRequested, properties::CHANGE_HEALED);
}

#[test]
fn a_removal_that_counts_like_a_suspension_is_found() {
    finds(scenario::removal(), Bug::RemovalAsSuspension, properties::REMOVED);
}

#[test]
fn a_suspension_that_counts_like_a_resumption_is_found() {
    finds(scenario::pause(), Bug::SuspensionAsResumption, properties::SUSPENDED);
}

#[test]
fn a_guard_that_is_read_first_is_found() {
    finds(scenario::taps(), Bug::GuardReadFirst, properties::ONE_PUSH);
}

#[test]
fn a_lost_answer_recognized_by_its_key_is_found() {
    finds(scenario::taps(), Bug::LostAnswerByKey, properties::ONE_PUSH);
}

#[test]
fn a_lost_answer_that_is_not_recognized_is_found() {
    finds(scenario::taps(), Bug::LostAnswerNotRecognized, properties::OWN);
}

#[test]
fn a_token_taken_for_the_cardholders_acceptance_is_found() {
    finds(scenario::messages(), Bug::TokenAsAcceptance, properties::ACCEPTED);
}

#[test]
fn notifications_without_deduplication_are_found() {
    finds(scenario::messages(), Bug::NoDedupe, properties::ONCE);
}

#[test]
fn a_past_enrollment_written_without_its_card_is_found() {
    finds(scenario::takeover(), Bug::PastAlone, properties::ONCE);
}

#[test]
fn a_callback_taken_for_the_truth_is_found() {
    finds(scenario::messages(), Bug::CallbackAsTruth, properties::ENABLED);
}
