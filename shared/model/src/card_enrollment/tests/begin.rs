use super::*;

#[test]
fn the_first_tap_starts_an_enrollment_that_locks_the_card() {
    let (mut card, id) = Card::enrolling();
    assert_eq!((card.current().status, card.current().revision), (Status::Pending, 1));
    assert_eq!(card.begin("second"), Err(Refusal::CardLocked(id)));
}

#[test]
fn the_same_request_whose_answer_was_lost_has_started() {
    let mut card = Card::new();
    let new = card.attempt("first", "state");
    assert_eq!(card.decide(Command::Begin(&new)), Ok(Outcome::Started));
    assert_eq!(card.decide(Command::Begin(&new)), Ok(Outcome::Started));
    assert_eq!((card.current().revision, card.items.past.len()), (1, 0), "nothing is written twice");
}

#[test]
fn a_double_tap_is_a_replay_of_the_first_one() {
    let (mut card, enrollment_id) = Card::enrolling();
    let again = card.attempt("first", "the second tap's state");
    assert_eq!(card.decide(Command::Begin(&again)), Err(Refusal::Replayed { enrollment_id, attempt: 1 }));
}

#[test]
fn the_key_of_another_request_is_refused() {
    let (mut card, _) = Card::enrolling();
    let mut other = card.attempt("first", "state");
    other.request.fingerprint = ShortHash::of(b"other content");
    assert_eq!(card.decide(Command::Begin(&other)), Err(Refusal::IdempotencyKeyReused));
}

#[test]
fn a_new_enrollment_takes_the_card_from_one_that_is_over() {
    let (mut card, first) = Card::pushed();
    card.wait(1);
    card.record(
        first,
        Fact::Tcn { token_unique_reference: None, occurred_at: card.now }.recorded(card.now, &hash("tcn")),
    )
    .unwrap();
    card.record(first, callback("CANCELLED", card.now)).unwrap();
    card.wait(20);
    card.record(first, Fact::TokenList { token: None }.recorded(card.now, "list")).unwrap();
    assert_eq!(card.current().status, Status::Cancelled);

    let second = card.begin("second").unwrap();
    assert_eq!(card.current().enrollment.enrollment_id, second);
    assert_eq!((card.card().past, card.items.past[0].enrollment.enrollment_id), (1, first));
    assert_eq!(card.items.past[0].revision, 1, "written for the first time");
    assert_eq!(card.card().redirect, None);
    assert_eq!(card.card().applied.len(), 1, "the TCN of the first one is remembered");
    assert_eq!(card.items.find(first).map(|record| record.enrollment.enrollment_id), Some(first));
}

#[test]
fn a_notification_is_forgotten_ninety_days_after_its_arrival() {
    for (days, remembered) in [(89, 1), (90, 0)] {
        let (mut card, id) = Card::pushed();
        card.notify(&[card.notification("tcn", NotificationKind::Tcn)]);
        card.settle(id);
        card.now = start() + SignedDuration::from_hours(24 * days);
        card.begin("second").unwrap();
        assert_eq!(card.card().applied.len(), remembered, "after {days} days");
    }
}

fn hash(name: &str) -> String {
    ShortHash::of(name.as_bytes()).to_string()
}

fn callback(result: &str, at: Timestamp) -> RecordedFact {
    Fact::Callback { result: serde_json::from_value(result.into()).unwrap() }.recorded(at, "")
}
