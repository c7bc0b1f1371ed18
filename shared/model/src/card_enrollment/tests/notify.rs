use super::*;

#[test]
fn notifications_of_one_delivery_are_one_write() {
    let (mut card, id) = Card::pushed();
    let before = card.current().revision;
    let both = [card.notification("tar", APPROVED), card.notification("tcn", NotificationKind::Tcn)];
    assert_eq!(card.notify(&both), [NotificationOutcome::Recorded(id); 2]);
    assert_eq!((card.current().status, card.current().revision), (Status::Tokenized, before + 1));
}

#[test]
fn a_copy_changes_nothing() {
    let (mut card, id) = Card::pushed();
    let tcn = card.notification("tcn", NotificationKind::Tcn);
    assert_eq!(
        card.notify(&[tcn.clone(), tcn.clone()]),
        [NotificationOutcome::Recorded(id), NotificationOutcome::Duplicate(id)]
    );
    let before = card.card().clone();
    assert_eq!(card.notify(&[tcn]), [NotificationOutcome::Duplicate(id)]);
    assert_eq!(*card.card(), before);
}

#[test]
fn a_notification_without_an_enrollment_is_unmatched() {
    let mut nobody = Card::new();
    assert_eq!(
        nobody.notify(&[nobody.notification("tcn", NotificationKind::Tcn)]),
        [NotificationOutcome::Unmatched]
    );
    let (mut card, _) = Card::pushed();
    let foreign =
        Notification { client_id: Some(40001.into()), ..card.notification("tcn", NotificationKind::Tcn) };
    let unknown = card.notification("other", NotificationKind::Other { name: "NEWS".into() });
    assert_eq!(card.notify(&[foreign, unknown]), [NotificationOutcome::Unmatched; 2]);
}

#[test]
fn a_copy_for_an_earlier_enrollment_does_not_enable_the_later_one() {
    let (mut card, first) = Card::pushed();
    let tcn = card.notification("tcn", NotificationKind::Tcn);
    card.notify(std::slice::from_ref(&tcn));
    card.settle(first);
    let second = card.begin("second").unwrap();
    card.items.past.clear(); // as the store reads it
    assert_eq!(card.notify(&[tcn]), [NotificationOutcome::Duplicate(first)]);
    assert_eq!(card.current().enrollment.enrollment_id, second);
    assert!(card.current().enrollment.facts.is_empty());
}

#[test]
fn a_past_enrollment_learns_what_happened_before_the_takeover() {
    let (mut card, first) = Card::pushed();
    let tcn = Notification {
        token_unique_reference: Some("token".into()),
        ..card.notification("tcn", NotificationKind::Tcn)
    };
    card.notify(&[tcn]);
    card.settle(first);
    card.begin("second").unwrap();
    let removed = Notification {
        token_unique_reference: Some("token".into()),
        ..card.notification("tvn", tvn(TokenState::Deactivated))
    };
    let revision = card.current().revision;
    assert_eq!(card.notify(std::slice::from_ref(&removed)), [NotificationOutcome::Recorded(first)]);
    assert_eq!(card.items.past[0].enrollment.facts.len(), 4);
    assert_eq!(card.current().revision, revision + 1, "the card remembers the copy");
    assert_eq!(card.notify(&[removed]), [NotificationOutcome::Duplicate(first)]);
}

#[test]
fn many_notifications_of_a_kind_are_folded_and_counted() {
    let (mut card, id) = Card::pushed();
    let all: Vec<_> = (0..20)
        .map(|number| {
            card.wait(1);
            card.notification(&format!("tvn {number}"), tvn(TokenState::Suspended))
        })
        .collect();
    card.notify(&all);
    let record = card.current();
    let tvns: Vec<_> = record.enrollment.facts.iter().filter(|fact| fact.fact.kind() == "tvn").collect();
    assert_eq!(tvns.len(), MAX_NOTIFICATIONS);
    assert_eq!(tvns[0].fact.occurred_at(), Some(all[0].occurred_at), "the first usable token stays");
    assert_eq!(tvns[1].fact.occurred_at(), Some(all[13].occurred_at), "and the last ones");
    assert_eq!(record.omitted_notifications, 12);
    assert_eq!(card.notify(&all), vec![NotificationOutcome::Duplicate(id); 20], "also those left out");
}

#[test]
fn the_last_64_are_remembered() {
    let (mut card, id) = Card::pushed();
    for number in 0..100 {
        card.wait(1);
        card.notify(&[card.notification(&format!("tvn {number}"), tvn(TokenState::Suspended))]);
    }
    assert_eq!(card.card().applied.len(), MAX_APPLIED);
    let last = card.notification("tvn 90", tvn(TokenState::Suspended));
    assert_eq!(card.notify(&[last]), [NotificationOutcome::Duplicate(id)]);
}
