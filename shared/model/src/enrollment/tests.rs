//! The status that follows from facts in any order.

use jiff::{SignedDuration, Timestamp};

use super::*;

mod later_attempts;
mod own_changes;
mod properties;
mod token_evidence;

/// Minute zero of every history here.
fn start() -> Timestamp {
    "2026-11-01T10:00:00Z".parse().unwrap()
}

fn minute(minute: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minute)
}

fn enrollment(facts: &[(i64, Fact)]) -> Enrollment {
    let mut enrollment = Enrollment {
        enrollment_id: EnrollmentId::new(start()),
        client_id: 40000.into(),
        card_contract_id: 70001.into(),
        token_requestor_id: "50123197928".parse().unwrap(),
        platform: Platform::Web,
        callback: "web-bank".into(),
        consent: Consent { terms_version: "1".into(), accepted_at: start(), authentication: None },
        created_at: start(),
        respond_by: start() + SignedDuration::from_secs(10),
        facts: Vec::new(),
    };
    for (at, fact) in facts {
        enrollment.add_fact(fact.clone().recorded(minute(*at), &at.to_string()));
    }
    enrollment
}

fn pushed() -> Fact {
    Fact::Pushed { receipt_hashes: vec!["hash".into()], expires_at: minute(15) }
}

fn tar(decision: Decision) -> Fact {
    Fact::Tar { decision, occurred_at: None }
}

fn tcn(at: i64) -> Fact {
    Fact::Tcn { token_unique_reference: Some("reference".into()), occurred_at: minute(at) }
}

fn tvn(token: TokenState, at: i64) -> Fact {
    Fact::Tvn { token, requested_by: None, occurred_at: minute(at) }
}

fn callback(result: &str) -> Fact {
    Fact::Callback { result: serde_json::from_value(result.into()).unwrap() }
}

fn list(token: Option<TokenState>) -> Fact {
    Fact::TokenList { token }
}

/// The status at that minute, which must be the same for every order in which the facts were recorded.
fn status(facts: &[(i64, Fact)], at: i64) -> Status {
    let all = permutations(facts);
    let first = enrollment(&all[0]).status_at(minute(at)).status;
    for facts in &all {
        assert_eq!(enrollment(facts).status_at(minute(at)).status, first, "{facts:?}");
        let twice: Vec<_> = facts.iter().chain(facts).cloned().collect();
        assert_eq!(enrollment(&twice).status_at(minute(at)).status, first, "{facts:?} twice");
    }
    first
}

fn permutations(facts: &[(i64, Fact)]) -> Vec<Vec<(i64, Fact)>> {
    if facts.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |i: usize| {
        let rest: Vec<_> =
            facts.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, fact)| fact.clone()).collect();
        permutations(&rest).into_iter().map(move |mut tail| {
            tail.insert(0, facts[i].clone());
            tail
        })
    };
    (0..facts.len()).flat_map(with_first).collect()
}

#[test]
fn an_enrollment_without_a_push_is_pending_and_then_failed() {
    assert_eq!(status(&[], 0), Status::Pending);
    assert_eq!(status(&[], 30), Status::Pending);
    assert_eq!(status(&[(17, list(None))], 18), Status::Failed);
    assert_eq!(enrollment(&[]).status_at(minute(30)).reason, Some(StatusReason::Interrupted));
}

#[test]
fn a_pushed_card_is_ready_while_its_receipt_is_valid() {
    assert_eq!(status(&[(0, pushed())], 14), Status::Ready);
    assert_eq!(status(&[(0, pushed())], 15), Status::Pending);
}

#[test]
fn a_tcn_enables_the_card_in_any_order() {
    let history = [(0, pushed()), (2, tar(Decision::Approved)), (2, tcn(2)), (3, callback("APPROVED"))];
    assert_eq!(status(&history, 4), Status::Enabled);
    assert_eq!(enrollment(&history).status_at(minute(4)).next_check, None);
}

#[test]
fn a_token_without_a_word_of_the_cardholder_is_tokenized_until_the_list_was_read_after_the_receipts_end() {
    let history = [(0, pushed()), (2, tar(Decision::Approved)), (2, tcn(2))];
    assert_eq!(status(&history, 4), Status::Tokenized);
    assert_eq!(enrollment(&history).status_at(minute(4)).next_check, Some(minute(16)));
    let early = [&history[..], &[(5, list(Some(TokenState::Active)))]].concat();
    assert_eq!(status(&early, 6), Status::Tokenized);
    let confirmed = [&history[..], &[(16, list(Some(TokenState::Active)))]].concat();
    assert_eq!(status(&confirmed, 17), Status::Enabled);
    assert_eq!(enrollment(&confirmed).status_at(minute(17)).next_check, None);
}

#[test]
fn the_callback_alone_never_enables_a_card() {
    for result in
        ["APPROVED", "AUTHENTICATED", "DUPLICATE_REQUEST", "REQUIRE_ADDITIONAL_AUTHENTICATION", "OTHER"]
    {
        for at in [4, 20, 5000] {
            assert_ne!(status(&[(0, pushed()), (3, callback(result))], at), Status::Enabled, "{result}");
        }
    }
}

#[test]
fn a_duplicate_request_is_enabled_once_the_list_shows_the_token() {
    let history = [(0, pushed()), (3, callback("DUPLICATE_REQUEST")), (4, list(Some(TokenState::Active)))];
    assert_eq!(status(&history, 5), Status::Enabled);
    assert_eq!(enrollment(&history[..2]).status_at(minute(4)).next_check, Some(minute(3)));
}

#[test]
fn an_approved_authorization_waits_for_its_token() {
    assert_eq!(status(&[(0, pushed()), (2, tar(Decision::Approved))], 4), Status::Authorized);
    assert_eq!(status(&[(0, pushed()), (2, tar(Decision::Approved)), (16, list(None))], 17), Status::Expired);
}

#[test]
fn a_declined_card_is_declined() {
    assert_eq!(status(&[(0, pushed()), (2, tar(Decision::Declined))], 4), Status::Declined);
    assert_eq!(status(&[(0, pushed()), (2, callback("DECLINED"))], 4), Status::Pending);
    assert_eq!(status(&[(0, pushed()), (2, callback("DECLINED")), (3, list(None))], 4), Status::Declined);
    assert_eq!(status(&[(0, pushed()), (2, callback("DECLINED")), (2, tcn(2))], 4), Status::Tokenized);
}

#[test]
fn of_two_authorizations_of_one_card_the_list_tells_whether_the_second_led_to_a_token() {
    let both = [(0, pushed()), (2, tar(Decision::Declined)), (3, tar(Decision::Approved))];
    assert_eq!(status(&both, 4), Status::Authorized);
    assert!(enrollment(&both).is_live(minute(4)), "it locks its card");
    assert_eq!(enrollment(&both).status_at(minute(4)).next_check, Some(minute(16)));
    assert_eq!(status(&[&both[..], &[(16, list(None))]].concat(), 17), Status::Declined);
    for (word, ended) in [("CANCELLED", Status::Cancelled), ("DECLINED", Status::Declined)] {
        let returned = [&both[..], &[(4, callback(word))]].concat();
        assert_eq!(enrollment(&returned).status_at(minute(5)).next_check, Some(minute(4)), "{word}");
        assert_eq!(status(&[&returned[..], &[(5, list(None))]].concat(), 6), ended);
    }
    let approved = [&both[..], &[(4, callback("APPROVED"))]].concat();
    assert_eq!(enrollment(&approved).status_at(minute(5)).next_check, Some(minute(4)), "its TCN may be lost");
    assert_eq!(status(&[&approved[..], &[(5, list(Some(TokenState::Active)))]].concat(), 6), Status::Enabled);
}

#[test]
fn an_approval_that_contradicts_a_declined_authorization_has_the_list_read() {
    let contradicted = [(0, pushed()), (2, tar(Decision::Declined)), (3, callback("APPROVED"))];
    assert_eq!(enrollment(&contradicted).status_at(minute(4)).next_check, Some(minute(3)));
    let read = |token| enrollment(&[&contradicted[..], &[(4, list(token))]].concat()).status_at(minute(5));
    assert_eq!((read(None).status, read(None).next_check), (Status::Declined, None));
    assert_eq!(read(Some(TokenState::Active)).status, Status::Enabled);
    let confirmed = [(0, pushed()), (2, tar(Decision::Declined)), (3, callback("DECLINED"))];
    assert_eq!(enrollment(&confirmed).status_at(minute(4)).next_check, None);
}

#[test]
fn a_cardholder_who_cancels_is_cancelled_once_the_list_shows_no_token() {
    let history = [(0, pushed()), (2, tcn(2)), (3, callback("CANCELLED")), (4, list(None))];
    assert_eq!(status(&history, 5), Status::Cancelled);
    assert_eq!(status(&history[..3], 5), Status::Tokenized);
    assert_eq!(enrollment(&history[..3]).status_at(minute(5)).next_check, Some(minute(3)));
    assert_eq!(status(&[(0, pushed()), (3, callback("CANCELLED"))], 5), Status::Pending);
    assert_eq!(status(&[(0, pushed()), (3, callback("CANCELLED")), (4, list(None))], 5), Status::Cancelled);
}

#[test]
fn a_list_that_lags_behind_a_tcn_does_not_deactivate_the_card() {
    let approved = [(0, pushed()), (2, tcn(2)), (3, callback("APPROVED"))];
    assert_eq!(status(&[&approved[..], &[(16, list(None))]].concat(), 17), Status::Enabled);
    assert_eq!(status(&[&approved[..], &[(90, list(None))]].concat(), 91), Status::Deactivated);
    assert_eq!(status(&[(0, pushed()), (2, tcn(2)), (16, list(None))], 17), Status::Tokenized);
    assert_eq!(status(&[(0, pushed()), (2, tcn(2)), (90, list(None))], 91), Status::Expired);
}

#[test]
fn a_token_that_is_missing_from_the_list_is_checked_with_growing_pauses_and_then_given_up() {
    let facts = [(0, pushed()), (2, tcn(2)), (16, list(None)), (31, list(None)), (76, list(None))];
    let next = |reads: usize| enrollment(&facts[..2 + reads]).status_at(minute(90)).next_check;
    assert_eq!([0, 1, 2, 3].map(next), [Some(minute(16)), Some(minute(31)), Some(minute(76)), None]);

    let with_a_wrong_clock = [(0, pushed()), (2, tcn(100_000))];
    let read: Vec<_> = (0..5).map(|n| (16 + n, list(None))).collect();
    assert_eq!(enrollment(&[&with_a_wrong_clock[..], &read].concat()).status_at(minute(90)).next_check, None);
}

#[test]
fn an_unused_receipt_expires_once_the_list_was_read() {
    assert_eq!(status(&[(0, pushed()), (16, list(None))], 17), Status::Expired);
    assert_eq!(
        status(&[(0, pushed()), (16, list(None)), (40, list(Some(TokenState::Active)))], 41),
        Status::Enabled
    );
}

#[test]
fn a_token_can_be_suspended_resumed_and_deactivated() {
    let history = [
        (0, pushed()),
        (2, tcn(2)),
        (3, callback("APPROVED")),
        (60, tvn(TokenState::Suspended, 60)),
        (70, tvn(TokenState::Active, 70)),
    ];
    assert_eq!(status(&history[..4], 65), Status::Suspended);
    assert_eq!(status(&history, 75), Status::Enabled);
    let deactivated = (80, tvn(TokenState::Deactivated, 80));
    assert_eq!(status(&[&history[..], &[deactivated]].concat(), 81), Status::Deactivated);
}

#[test]
fn a_token_that_was_never_confirmed_and_is_gone_again_is_expired() {
    let history = [(0, pushed()), (2, tcn(2)), (9, tvn(TokenState::Deactivated, 9))];
    assert_eq!(status(&history, 10), Status::Expired);
    assert_eq!(enrollment(&history).status_at(minute(10)).next_check, Some(minute(16)));
    for (result, expected) in
        [("CANCELLED", Status::Cancelled), ("DECLINED", Status::Declined), ("ERROR", Status::Failed)]
    {
        let with_word = [&history[..], &[(10, callback(result))]].concat();
        assert_eq!(status(&with_word, 11), expected, "{result}");
        assert_eq!(enrollment(&with_word).status_at(minute(11)).next_check, None, "{result}");
    }
}

#[test]
fn a_cancelled_visit_with_a_token_that_stays_active_ends_as_the_list_says_after_the_receipts_end() {
    for (result, without) in [
        ("CANCELLED", Status::Cancelled),
        ("DELETED", Status::Cancelled),
        ("DECLINED", Status::Declined),
        ("ERROR", Status::Failed),
    ] {
        let history =
            [(0, pushed()), (2, tcn(2)), (3, callback(result)), (4, list(Some(TokenState::Active)))];
        assert_eq!(status(&history, 5), Status::Tokenized, "{result}");
        assert_eq!(enrollment(&history).status_at(minute(5)).next_check, Some(minute(16)), "{result}");
        let ended = |token| [&history[..], &[(16, list(token))]].concat();
        assert_eq!(status(&ended(Some(TokenState::Active)), 17), Status::Enabled, "{result}");
        assert_eq!(status(&ended(None), 17), without, "{result}");
    }
}

#[test]
fn only_the_list_or_a_tvn_ends_enabled_and_never_a_late_word() {
    let confirmed =
        [(0, pushed()), (2, tcn(2)), (16, list(Some(TokenState::Active))), (40, callback("CANCELLED"))];
    assert_eq!(status(&confirmed, 41), Status::Enabled);
    let read = [&confirmed[..], &[(42, list(None))]].concat();
    assert_eq!(status(&read, 43), Status::Deactivated);
}

#[test]
fn a_result_that_is_no_decision_leaves_the_decision_to_a_later_callback() {
    for undecided in ["REQUIRE_ADDITIONAL_AUTHENTICATION", "SOMETHING_NEW"] {
        let history = [(0, pushed()), (2, tcn(2)), (3, callback(undecided)), (5, callback("AUTHENTICATED"))];
        assert_eq!(status(&history[..3], 4), Status::Tokenized, "{undecided}");
        assert_eq!(status(&history, 6), Status::Enabled, "{undecided}");
    }
}

#[test]
fn a_suspended_token_without_a_decision_keeps_the_schedule() {
    for state in [TokenState::Suspended, TokenState::Inactive] {
        let history = [(0, pushed()), (2, tcn(2)), (3, tvn(state.clone(), 3))];
        let report = enrollment(&history).status_at(minute(4));
        assert_eq!((report.status, report.next_check), (Status::Tokenized, Some(minute(16))), "{state:?}");
        let read = [&history[..], &[(16, list(Some(state.clone())))]].concat();
        let report = enrollment(&read).status_at(minute(17));
        assert_eq!((report.status, report.next_check), (Status::Suspended, Some(minute(31))), "{state:?}");
    }
}

#[test]
fn a_card_that_was_enabled_before_any_push_has_failed_as_already_enabled() {
    let refused = Fact::PushFailed { reason: PushFailure::AlreadyEnabled, retryable: false };
    let history = [(0, refused), (0, list(Some(TokenState::Active)))];
    let report = enrollment(&history).status_at(minute(1));
    assert_eq!((report.status, report.next_check), (Status::Failed, None));
    assert_eq!(report.reason, Some(StatusReason::PushFailed(PushFailure::AlreadyEnabled)));
}

#[test]
fn a_token_holds_its_card_and_may_be_visited_again() {
    let mut enrollment = enrollment(&[(0, pushed()), (2, tar(Decision::Approved)), (2, tcn(2))]);
    assert!(enrollment.is_live(minute(20)) && enrollment.is_restartable(minute(20)));
    restarted(&mut enrollment, 20);
    assert_eq!(enrollment.status_at(minute(20)).status, Status::Pending);
    assert_eq!(enrollment.status_at(minute(21)).status, Status::Tokenized, "the function crashed");
    let mut lost = enrollment.clone();
    lost.add_fact(Fact::PushUnknown.recorded(minute(20), "").in_attempt(2));
    assert_eq!(lost.status_at(minute(20)).status, Status::Tokenized, "the response was lost");
    let again = Fact::Pushed { receipt_hashes: vec![], expires_at: minute(35) };
    enrollment.add_fact(again.recorded(minute(20), "").in_attempt(2));
    assert_eq!(enrollment.status_at(minute(21)).status, Status::Ready);
    let mut unused = enrollment.clone();
    assert_eq!(unused.status_at(minute(35)).status, Status::Tokenized);
    unused.add_fact(list(Some(TokenState::Active)).recorded(minute(36), "1"));
    assert_eq!(unused.status_at(minute(37)).status, Status::Enabled);
    enrollment.add_fact(callback("DUPLICATE_REQUEST").recorded(minute(22), "").in_attempt(2));
    assert_eq!(enrollment.status_at(minute(23)).status, Status::Enabled);
    assert_eq!(enrollment.status_at(minute(23)).next_check, None);
}

#[test]
fn a_token_in_the_list_counts_while_the_first_redirect_is_unused() {
    assert_eq!(status(&[(0, pushed()), (5, list(Some(TokenState::Active)))], 6), Status::Tokenized);
}

#[test]
fn a_clock_that_is_ahead_does_not_outlive_a_cancellation_or_the_list() {
    for ahead in [1, 24 * 60] {
        let history = [(0, pushed()), (2, tcn(2 + ahead)), (3, callback("CANCELLED")), (4, list(None))];
        assert_eq!(status(&history, 5), Status::Cancelled, "{ahead} minutes");
        let unsaid = [(0, pushed()), (2, tcn(2 + ahead)), (90, list(None))];
        assert_eq!(status(&unsaid, 91), Status::Expired, "{ahead} minutes");
    }
}

#[test]
fn a_notification_that_contradicts_an_earlier_read_has_the_list_read_once_more() {
    let enabled = [(0, pushed()), (2, tcn(2)), (16, list(Some(TokenState::Active)))];
    assert_eq!(enrollment(&enabled).status_at(minute(17)).next_check, None);
    let contradicted = [&enabled[..], &[(500, tvn(TokenState::Deactivated, 499))]].concat();
    assert_eq!(status(&contradicted, 501), Status::Deactivated);
    assert_eq!(enrollment(&contradicted).status_at(minute(501)).next_check, Some(minute(500)));
    let read = [&contradicted[..], &[(505, list(Some(TokenState::Active)))]].concat();
    assert_eq!(status(&read, 506), Status::Enabled);
    assert_eq!(enrollment(&read).status_at(minute(506)).next_check, None);
    let confirmed = [&enabled[..], &[(500, tvn(TokenState::Active, 499))]].concat();
    assert_eq!(enrollment(&confirmed).status_at(minute(501)).next_check, None);
}

#[test]
fn an_unknown_token_state_is_asked_about_once_and_does_not_suspend_the_card() {
    let relinked = || TokenState::Other("RELINKED".into());
    let enabled = [(0, pushed()), (2, tcn(2)), (3, callback("APPROVED"))];
    let notified = [&enabled[..], &[(60, tvn(relinked(), 60))]].concat();
    assert_eq!(status(&notified, 61), Status::Enabled);
    assert_eq!(enrollment(&notified).status_at(minute(61)).next_check, Some(minute(60)));
    for (listed, expected) in [
        (Some(TokenState::Active), Status::Enabled),
        // The list does not know more: what was known before still counts.
        (Some(relinked()), Status::Enabled),
        (Some(TokenState::Suspended), Status::Suspended),
        (None, Status::Enabled),
    ] {
        let asked = [&notified[..], &[(60, list(listed.clone()))]].concat();
        assert_eq!(status(&asked, 61), expected, "{listed:?}");
        // Without the token, the list may only lag behind.
        let report = enrollment(&asked).status_at(minute(61));
        assert_eq!((report.status, report.next_check), (expected, None), "{listed:?}");
    }
    // Nor does it resume a suspended card.
    let suspended =
        [&enabled[..], &[(50, tvn(TokenState::Suspended, 50)), (60, tvn(relinked(), 60))]].concat();
    assert_eq!(status(&suspended, 61), Status::Suspended);
    // A list that cannot be read is retried with pauses.
    let failed = [&notified[..], &[(60, Fact::TokenListReadFailed)]].concat();
    assert_eq!(enrollment(&failed).status_at(minute(61)).next_check, Some(minute(65)));
}

#[test]
fn a_token_of_which_only_an_unknown_state_is_listed_is_tokenized_and_keeps_the_schedule() {
    let relinked = Some(TokenState::Other("RELINKED".into()));
    let history = [(0, pushed()), (3, callback("APPROVED")), (16, list(relinked.clone()))];
    let report = enrollment(&history).status_at(minute(17));
    assert_eq!((report.status, report.next_check), (Status::Tokenized, Some(minute(31))));
    let confirmed = [&history[..], &[(31, list(Some(TokenState::Active)))]].concat();
    assert_eq!(status(&confirmed, 32), Status::Enabled);
    let removed = [&history[..], &[(31, list(None))]].concat();
    assert_eq!(status(&removed, 32), Status::Tokenized, "the list may lag behind");
}

#[test]
fn a_rejected_push_has_failed_with_its_reason() {
    let rejected = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
    let report = enrollment(&[(0, rejected)]).status_at(minute(1));
    assert_eq!((report.status, report.next_check), (Status::Failed, None));
    assert_eq!(report.reason, Some(StatusReason::PushFailed(PushFailure::CardNotEligible)));
}

#[test]
fn a_push_with_a_lost_response_is_pending_until_the_list_was_read() {
    assert_eq!(status(&[(0, Fact::PushUnknown)], 10), Status::Pending);
    assert_eq!(status(&[(0, Fact::PushUnknown), (17, list(None))], 18), Status::Failed);
    assert_eq!(status(&[(0, Fact::PushUnknown), (17, list(Some(TokenState::Active)))], 18), Status::Enabled);
}

/// Adds a restart by the cardholder.
fn restarted(enrollment: &mut Enrollment, at: i64) {
    let number = enrollment.attempt().number + 1;
    let fact = Fact::Restarted {
        platform: Platform::Ios,
        callback: "mobile-app".into(),
        consent: Consent { terms_version: "2".into(), accepted_at: minute(at), authentication: None },
        respond_by: minute(at) + SignedDuration::from_secs(10),
    };
    assert!(enrollment.add_fact(fact.recorded(minute(at), "").in_attempt(number)));
}

#[test]
fn only_an_enrollment_with_an_unused_redirect_can_be_restarted() {
    assert!(enrollment(&[(0, pushed())]).is_restartable(minute(1)));
    assert!(!enrollment(&[]).is_restartable(minute(0)), "its push is in progress");
    assert!(!enrollment(&[(0, pushed())]).is_restartable(minute(16)), "the list was not read since");
    assert!(enrollment(&[(0, pushed()), (16, list(None))]).is_restartable(minute(17)));
    assert!(
        enrollment(&[(0, pushed()), (2, tcn(2))]).is_restartable(minute(3)),
        "a token waits for the cardholder"
    );
    for end in [tar(Decision::Approved), tar(Decision::Declined), callback("CANCELLED")] {
        assert!(!enrollment(&[(0, pushed()), (2, end.clone())]).is_restartable(minute(3)), "{end:?}");
    }
}

#[test]
fn a_new_attempt_has_a_new_status_and_keeps_the_history() {
    let mut enrollment = enrollment(&[(0, pushed()), (3, callback("APPROVED")), (16, list(None))]);
    restarted(&mut enrollment, 20);
    assert_eq!(enrollment.status_at(minute(20)).status, Status::Pending);
    assert!(enrollment.is_live(minute(20)) && !enrollment.is_live(minute(21)), "it may crash like the first");
    assert_eq!((enrollment.attempt().callback, enrollment.attempts().count()), ("mobile-app", 2));

    let again = Fact::Pushed { receipt_hashes: vec!["another".into()], expires_at: minute(35) };
    assert!(enrollment.add_fact(again.recorded(minute(20), "").in_attempt(2)));
    assert_eq!(enrollment.status_at(minute(21)).status, Status::Ready);
    assert!(enrollment.has_receipt("hash") && enrollment.has_receipt("another"));

    let late = callback("CANCELLED").recorded(minute(22), "");
    let mut with_late_callback = enrollment.clone();
    with_late_callback.add_fact(late);
    assert_eq!(with_late_callback.status_at(minute(22)).status, Status::Ready);
    enrollment.add_fact(callback("CANCELLED").recorded(minute(22), "").in_attempt(2));
    enrollment.add_fact(list(None).recorded(minute(23), "1"));
    assert_eq!(enrollment.status_at(minute(23)).status, Status::Cancelled);
    assert_eq!(enrollment.timeline().len(), 8);
}

#[test]
fn the_receipts_of_an_attempt_end_whatever_becomes_of_the_next() {
    let mut enrollment = enrollment(&[(0, pushed())]);
    restarted(&mut enrollment, 5);
    assert_eq!(enrollment.receipts_end(), minute(5 + 16), "the push may have succeeded");
    let failed = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true };
    enrollment.add_fact(failed.recorded(minute(5), "").in_attempt(2));
    assert_eq!(enrollment.receipts_end(), minute(15));
}

#[test]
fn a_decision_about_an_earlier_attempt_does_not_count_for_the_next() {
    for (decision, expected) in
        [(Decision::Approved, Status::Authorized), (Decision::Declined, Status::Declined)]
    {
        let decided = |at| Fact::Tar { decision: decision.clone(), occurred_at: Some(minute(at)) };
        let mut enrollment = enrollment(&[(0, pushed()), (2, decided(2)), (16, list(None))]);
        restarted(&mut enrollment, 20);
        let again = Fact::Pushed { receipt_hashes: vec![], expires_at: minute(35) };
        enrollment.add_fact(again.recorded(minute(20), "").in_attempt(2));
        assert_eq!(enrollment.status_at(minute(21)).status, Status::Ready);
        enrollment.add_fact(decided(22).recorded(minute(22), "later"));
        assert_eq!(enrollment.status_at(minute(22)).status, expected);
    }
}

#[test]
fn every_enrollment_becomes_final() {
    for first in [pushed(), Fact::PushUnknown] {
        for result in ["APPROVED", "CANCELLED", "DECLINED", "ERROR", "DUPLICATE_REQUEST"] {
            for token in [None, Some(TokenState::Active), Some(TokenState::Suspended)] {
                let mut enrollment = enrollment(&[(0, first.clone()), (3, callback(result))]);
                let mut reads = 0;
                while let Some(due) = enrollment.status_at(minute(0)).next_check {
                    reads += 1;
                    assert!(reads < 10, "{result} {token:?}");
                    let fact = list(token.clone());
                    assert!(
                        enrollment.add_fact(fact.recorded(due, &due.to_string())),
                        "{result} {token:?} reads twice at {due}"
                    );
                }
                let end = enrollment.status_at(minute(100_000)).status;
                assert_ne!(end, Status::Pending, "{result} {token:?}");
            }
        }
    }
}

#[test]
fn a_card_is_locked_only_while_it_may_still_be_enabled() {
    assert!(enrollment(&[]).is_live(minute(0)));
    assert!(!enrollment(&[]).is_live(minute(2)));
    assert!(enrollment(&[(0, pushed())]).is_live(minute(14)));
    assert!(!enrollment(&[(0, pushed())]).is_live(minute(16)));
    assert!(!enrollment(&[(0, pushed()), (1, callback("CANCELLED"))]).is_live(minute(2)));
    assert!(!enrollment(&[(0, pushed()), (0, callback("CANCELLED"))]).is_live(minute(0)), "at once");
    let unknown = enrollment(&[(0, Fact::PushUnknown)]);
    assert!(
        unknown.is_live(minute(0)) && !unknown.is_live(minute(2)),
        "while the app waits for the response"
    );
}

#[test]
fn a_fact_of_an_earlier_attempt_does_not_unlock_a_card_that_is_being_pushed() {
    for fact in [pushed(), tar(Decision::RequireAdditionalAuthentication), callback("APPROVED"), list(None)] {
        let mut enrollment = enrollment(&[(0, pushed())]);
        restarted(&mut enrollment, 5);
        enrollment.add_fact(fact.clone().recorded(minute(5), "late"));
        assert!(enrollment.is_live(minute(5)), "{fact:?}");
    }
}

#[test]
fn a_list_that_cannot_be_read_is_retried_with_growing_pauses_and_then_given_up() {
    let unread = |at| (at, Fact::TokenListReadFailed);
    let mut history = vec![(0, pushed())];
    let (mut now, mut reads) = (15, 0);
    while let Some(next) = enrollment(&history).status_at(minute(now)).next_check {
        now = next.duration_since(start()).as_mins();
        history.push(unread(now));
        reads += 1;
    }
    assert_eq!(reads, 8);
    let ended = enrollment(&history).status_at(minute(now));
    let reason = ended.reason;
    assert_eq!(
        (ended.status, reason, ended.retryable),
        (Status::Failed, Some(StatusReason::OutcomeUnknown), Some(true))
    );
    // A notification still counts, however late.
    history.push((now + 60, tcn(2)));
    let report = enrollment(&history).status_at(minute(now + 60));
    assert_eq!((report.status, report.reason), (Status::Tokenized, Some(StatusReason::OutcomeUnknown)));
    assert!(!enrollment(&history).is_live(minute(now + 60)));
}

#[test]
fn a_successful_read_of_the_list_resets_the_pauses() {
    let history =
        [(0, pushed()), (15, Fact::TokenListReadFailed), (20, Fact::TokenListReadFailed), (35, list(None))];
    assert_eq!(status(&history, 36), Status::Expired);
    assert_eq!(enrollment(&history).status_at(minute(36)).next_check, Some(minute(31)));
    let failed_since = [&history[..], &[(37, Fact::TokenListReadFailed)]].concat();
    assert_eq!(enrollment(&failed_since).status_at(minute(38)).next_check, Some(minute(42)));
}

/// The pause, in seconds, that an app gets at that second.
fn pause(facts: &[(i64, Fact)], second: i64) -> Option<i64> {
    pause_of(&enrollment(facts), second)
}

fn pause_of(enrollment: &Enrollment, second: i64) -> Option<i64> {
    let now = start() + SignedDuration::from_secs(second);
    enrollment.poll_after(&enrollment.status_at(now), now).map(|pause| pause.as_secs())
}

#[test]
fn an_app_that_waits_for_a_message_asks_after_growing_pauses() {
    let returned = [(0, pushed()), (3, callback("APPROVED"))];
    let pauses = [180, 182, 184, 188, 196, 212, 300].map(|second| pause(&returned, second).unwrap());
    assert_eq!(pauses, [2, 2, 4, 8, 16, 32, 60]);
    assert_eq!(pause(&[], 1), Some(2), "the push is in progress");
    assert_eq!(pause(&[(0, pushed()), (2, tar(Decision::Approved))], 130), Some(10));
}

#[test]
fn an_app_whose_cardholder_is_at_the_token_requestor_asks_rarely_and_when_the_receipt_expires() {
    assert_eq!(pause(&[(0, pushed())], 1), Some(30));
    assert_eq!(pause(&[(0, pushed())], 15 * 60 - 20), Some(20));
    assert_eq!(pause(&[(0, pushed()), (2, tar(Decision::Approved)), (2, tcn(2))], 130), Some(30));
    let mut again = enrollment(&[(0, pushed()), (16, list(None))]);
    restarted(&mut again, 20);
    let redirect = Fact::Pushed { receipt_hashes: vec![], expires_at: minute(35) };
    again.add_fact(redirect.recorded(minute(20), "").in_attempt(2));
    assert_eq!(pause_of(&again, 21 * 60), Some(30), "the redirect of the second attempt");
}

#[test]
fn an_app_that_waits_for_the_token_list_asks_when_it_is_to_be_read() {
    let lost = [(0, Fact::PushUnknown)];
    assert_eq!(pause(&lost, 30), Some(300));
    assert_eq!(pause(&lost, 16 * 60 - 200), Some(200));
    assert_eq!(pause(&lost, 16 * 60 + 60), Some(60), "the read is overdue");
    let unsettled = [(0, pushed()), (2, tcn(2))];
    assert_eq!(pause(&unsettled, 15 * 60), Some(60));
}

#[test]
fn an_app_does_not_ask_again_once_the_status_is_final() {
    let enabled = [(0, pushed()), (2, tcn(2)), (3, callback("APPROVED"))];
    assert_eq!(pause(&enabled, 181), None);
}

#[test]
fn an_app_whose_cardholder_cancelled_asks_soon_until_the_token_list_was_read() {
    let cancelled = [(0, pushed()), (2, tcn(2)), (3, callback("CANCELLED"))];
    assert_eq!([180, 184, 200].map(|second| pause(&cancelled, second)), [Some(2), Some(4), Some(20)]);
    let listed = [&cancelled[..], &[(4, list(Some(TokenState::Active)))]].concat();
    assert_eq!(pause(&listed, 260), Some(30), "the next read is due after the receipt's end");
}
