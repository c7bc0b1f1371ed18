//! Changes of the token that the cardholder made here.

use mastercard::processing::TokenAction::{self, Remove, Resume, Suspend};

use super::*;

fn requested(action: TokenAction) -> Fact {
    Fact::TokenChangeRequested { action, token_id: enrollment(&[]).token_id("reference") }
}

fn confirmed(action: TokenAction, listed: Option<TokenState>) -> Fact {
    Fact::TokenChangeConfirmed { action, token_id: enrollment(&[]).token_id("reference"), listed }
}

/// An enabled card, with further facts.
fn enabled_and(further: &[(i64, Fact)]) -> Vec<(i64, Fact)> {
    let enabled = [(0, pushed()), (1, tcn(1)), (2, callback("APPROVED"))];
    enabled.into_iter().chain(further.iter().cloned()).collect()
}

fn report(facts: &[(i64, Fact)], at: i64) -> (Status, Option<i64>) {
    let report = enrollment(facts).status_at(minute(at));
    let due = report.next_check.map(|due| due.duration_since(start()).as_secs());
    (status(facts, at), due.filter(|_| status(facts, at) == report.status))
}

#[test]
fn the_status_follows_a_change_made_here_at_once_and_is_final() {
    let suspended = enabled_and(&[(60, confirmed(Suspend, Some(TokenState::Suspended)))]);
    assert_eq!(report(&suspended, 60), (Status::Suspended, None));
    let mut resumed = suspended.clone();
    resumed.push((70, confirmed(Resume, Some(TokenState::Active))));
    assert_eq!(report(&resumed, 70), (Status::Enabled, None));
    let mut removed = suspended;
    removed.push((80, confirmed(Remove, Some(TokenState::Deactivated))));
    assert_eq!(report(&removed, 80), (Status::Deactivated, None));
}

#[test]
fn a_confirmed_change_needs_no_list() {
    let requested = (60, requested(Suspend));
    let suspended = enabled_and(&[requested, (60, confirmed(Suspend, Some(TokenState::Suspended)))]);
    assert_eq!(report(&suspended, 60), (Status::Suspended, None));
    let read_before = [(65, list(Some(TokenState::Active))), (70, tvn(TokenState::Suspended, 70))];
    let suspended_here = (75, confirmed(Suspend, Some(TokenState::Suspended)));
    let suspended = enabled_and(&[&read_before[..], &[suspended_here]].concat());
    assert_eq!(
        report(&suspended, 76),
        (Status::Suspended, None),
        "the change is newer than the notification"
    );
}

#[test]
fn of_a_suspension_and_a_removal_at_the_same_time_the_removal_is_last() {
    let both = enabled_and(&[
        (60, confirmed(Suspend, Some(TokenState::Active))),
        (
            60,
            Fact::TokenChangeConfirmed {
                action: Remove,
                token_id: enrollment(&[]).token_id("another"),
                listed: Some(TokenState::Deactivated),
            },
        ),
    ]);
    let mut recorded = enrollment(&both[..4]);
    recorded.add_fact(both[4].1.clone().recorded(minute(60), "another"));
    let report = recorded.status_at(minute(60));
    assert_eq!((report.status, report.next_check), (Status::Deactivated, None));
}

#[test]
fn a_change_whose_answer_was_lost_is_found_in_the_list() {
    let asked = enabled_and(&[(60, requested(Suspend))]);
    assert_eq!(report(&asked, 60), (Status::Enabled, Some(60 * 60 + 30)));
    for (listed, expected) in
        [(Some(TokenState::Suspended), Status::Suspended), (Some(TokenState::Active), Status::Enabled)]
    {
        let mut read = asked.clone();
        read.push((61, list(listed)));
        assert_eq!(report(&read, 62), (expected, None));
    }
}

#[test]
fn a_resumed_token_that_somebody_else_suspended_stays_suspended_and_is_read_again() {
    let resumed = enabled_and(&[
        (60, confirmed(Suspend, Some(TokenState::Suspended))),
        (70, confirmed(Resume, Some(TokenState::Suspended))),
    ]);
    assert_eq!(report(&resumed, 70), (Status::Suspended, Some(75 * 60)));
    let mut read = resumed;
    read.push((75, list(Some(TokenState::Active))));
    assert_eq!(report(&read, 75), (Status::Enabled, None));
}

#[test]
fn a_list_that_lags_behind_a_suspension_does_not_enable_the_card_for_five_minutes() {
    let suspended = enabled_and(&[(60, confirmed(Suspend, Some(TokenState::Active)))]);
    assert_eq!(report(&suspended, 60), (Status::Suspended, Some(65 * 60)));
    let mut lagging = suspended.clone();
    lagging.push((62, list(Some(TokenState::Active))));
    assert_eq!(report(&lagging, 63), (Status::Suspended, Some(65 * 60)));
    lagging.push((65, list(Some(TokenState::Active))));
    assert_eq!(report(&lagging, 66), (Status::Enabled, None));
}

#[test]
fn a_token_resumed_elsewhere_is_enabled_again() {
    let resumed = enabled_and(&[
        (60, confirmed(Suspend, Some(TokenState::Suspended))),
        (70, tvn(TokenState::Active, 70)),
    ]);
    assert_eq!(report(&resumed, 70), (Status::Enabled, None));
}

#[test]
fn a_notification_from_before_the_change_that_arrives_after_it_changes_nothing() {
    let suspended = enabled_and(&[
        (60, confirmed(Suspend, Some(TokenState::Suspended))),
        (61, tvn(TokenState::Active, 59)),
    ]);
    assert_eq!(status(&suspended, 61), Status::Suspended);
}

#[test]
fn a_removed_token_has_ended_whatever_notification_follows() {
    let removed = enabled_and(&[(60, confirmed(Remove, Some(TokenState::Deactivated)))]);
    let notifications =
        [(61, tvn(TokenState::Active, 61)), (62, tvn(TokenState::Suspended, 62)), (63, tcn(63))];
    for fact in notifications {
        let mut removed = removed.clone();
        removed.push(fact);
        assert_eq!(report(&removed, 64), (Status::Deactivated, None));
    }
}

#[test]
fn after_a_removal_only_what_is_notified_about_a_new_token_counts() {
    // The sender's clock is behind, so that the new token seems to be older than the removal of the first.
    let new = Fact::Tcn { token_unique_reference: Some("new".into()), occurred_at: minute(59) };
    let removed = (60, confirmed(Remove, Some(TokenState::Deactivated)));
    let mut renewed = enabled_and(&[removed, (70, new)]);
    assert_eq!(status(&renewed, 71), Status::Enabled);
    renewed.push((72, tvn(TokenState::Suspended, 72)));
    assert_eq!(status(&renewed, 73), Status::Suspended);
}

#[test]
fn a_removal_whose_token_was_gone_already_has_ended_it_too() {
    let gone = enabled_and(&[(60, confirmed(Suspend, Some(TokenState::Deactivated)))]);
    assert_eq!(report(&gone, 60), (Status::Deactivated, None));
}

#[test]
fn a_token_that_waits_for_the_cardholder_can_be_removed_and_its_enrollment_restarted() {
    let waiting = [(0, pushed()), (1, tcn(1)), (3, confirmed(Remove, Some(TokenState::Deactivated)))];
    assert_eq!(status(&waiting, 3), Status::Expired);
    let mut restarted = enrollment(&waiting);
    assert!(restarted.is_restartable(minute(3)));
    let consent = Consent { terms_version: "1".into(), accepted_at: minute(4), authentication: None };
    let (platform, callback_id) = (Platform::Web, "web-bank".into());
    let again = Fact::Restarted { platform, callback: callback_id, consent, respond_by: minute(5) };
    restarted.add_fact(again.recorded(minute(4), "").in_attempt(2));
    let pushed_again = Fact::Pushed { receipt_hashes: vec!["second".into()], expires_at: minute(19) };
    restarted.add_fact(pushed_again.recorded(minute(4), "").in_attempt(2));
    assert_eq!(restarted.status_at(minute(5)).status, Status::Ready);
    let new = Fact::Tcn { token_unique_reference: Some("new".into()), occurred_at: minute(6) };
    restarted.add_fact(new.recorded(minute(6), "new"));
    restarted.add_fact(callback("APPROVED").recorded(minute(7), "").in_attempt(2));
    assert_eq!(restarted.status_at(minute(7)).status, Status::Enabled, "a new token, not the removed one");
}

#[test]
fn the_list_of_a_removed_token_shows_no_token() {
    use mastercard::processing::{ClientToken, TokenStatus};

    let removed = enrollment(&enabled_and(&[(60, confirmed(Remove, Some(TokenState::Deactivated)))]));
    let listed = |reference: &str| ClientToken {
        card_contract_id: removed.card_contract_id,
        token_requestor_id: Some(removed.token_requestor_id.clone()),
        wallet_name: None,
        status: TokenStatus::Active,
        token_unique_reference: Some(reference.into()),
        created_at: None,
    };
    let state = |tokens: &[ClientToken]| crate::token_list::token_of(tokens, &removed, &[]);
    assert_eq!(state(&[listed("reference")]), None, "the list lags behind");
    assert_eq!(state(&[listed("reference"), listed("another")]), Some(TokenState::Active));
}
