use super::*;

#[test]
fn a_key_counts_24_hours_from_its_use_across_enrollments() {
    let (mut card, enrollment_id) = Card::enrolling();
    card.fail(enrollment_id, false);
    card.begin("second").unwrap();
    card.wait(24 * 60 - 1);
    assert_eq!(card.begin("first"), Err(Refusal::Replayed { enrollment_id, attempt: 1 }));
    card.wait(1);
    assert!(card.begin("first").is_ok(), "it is a new request now");
}

#[test]
fn a_temporary_failure_frees_the_key() {
    let (mut card, first) = Card::enrolling();
    card.fail(first, true);
    assert_ne!(card.begin("first"), Ok(first));
    assert_eq!(card.card().past, 1);
}

#[test]
fn a_temporary_failure_that_is_known_only_after_a_takeover_frees_the_key_too() {
    let (mut card, first) = Card::enrolling();
    card.wait(30);
    let second = card.begin("second").unwrap();
    let replayed = Refusal::Replayed { enrollment_id: first, attempt: 1 };
    let again = card.attempt("first", "again");
    assert_eq!(card.decide(Command::Begin(&again)), Err(replayed));

    card.fail(first, true);
    assert_eq!(card.decide(Command::Begin(&again)), Err(Refusal::CardLocked(second)));
    card.fail(second, false);
    assert_eq!(card.decide(Command::Begin(&again)), Ok(Outcome::Started));
}

#[test]
fn a_permanent_failure_after_a_takeover_keeps_the_key_and_leaves_the_card_alone() {
    let (mut card, first) = Card::enrolling();
    card.wait(30);
    card.begin("second").unwrap();
    let before = card.card().clone();
    card.fail(first, false);
    assert_eq!(*card.card(), before);
    assert_eq!(card.begin("first"), Err(Refusal::Replayed { enrollment_id: first, attempt: 1 }));
}

#[test]
fn a_past_enrollments_key_is_freed_without_touching_those_of_others() {
    let (mut card, first) = Card::enrolling();
    card.wait(30);
    let second = card.begin("second").unwrap();
    card.wait(30);
    card.begin("third").unwrap();
    card.fail(second, true);
    assert_eq!(card.begin("first"), Err(Refusal::Replayed { enrollment_id: first, attempt: 1 }));
    assert_eq!(card.card().used_keys.len(), 1);
}

#[test]
fn no_key_is_forgotten_early() {
    let mut card = Card::new();
    for number in 0..MAX_KEYS {
        let id = card.begin(&number.to_string()).unwrap();
        card.fail(id, false);
    }
    assert_eq!(card.begin("one more"), Err(Refusal::TooManyKeys));
    card.wait(24 * 60);
    assert!(card.begin("one more").is_ok());
}

#[test]
fn a_restart_counts_as_a_key() {
    let mut card = Card::new();
    for number in 1..MAX_KEYS {
        let id = card.begin(&number.to_string()).unwrap();
        card.fail(id, false);
    }
    let last = card.begin("last").unwrap();
    card.record(last, card.push()).unwrap();
    assert_eq!(card.restart(last, "again"), Err(Refusal::TooManyKeys));
}

#[test]
fn a_request_is_found_by_its_attempt() {
    let (mut card, id) = Card::pushed();
    card.restart(id, "again").unwrap();
    let key = |attempt| card.current().request(attempt).map(|request| request.key);
    assert_eq!(key(1), Some(ShortHash::of(b"first")));
    assert_eq!(key(2), Some(ShortHash::of(b"again")));
    assert_eq!((key(0), key(3)), (None, None));
}

#[test]
fn a_short_hash_is_the_same_in_each_form() {
    let hash = ShortHash::of(b"key");
    assert_eq!(hash.to_string(), mastercard::digest::sha256_hex(b"key")[..32]);
    assert_eq!(format!("{hash:?}"), hash.to_string());
    assert_eq!(ShortHash::from_hex(&hash.to_string()), Some(hash));
    assert_eq!(ShortHash::from_bytes(hash.as_bytes()), Some(hash));
    assert_eq!(ShortHash::from_bytes(b"short"), None);
    assert_eq!(ShortHash::from_hex("not hexadecimal, but long enough to be"), None);
}
