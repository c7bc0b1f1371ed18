//! Tokens of an earlier attempt while a later one runs.

use super::*;

/// An enrollment whose first attempt led to a token, restarted after 20 minutes and pushed again.
fn visited_again() -> Enrollment {
    let mut enrollment = enrollment(&[(0, pushed()), (2, tcn(2))]);
    restarted(&mut enrollment, 20);
    push(&mut enrollment);
    enrollment
}

fn push(enrollment: &mut Enrollment) {
    let again = Fact::Pushed { receipt_hashes: vec![], expires_at: minute(35) };
    enrollment.add_fact(again.recorded(minute(20), "").in_attempt(2));
}

fn add(enrollment: &mut Enrollment, at: i64, fact: Fact) {
    let fact = fact.recorded(minute(at), &at.to_string());
    let is_of_second = matches!(fact.fact, Fact::Callback { .. } | Fact::PushFailed { .. });
    enrollment.add_fact(if is_of_second { fact.in_attempt(2) } else { fact });
}

fn status_after(mut enrollment: Enrollment, further: &[(i64, Fact)]) -> Status {
    for (at, fact) in further {
        add(&mut enrollment, *at, fact.clone());
    }
    let last = further.last().map_or(20, |(at, _)| *at);
    enrollment.status_at(minute(last)).status
}

#[test]
fn the_end_of_the_earlier_token_does_not_end_the_later_attempt() {
    assert_eq!(status_after(visited_again(), &[(22, tvn(TokenState::Deactivated, 22))]), Status::Ready);
}

#[test]
fn a_notification_during_the_later_attempt_counts_at_once() {
    assert_eq!(status_after(visited_again(), &[(22, tvn(TokenState::Suspended, 22))]), Status::Tokenized);
}

#[test]
fn a_card_enabled_by_the_later_attempt_is_deactivated_when_its_token_ends() {
    let approved = (22, callback("APPROVED"));
    let ends =
        [(23, tvn(TokenState::Deactivated, 23)), (36, list(Some(TokenState::Deactivated))), (90, list(None))];
    for end in ends {
        assert_eq!(status_after(visited_again(), &[approved.clone(), end]), Status::Deactivated);
    }
}

#[test]
fn a_token_of_the_later_attempt_that_ended_undecided_has_expired() {
    let mut enrollment = enrollment(&[(0, pushed()), (16, list(None))]);
    restarted(&mut enrollment, 20);
    push(&mut enrollment);
    let ended = [(22, tcn(22)), (23, tvn(TokenState::Deactivated, 23))];
    assert_eq!(status_after(enrollment, &ended), Status::Expired);
}

#[test]
fn a_failed_later_push_is_final_unless_the_earlier_token_waits_for_the_cardholder() {
    let failed = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true };
    let next = |facts: &[(i64, Fact)]| {
        let mut enrollment = enrollment(facts);
        restarted(&mut enrollment, 5);
        add(&mut enrollment, 5, failed.clone());
        let report = enrollment.status_at(minute(6));
        (report.status, report.next_check)
    };
    assert_eq!(next(&[(0, pushed())]), (Status::Failed, None));
    assert_eq!(next(&[(0, pushed()), (2, tcn(2))]), (Status::Tokenized, Some(minute(16))));
}
