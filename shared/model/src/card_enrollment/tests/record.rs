use mastercard::processing::TokenAction;

use super::*;

#[test]
fn a_push_keeps_its_redirect_until_it_expires() {
    let (mut card, id) = Card::pushed();
    assert_eq!(card.card().redirect.as_ref().map(|redirect| redirect.attempt), Some(1));
    card.wait(15);
    card.record(id, Fact::TokenListReadFailed.recorded(card.now, "failed")).unwrap();
    assert_eq!(card.card().redirect, None);
}

#[test]
fn a_redirect_lives_to_its_last_second() {
    let (mut card, id) = Card::pushed();
    card.now += SignedDuration::from_secs(15 * 60 - 1);
    card.record(id, Fact::TokenListReadFailed.recorded(card.now, "failed")).unwrap();
    assert!(card.card().redirect.is_some());
}

#[test]
fn a_redirect_that_has_expired_is_not_stored() {
    let (mut card, id) = Card::enrolling();
    let redirect = SealedRedirect { expires_at: card.now, ..card.redirect(1) };
    let facts = [card.push()];
    card.decide(Command::Record { enrollment_id: id, facts: &facts, redirect: Some(&redirect) }).unwrap();
    assert_eq!((card.current().status, &card.card().redirect), (Status::Ready, &None));
}

#[test]
fn of_many_changes_of_a_token_the_last_ones_stay_and_every_removal_and_all_other_facts() {
    let (mut card, id) = Card::pushed();
    card.notify(&[card.notification("tcn", NotificationKind::Tcn)]);
    let token_id = card.current().enrollment.token_id("reference");
    let mut change = |action, listed| {
        card.wait(1);
        let changed = [
            Fact::TokenChangeRequested { action, token_id },
            Fact::TokenChangeConfirmed { action, token_id, listed: Some(listed) },
        ];
        let changed = changed.map(|fact| fact.recorded(card.now, &card.now.to_string()));
        card.decide(Command::Record { enrollment_id: id, facts: &changed, redirect: None }).unwrap();
        card.now
    };
    let removed = change(TokenAction::Remove, TokenState::Deactivated);
    let suspended: Vec<_> =
        (0..MAX_TOKEN_CHANGES + 2).map(|_| change(TokenAction::Suspend, TokenState::Suspended)).collect();
    let times = |is_kind: fn(&Fact) -> bool| {
        let facts = card.current().enrollment.facts.iter().filter(|recorded| is_kind(&recorded.fact));
        facts.map(|recorded| recorded.at).collect::<Vec<_>>()
    };
    let last = &suspended[2..];
    assert_eq!(times(|fact| matches!(fact, Fact::TokenChangeRequested { .. })), last);
    assert_eq!(
        times(|fact| matches!(fact, Fact::TokenChangeConfirmed { .. })),
        [&[removed], last].concat(),
        "a removed token stays removed"
    );
    assert_eq!(times(|fact| matches!(fact, Fact::Pushed { .. } | Fact::Tcn { .. })).len(), 2);
}

#[test]
fn the_redirect_of_an_earlier_attempt_is_not_stored() {
    let (mut card, id) = Card::pushed();
    card.restart(id, "again").unwrap();
    let late = Fact::PushUnknown.recorded(card.now, "");
    let redirect = card.redirect(1);
    card.decide(Command::Record { enrollment_id: id, facts: &[late], redirect: Some(&redirect) }).unwrap();
    assert_eq!(card.card().redirect, None);
}

#[test]
fn a_tar_uses_the_redirect_up() {
    let (mut card, _) = Card::pushed();
    card.notify(&[card.notification("tar", APPROVED)]);
    assert_eq!((card.current().status, &card.card().redirect), (Status::Authorized, &None));
}

#[test]
fn a_fact_that_is_recorded_already_changes_nothing() {
    let (mut card, id) = Card::pushed();
    let before = card.card().clone();
    let again = before.current.enrollment.facts[0].clone();
    assert_eq!(card.record(id, again), Ok(Outcome::Recorded { is_current: true }));
    assert_eq!(*card.card(), before);
}

#[test]
fn a_past_enrollment_records_its_push_without_a_redirect() {
    let (mut card, first) = Card::enrolling();
    card.wait(30);
    card.begin("second").unwrap();
    let before = card.card().clone();
    assert_eq!(card.record(first, card.push()), Ok(Outcome::Recorded { is_current: false }));
    assert_eq!(*card.card(), before);
    assert_eq!(card.items.past[0].enrollment.facts.len(), 1);
    assert_eq!(card.record(first, card.push()), Ok(Outcome::Recorded { is_current: false }), "once");
    assert_eq!(card.items.past[0].revision, 2);
}

#[test]
fn nothing_is_recorded_at_an_enrollment_that_does_not_exist() {
    let (mut card, _) = Card::enrolling();
    let unknown = EnrollmentId::new(start());
    assert_eq!(card.record(unknown, card.push()), Err(Refusal::NotFound));
}

#[test]
fn a_change_of_status_or_of_finality_is_reported_once() {
    let (mut card, id) = Card::enrolling();
    let pending = card.current().clone();
    assert_eq!(pending.status_change(None, card.now), None, "no event for PENDING");
    card.record(id, card.push()).unwrap();
    let ready = card.current().clone();
    let change = ready.status_change(Some(&pending), card.now).unwrap();
    let expected = StatusChange {
        from: Some(Status::Pending),
        to: Status::Ready,
        reason: None,
        is_final: false,
        at: card.now,
        attempt: 1,
    };
    assert_eq!(change, expected);
    assert_eq!(ready.status_change(Some(&ready), card.now), None);
    let last = EnrollmentRecord { due_at: None, ..ready.clone() };
    assert!(last.status_change(Some(&ready), card.now).unwrap().is_final);
    let other = EnrollmentRecord {
        enrollment: Enrollment { enrollment_id: EnrollmentId::new(start()), ..ready.enrollment.clone() },
        ..ready.clone()
    };
    assert_eq!(ready.status_change(Some(&other), card.now).unwrap().from, None, "a takeover's is empty");
}
