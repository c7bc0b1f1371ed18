//! What notifications and lists prove about the token, at their limits.

use super::*;

fn next_check(facts: &[(i64, Fact)], at: i64) -> Option<Timestamp> {
    enrollment(facts).status_at(minute(at)).next_check
}

#[test]
fn a_token_that_was_never_active_is_not_of_this_enrollment() {
    assert_eq!(status(&[(0, pushed()), (2, tvn(TokenState::Deactivated, 2))], 3), Status::Ready);
}

#[test]
fn a_new_token_may_be_missing_from_the_list_for_an_hour() {
    let missing = |at| status(&[(0, pushed()), (2, tcn(2)), (at, list(None))], at);
    assert_eq!((missing(62), missing(63)), (Status::Tokenized, Status::Expired));
}

#[test]
fn a_suspended_token_is_settled_by_a_list_with_it_after_the_receipts_end() {
    let suspended = [(0, pushed()), (2, tcn(2)), (3, tvn(TokenState::Suspended, 3))];
    let listed = |at, token| status(&[&suspended[..], &[(at, list(token))]].concat(), at);
    assert_eq!(listed(5, Some(TokenState::Suspended)), Status::Tokenized, "too early");
    assert_eq!(listed(16, None), Status::Tokenized, "the list lags");
    assert_eq!(listed(16, Some(TokenState::Suspended)), Status::Suspended);
}

#[test]
fn a_list_that_was_read_when_a_notification_arrived_is_read_again() {
    assert_eq!(next_check(&[(0, pushed()), (5, list(None)), (5, tcn(5))], 5), Some(minute(5)));
    assert_eq!(next_check(&[(0, pushed()), (6, list(None)), (5, tcn(5))], 6), Some(minute(16)));
}

#[test]
fn a_declined_card_is_not_looked_for() {
    assert_eq!(next_check(&[(0, pushed()), (2, tar(Decision::Declined))], 3), None);
}
