//! Applies notifications, each to one enrollment of the card and once.

use jiff::Timestamp;

use super::{
    AppliedNotification, Arrival, CardEnrollment, Change, EnrollmentRecord, Items, NotificationOutcome,
    Outcome, ShortHash,
};
use crate::enrollment::{EnrollmentId, Fact, RecordedFact};

/// Notifications of each kind that an enrollment keeps. Further ones are folded: those that happened last stay.
pub const MAX_NOTIFICATIONS: usize = 8;
/// Notifications that a card enrollment remembers besides the facts of its current enrollment.
pub const MAX_APPLIED: usize = 64;

/// Applies notifications of this card.
pub(super) fn notify(items: &Items, arrivals: &[Arrival], now: Timestamp) -> Change {
    let Some(card) = items.card.clone() else {
        let unmatched = arrivals.iter().map(|_| NotificationOutcome::Unmatched).collect();
        return Change::none(Outcome::Notified(unmatched));
    };
    let mut card_items = CardItems { card, past: items.past.clone(), changed: Vec::new() };
    let outcomes = arrivals.iter().map(|arrival| card_items.apply(arrival)).collect();
    card_items.into_change(outcomes, now)
}

struct CardItems {
    card: CardEnrollment,
    past: Vec<EnrollmentRecord>,
    /// The enrollments that learned something.
    changed: Vec<EnrollmentId>,
}

impl CardItems {
    fn apply(&mut self, arrival: &Arrival) -> NotificationOutcome {
        let Arrival { notification, at } = arrival;
        let id = ShortHash::of(notification.id.as_bytes());
        if let Some(known) = self.enrollment_of(id) {
            self.move_to_first_arrival(id, *at);
            return NotificationOutcome::Duplicate(known);
        }
        let Some(fact) = notification.fact() else { return NotificationOutcome::Unmatched };
        let mut newest_first: Vec<_> = self.records().map(|record| &record.enrollment).collect();
        newest_first.sort_by_key(|enrollment| std::cmp::Reverse(enrollment.enrollment_id));
        let matched = notification.match_enrollment(newest_first.into_iter());
        let Some(matched) = matched.map(|enrollment| enrollment.enrollment_id) else {
            return NotificationOutcome::Unmatched;
        };
        let recorded = fact.recorded(*at, &id.to_string());
        if self.card.is_current(matched) {
            let omitted = self.card.current.add_notification(recorded);
            self.card.applied.extend(omitted);
        } else {
            // Only the card enrollment is read for the next copy, so it remembers what its past enrollments learned.
            self.card.applied.push(AppliedNotification { id, enrollment_id: matched, at: *at });
            for past in self.past.iter_mut().filter(|past| past.enrollment.enrollment_id == matched) {
                past.add_notification(recorded.clone());
            }
        }
        self.changed.push(matched);
        NotificationOutcome::Recorded(matched)
    }

    /// A copy may be applied before the first one, which waits in the inbox if nothing matched it. The earliest arrival counts.
    fn move_to_first_arrival(&mut self, id: ShortHash, at: Timestamp) {
        for record in std::iter::once(&mut self.card.current).chain(&mut self.past) {
            let enrollment_id = record.enrollment.enrollment_id;
            for recorded in &mut record.enrollment.facts {
                if recorded.notification_id() == Some(id) && at < recorded.at {
                    recorded.at = at;
                    self.changed.push(enrollment_id);
                }
            }
        }
    }

    fn records(&self) -> impl Iterator<Item = &EnrollmentRecord> {
        std::iter::once(&self.card.current).chain(&self.past)
    }

    /// The enrollment that a notification was applied to.
    fn enrollment_of(&self, id: ShortHash) -> Option<EnrollmentId> {
        let has_fact = |record: &&EnrollmentRecord| {
            record.enrollment.facts.iter().any(|recorded| recorded.notification_id() == Some(id))
        };
        let remembered = self.card.applied.iter().find(|applied| applied.id == id);
        let recorded = self.records().find(has_fact).map(|record| record.enrollment.enrollment_id);
        recorded.or(remembered.map(|applied| applied.enrollment_id))
    }

    fn into_change(self, outcomes: Vec<NotificationOutcome>, now: Timestamp) -> Change {
        let Self { mut card, mut past, changed } = self;
        let outcome = Outcome::Notified(outcomes);
        if changed.is_empty() {
            return Change::none(outcome);
        }
        past.retain(|record| changed.contains(&record.enrollment.enrollment_id));
        past.iter_mut().for_each(|record| record.update(now));
        card.current.update(now);
        card.applied = newest_applied(card.applied);
        card.drop_unusable_redirect(now);
        Change { outcome, card: Some(card), past }
    }
}

impl EnrollmentRecord {
    /// Adds the fact of a notification. Returns the notifications that are left out in turn.
    fn add_notification(&mut self, recorded: RecordedFact) -> Vec<AppliedNotification> {
        let kind = recorded.fact.kind().to_owned();
        self.enrollment.add_fact(recorded);
        let facts = &self.enrollment.facts;
        let mut order: Vec<_> = (0..facts.len()).filter(|index| facts[*index].fact.kind() == kind).collect();
        order.sort_by_key(|index| facts[*index].fold_order());
        // The first one that reports a usable token stays: without it a removed token would never have been one.
        let first_usable = order.iter().copied().find(|index| facts[*index].fact.shows_token());
        // The last one with a known state stays too: unknown states say nothing about it.
        let last_known = order.iter().copied().rfind(|index| !facts[*index].fact.has_unknown_token_state());
        let stays = [first_usable, last_known];
        let mut omitted: Vec<_> =
            order.iter().copied().filter(|index| !stays.contains(&Some(*index))).collect();
        omitted.truncate(order.len().saturating_sub(MAX_NOTIFICATIONS));
        omitted.sort_unstable();
        let enrollment_id = self.enrollment.enrollment_id;
        let removed = omitted.iter().rev().map(|index| self.enrollment.facts.remove(*index));
        let removed: Vec<_> = removed
            .filter_map(|fact| {
                Some(AppliedNotification { id: fact.notification_id()?, enrollment_id, at: fact.at })
            })
            .collect();
        self.omitted_notifications =
            self.omitted_notifications.saturating_add(u32::try_from(removed.len()).unwrap_or(u32::MAX));
        removed
    }
}

impl RecordedFact {
    /// Hash of the id of the notification that reported it; `None` for facts that no notification reports.
    pub fn notification_id(&self) -> Option<ShortHash> {
        match self.fact {
            Fact::Tar { .. } | Fact::Tcn { .. } | Fact::Tvn { .. } => {
                ShortHash::from_hex(self.key.split_once(':')?.1)
            }
            _ => None,
        }
    }
}

/// The last [`MAX_APPLIED`] of them.
pub(super) fn newest_applied(mut applied: Vec<AppliedNotification>) -> Vec<AppliedNotification> {
    applied.sort_by_key(|applied| applied.at);
    applied.split_off(applied.len().saturating_sub(MAX_APPLIED))
}
