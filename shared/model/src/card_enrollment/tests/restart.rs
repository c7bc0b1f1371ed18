use super::*;

#[test]
fn a_restart_ends_the_earlier_redirect_at_once() {
    let (mut card, id) = Card::pushed();
    assert!(card.card().redirect.is_some());
    card.wait(1);
    assert_eq!(card.restart(id, "again"), Ok(Outcome::Started));
    assert_eq!(card.card().redirect, None);
    let attempt = card.current().enrollment.attempt();
    assert_eq!((attempt.number, attempt.began_at), (2, card.now));
    assert_eq!(card.current().status, Status::Pending);
}

#[test]
fn a_restart_whose_answer_was_lost_has_started() {
    let (mut card, id) = Card::pushed();
    let restart = card.restart_request(id, "again", "state");
    assert_eq!(card.decide(Command::Restart(&restart)), Ok(Outcome::Started));
    assert_eq!(card.decide(Command::Restart(&restart)), Ok(Outcome::Started));
    assert_eq!(card.current().requests.len(), 2);
}

#[test]
fn a_double_tap_on_restart_is_a_replay() {
    let (mut card, enrollment_id) = Card::pushed();
    card.restart(enrollment_id, "again").unwrap();
    let second = card.restart_request(enrollment_id, "again", "the second tap's state");
    let replayed = Refusal::Replayed { enrollment_id, attempt: 2 };
    assert_eq!(card.decide(Command::Restart(&second)), Err(replayed));
}

#[test]
fn a_push_in_progress_cannot_be_restarted() {
    let (mut card, id) = Card::enrolling();
    assert_eq!(card.restart(id, "again"), Err(Refusal::NotRestartable));
}

#[test]
fn an_enrollment_has_five_attempts() {
    let (mut card, id) = Card::pushed();
    for attempt in 2..=MAX_ATTEMPTS {
        card.wait(1);
        card.restart(id, &format!("attempt {attempt}")).unwrap();
        card.record(id, card.push().in_attempt(attempt)).unwrap();
        assert_eq!(card.card().redirect.as_ref().map(|redirect| redirect.attempt), Some(attempt));
    }
    assert_eq!(card.restart(id, "one more"), Err(Refusal::TooManyAttempts));
}

#[test]
fn a_past_enrollment_has_lost_its_card_for_good() {
    let (mut card, first) = Card::enrolling();
    card.fail(first, false);
    let second = card.begin("second").unwrap();
    assert_eq!(card.restart(first, "again"), Err(Refusal::CardLocked(second)));
    card.fail(second, false);
    assert_eq!(card.restart(first, "again"), Err(Refusal::NotRestartable));
}

#[test]
fn a_replay_of_a_past_enrollments_restart_is_answered_as_such() {
    let (mut card, enrollment_id) = Card::pushed();
    card.restart(enrollment_id, "again").unwrap();
    card.record(
        enrollment_id,
        Fact::PushFailed { reason: PushFailure::CardNotFound, retryable: false }
            .recorded(card.now, "")
            .in_attempt(2),
    )
    .unwrap();
    card.wait(60);
    card.record(enrollment_id, Fact::TokenList { token: None }.recorded(card.now, "list")).unwrap();
    card.begin("second").unwrap();
    let replay = card.restart_request(enrollment_id, "again", "a new state");
    let replayed = Refusal::Replayed { enrollment_id, attempt: 2 };
    assert_eq!(card.decide(Command::Restart(&replay)), Err(replayed));
}

#[test]
fn nobody_restarts_what_does_not_exist() {
    let (mut card, _) = Card::pushed();
    let unknown = EnrollmentId::new(start());
    assert_eq!(card.restart(unknown, "again"), Err(Refusal::NotFound));
}
