//! Invariant of notifications.

use std::collections::BTreeSet;

use super::ensure;
use crate::simulation::history::{History, SentNotification, StoredItem};

/// Invariant 5. The evidence of a notification is a fact of an enrollment, or an entry in the list of applied notifications of a
/// card enrollment.
pub(super) fn count_once(history: &History) -> Result<(), String> {
    for enrollment in history.enrollments() {
        let name = history.name(&enrollment.enrollment_id.to_string());
        let keys: BTreeSet<_> = enrollment.facts.iter().map(|recorded| &recorded.key).collect();
        ensure!(keys.len() == enrollment.facts.len(), "{name} has a fact twice.");
    }
    for notification in &history.notifications {
        let label = &notification.label;
        let applied: BTreeSet<_> =
            history.stored.iter().flat_map(|item| applied_to(item, notification)).collect();
        ensure!(applied.len() <= 1, "{label} was applied to {} enrollments.", applied.len());
        let Some(acknowledged) = notification.acknowledged else { continue };
        let is_evidence =
            |item: &StoredItem| is_entry(item, notification) || !applied_to(item, notification).is_empty();
        let mut writes = history.writes.iter().filter(|write| write.step < acknowledged);
        let is_stored = writes.any(|write| write.item.as_ref().is_some_and(is_evidence));
        ensure!(is_stored, "{label} was acknowledged at step {acknowledged} and not stored.");
        if notification.is_of_a_wallet() {
            ensure!(applied.is_empty(), "{label} of a wallet was applied to an enrollment at Click to Pay.");
            continue;
        }
        ensure!(applied.len() == 1, "{label} was acknowledged and not applied.");
        let mut entries = history.stored.iter().filter(|item| is_entry(item, notification));
        let agrees = entries.all(|entry| applied.contains(entry.text("appliedTo")));
        ensure!(agrees, "The inbox says that {label} was applied to another enrollment.");
    }
    copies_are_recognized(history)
}

/// Ids of the enrollments to which a notification was applied, as far as an item knows.
fn applied_to(item: &StoredItem, notification: &SentNotification) -> Vec<String> {
    let known = item.facts_of_notifications().into_iter().chain(item.applied_notifications());
    known.filter(|(id, _)| *id == notification.hash()).map(|(_, enrollment)| enrollment).collect()
}

/// Whether an item is a notification's entry in the inbox.
fn is_entry(item: &StoredItem, notification: &SentNotification) -> bool {
    item.plain["notification"]["id"] == notification.id.as_str()
}

/// After each step, a card enrollment alone is enough to recognize a copy of what the card's enrollments have learned.
fn copies_are_recognized(history: &History) -> Result<(), String> {
    for (write, past) in history.versions().filter(|(_, item)| item.kind() == "PAST") {
        let card = past.text("sk").trim_start_matches("PAST#").rsplit_once('#').unwrap_or_default().0;
        let mut cards = history.guards().filter(|(guard, item)| {
            guard.step <= write.step
                && guard.pk == write.pk
                && item.text("sk").strip_prefix("CARD#") == Some(card)
        });
        let known = cards.next_back().map(|(_, item)| item.applied_notifications()).unwrap_or_default();
        let name = history.name(past.text("enrollmentId"));
        ensure!(
            past.facts_of_notifications().is_subset(&known),
            "The card enrollment does not know at step {} what {name} has learned.",
            write.step
        );
    }
    Ok(())
}
