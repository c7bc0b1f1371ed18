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

/// An enrollment whose first attempt is ready, or led to these facts, and whose restart after 5 minutes was refused.
fn restart_refused(facts: &[(i64, Fact)]) -> Enrollment {
    let mut enrollment = enrollment(&[&[(0, pushed())], facts].concat());
    restarted(&mut enrollment, 5);
    let refused = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true };
    add(&mut enrollment, 5, refused);
    enrollment
}

fn next(enrollment: &Enrollment, at: i64) -> (Status, Option<Timestamp>) {
    let report = enrollment.status_at(minute(at));
    (report.status, report.next_check)
}

#[test]
fn after_a_refused_restart_the_list_is_read_until_no_earlier_receipt_can_be_valid() {
    let refused = restart_refused(&[]);
    assert_eq!(next(&refused, 6), (Status::Failed, Some(minute(16))));
    assert_eq!(next(&restart_refused(&[(2, tcn(2))]), 6), (Status::Tokenized, Some(minute(16))));
    for (listed, ended) in [(None, Status::Failed), (Some(TokenState::Active), Status::Enabled)] {
        let mut read = refused.clone();
        add(&mut read, 17, list(listed));
        assert_eq!(next(&read, 18), (ended, None));
    }
}

#[test]
fn a_cardholder_who_finishes_the_visit_that_was_open_when_a_restart_was_refused_enables_the_card() {
    for notified in [&[(6, tar(Decision::Approved)), (6, tcn(6))][..], &[(6, tcn(6))]] {
        let mut enrollment = restart_refused(&[]);
        for (at, fact) in notified {
            add(&mut enrollment, *at, fact.clone());
        }
        enrollment.add_fact(callback("APPROVED").recorded(minute(7), ""));
        assert_eq!(next(&enrollment, 8), (Status::Enabled, None));
    }
}

#[test]
fn failed_reads_of_the_list_do_not_count_against_a_later_attempt() {
    let mut enrollment = enrollment(&[(0, pushed())]);
    for at in [16, 21, 36, 96, 456, 1896, 3336, 4776] {
        assert_eq!(next(&enrollment, at).1, Some(minute(at)));
        enrollment.add_fact(Fact::TokenListReadFailed.recorded(minute(at), &at.to_string()));
    }
    assert_eq!(next(&enrollment, 4777), (Status::Failed, None));
    restarted(&mut enrollment, 5000);
    let again = Fact::Pushed { receipt_hashes: vec![], expires_at: minute(5015) };
    enrollment.add_fact(again.recorded(minute(5000), "").in_attempt(2));
    assert_eq!(next(&enrollment, 5001), (Status::Ready, Some(minute(5016))));
    assert!(enrollment.is_live(minute(5001)));
    add(&mut enrollment, 5002, callback("CANCELLED"));
    assert_eq!(next(&enrollment, 5003), (Status::Pending, Some(minute(5002))), "read at once");
}

#[test]
fn an_approval_after_an_earlier_token_was_removed_is_checked_at_once_and_enables_the_card() {
    let removed = [(22, tvn(TokenState::Deactivated, 22)), (24, callback("APPROVED"))];
    let mut enrollment = visited_again();
    for (at, fact) in removed {
        add(&mut enrollment, at, fact);
    }
    assert_eq!(next(&enrollment, 25), (Status::Pending, Some(minute(24))));
    add(&mut enrollment, 25, list(None));
    assert_eq!(next(&enrollment, 26), (Status::Pending, Some(minute(36))), "the list may lag behind");
    let mut late = enrollment.clone();
    add(&mut late, 27, Fact::Tcn { token_unique_reference: Some("another".into()), occurred_at: minute(23) });
    add(&mut late, 28, list(Some(TokenState::Active)));
    assert_eq!(next(&late, 29), (Status::Enabled, None));
    for (listed, ended) in [(None, Status::Deactivated), (Some(TokenState::Active), Status::Enabled)] {
        let mut read = enrollment.clone();
        add(&mut read, 37, list(listed));
        assert_eq!(next(&read, 38), (ended, None));
    }
}
