//! The status that follows from facts in any order.

use jiff::{SignedDuration, Timestamp};

use super::*;

mod properties;

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
        consent: Consent { terms_version: "1".into(), accepted_at: start() },
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
    Fact::Tvn { token, occurred_at: minute(at) }
}

fn callback(result: &str) -> Fact {
    Fact::Callback { result: result.into() }
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
    assert_eq!(status(&[(0, pushed()), (2, tcn(2))], 4), Status::Enabled);
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
    assert_eq!(status(&[(0, pushed()), (2, callback("DECLINED"))], 4), Status::Declined);
    assert_eq!(status(&[(0, pushed()), (2, callback("DECLINED")), (2, tcn(2))], 4), Status::Enabled);
}

#[test]
fn a_cardholder_who_cancels_is_cancelled_once_the_list_shows_no_token() {
    let history = [(0, pushed()), (2, tcn(2)), (3, callback("CANCELLED")), (4, list(None))];
    assert_eq!(status(&history, 5), Status::Cancelled);
    assert_eq!(status(&history[..3], 5), Status::Enabled);
    assert_eq!(enrollment(&history[..3]).status_at(minute(5)).next_check, Some(minute(3)));
    assert_eq!(status(&[(0, pushed()), (3, callback("CANCELLED"))], 5), Status::Pending);
    assert_eq!(status(&[(0, pushed()), (3, callback("CANCELLED")), (4, list(None))], 5), Status::Cancelled);
}

#[test]
fn a_list_that_lags_behind_a_tcn_does_not_deactivate_the_card() {
    assert_eq!(status(&[(0, pushed()), (2, tcn(2)), (16, list(None))], 17), Status::Enabled);
    assert_eq!(status(&[(0, pushed()), (2, tcn(2)), (90, list(None))], 91), Status::Deactivated);
}

#[test]
fn a_token_that_is_missing_from_the_list_is_checked_with_growing_pauses_and_then_given_up() {
    let facts = [(0, pushed()), (2, tcn(2)), (16, list(None)), (31, list(None)), (76, list(None))];
    let next = |reads: usize| enrollment(&facts[..2 + reads]).status_at(minute(90)).next_check;
    assert_eq!([0, 1, 2, 3].map(next), [Some(minute(15)), Some(minute(30)), Some(minute(75)), None]);

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
    let history =
        [(0, pushed()), (2, tcn(2)), (60, tvn(TokenState::Suspended, 60)), (70, tvn(TokenState::Active, 70))];
    assert_eq!(status(&history[..3], 65), Status::Suspended);
    assert_eq!(status(&history, 75), Status::Enabled);
    assert_eq!(
        status(&[(0, pushed()), (2, tcn(2)), (9, tvn(TokenState::Deactivated, 9))], 10),
        Status::Deactivated
    );
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
        consent: Consent { terms_version: "2".into(), accepted_at: minute(at) },
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
    for end in [tcn(2), tar(Decision::Approved), tar(Decision::Declined), callback("CANCELLED")] {
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
fn a_decision_about_an_earlier_attempt_does_not_count_for_the_next() {
    let decided = |at| Fact::Tar { decision: Decision::Approved, occurred_at: Some(minute(at)) };
    let mut enrollment = enrollment(&[(0, pushed()), (2, decided(2)), (16, list(None))]);
    restarted(&mut enrollment, 20);
    let again = Fact::Pushed { receipt_hashes: vec![], expires_at: minute(35) };
    enrollment.add_fact(again.recorded(minute(20), "").in_attempt(2));
    assert_eq!(enrollment.status_at(minute(21)).status, Status::Ready);
    enrollment.add_fact(decided(22).recorded(minute(22), "later"));
    assert_eq!(enrollment.status_at(minute(22)).status, Status::Authorized);
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
    assert_eq!(enrollment(&history).status_at(minute(now + 60)).status, Status::Enabled);
}

#[test]
fn a_successful_read_of_the_list_resets_the_pauses() {
    let history =
        [(0, pushed()), (15, Fact::TokenListReadFailed), (20, Fact::TokenListReadFailed), (35, list(None))];
    assert_eq!(status(&history, 36), Status::Expired);
    assert_eq!(enrollment(&history).status_at(minute(36)).next_check, Some(minute(30)));
    let failed_since = [&history[..], &[(37, Fact::TokenListReadFailed)]].concat();
    assert_eq!(enrollment(&failed_since).status_at(minute(38)).next_check, Some(minute(42)));
}
