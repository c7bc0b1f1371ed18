//! Receives notifications: each is stored before it is acknowledged, and applied once. For a notification that names client,
//! card and requestor, the write that applies it is the write that stores it.

use futures_util::future::join_all;
use jiff::Timestamp;
use model::{
    card_enrollment::{Arrival, Command, NotificationOutcome, Outcome},
    notification::Notification,
};

use super::{super::StoreError, Enrollments, InboxEntry, Versioned, item::Place, write::Executed};

/// Up to so many cards of one delivery are read and written one after the other, by one connection.
const SEQUENTIAL: usize = 16;
/// Of more cards, so many are processed at the same time: a hundred one after the other would take longer than the 1.5 seconds in
/// which Mastercard expects the response.
const CONCURRENT: usize = 8;

/// Why a notification was not received completely.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It is not stored: the sender has to send it again.
    #[error("the notification was not stored")]
    NotStored(#[source] StoreError),
    /// It is stored and will be applied by reconciliation.
    #[error("the notification is stored and not applied yet")]
    NotApplied(#[source] StoreError),
}

impl Enrollments {
    /// Receives the notifications of one delivery, and returns the outcome of each in order. Those of one card at one requestor
    /// are one read and one write.
    pub async fn receive(
        &self,
        notifications: &[Notification],
        now: Timestamp,
    ) -> Vec<Result<NotificationOutcome, ReceiveError>> {
        let mut outcomes: Vec<_> = notifications.iter().map(|_| None).collect();
        let mut places: Vec<(Place, Vec<usize>)> = Vec::new();
        for (index, place) in notifications.iter().map(place_of).enumerate() {
            let Some(place) = place else { continue };
            match places.iter_mut().find(|(known, _)| *known == place) {
                Some((_, indexes)) => indexes.push(index),
                None => places.push((place, vec![index])),
            }
        }
        for places in places.chunks(concurrency(places.len())) {
            let applied = places.iter().map(|(place, indexes)| {
                let of_place = indexes.iter().filter_map(|index| notifications.get(*index));
                let arrivals = of_place.map(|it| Arrival { notification: it.clone(), at: now }).collect();
                self.notify(place, arrivals, now)
            });
            for ((_, indexes), applied) in places.iter().zip(join_all(applied).await) {
                // What fails here is stored in the inbox below.
                for (index, outcome) in indexes.iter().zip(applied.unwrap_or_default()) {
                    if let (Some(known), true) =
                        (outcomes.get_mut(*index), outcome != NotificationOutcome::Unmatched)
                    {
                        *known = Some(Ok(outcome));
                    }
                }
            }
        }
        let left = outcomes.iter().zip(notifications).filter(|(outcome, _)| outcome.is_none());
        let left: Vec<_> = left.map(|(_, notification)| notification).collect();
        let mut by_inbox = Vec::with_capacity(left.len());
        for left in left.chunks(concurrency(left.len())) {
            by_inbox.extend(
                join_all(left.iter().map(|notification| self.receive_by_inbox(notification, now))).await,
            );
        }
        let mut by_inbox = by_inbox.into_iter();
        outcomes.into_iter().filter_map(|outcome| outcome.or_else(|| by_inbox.next())).collect()
    }

    /// Applies notifications of one card.
    async fn notify(
        &self,
        place: &Place,
        arrivals: Vec<Arrival>,
        now: Timestamp,
    ) -> Result<Vec<NotificationOutcome>, StoreError> {
        let items = self.items_of(place).await?;
        let executed = self.execute(place, items, Command::Notify(&arrivals), now).await?;
        Ok(executed.map(notified).unwrap_or_default())
    }

    /// Receives a notification that does not name its card completely, that matches nothing, or that could not be applied.
    async fn receive_by_inbox(
        &self,
        notification: &Notification,
        now: Timestamp,
    ) -> Result<NotificationOutcome, ReceiveError> {
        let entry = InboxEntry::new(notification, now);
        if place_of(notification).is_none()
            && let Ok(Some(outcome)) = self.apply_matched(&entry, false, now).await
            && outcome != NotificationOutcome::Unmatched
        {
            return Ok(outcome);
        }
        let entry = self.store_notification(notification, now).await.map_err(ReceiveError::NotStored)?;
        self.apply(entry, now).await.map_err(ReceiveError::NotApplied)
    }

    /// Records the fact of a stored notification at the enrollment that it matches. Repeating it changes nothing.
    pub async fn apply(&self, entry: InboxEntry, now: Timestamp) -> Result<NotificationOutcome, StoreError> {
        if let Some(id) = entry.applied_to {
            return Ok(NotificationOutcome::Duplicate(id));
        }
        match self.apply_matched(&entry, true, now).await? {
            Some(outcome @ NotificationOutcome::Recorded(_)) => Ok(outcome),
            Some(outcome) => {
                self.store_outcome(entry, outcome.enrollment_id(), now).await?;
                Ok(outcome)
            }
            // Another instance has just applied it.
            None => {
                let stored = self.notification(&entry.notification.id).await?;
                let applied = stored.and_then(|stored| stored.applied_to);
                Ok(applied.map_or(NotificationOutcome::Unmatched, NotificationOutcome::Duplicate))
            }
        }
    }

    /// Applies a notification together with its entry in the inbox, which is stored already or new. `None` if somebody else has
    /// just stored or applied it.
    async fn apply_matched(
        &self,
        entry: &InboxEntry,
        is_stored: bool,
        now: Timestamp,
    ) -> Result<Option<NotificationOutcome>, StoreError> {
        let Some(matched) = self.match_enrollment(&entry.notification).await? else {
            return Ok(Some(NotificationOutcome::Unmatched));
        };
        let place = Place::of(matched.enrollment());
        let items = self.items_of(&place).await?;
        let arrivals = [entry.arrival()];
        let companion = |outcome: &Outcome| {
            let applied_to = only_outcome(outcome).enrollment_id();
            let applied_to = applied_to.unwrap_or_else(|| matched.enrollment().enrollment_id);
            self.applied_put(entry, applied_to, is_stored)
        };
        let command = Command::Notify(&arrivals);
        let executed = self.execute_with(&place, items, command, Some(&companion), now).await?;
        Ok(executed.map(|executed| {
            executed.map_or(NotificationOutcome::Unmatched, |executed| only_outcome(&executed.outcome))
        }))
    }

    /// The enrollment that a notification matches.
    async fn match_enrollment(&self, notification: &Notification) -> Result<Option<Versioned>, StoreError> {
        let (Some(card), Some(_)) = (notification.card_contract_id, notification.fact()) else {
            return Ok(None);
        };
        let mut candidates = match notification.client_id {
            Some(client) => self.of_client_and_card(client, Some(card)).await?,
            None => self.confirmed(card).await?,
        };
        let enrollments = candidates.iter().map(Versioned::enrollment);
        let matched = notification.match_enrollment(enrollments).map(|enrollment| enrollment.enrollment_id);
        candidates.retain(|candidate| Some(candidate.enrollment().enrollment_id) == matched);
        Ok(candidates.pop())
    }
}

/// How many of `count` cards are processed at the same time.
fn concurrency(count: usize) -> usize {
    if count > SEQUENTIAL { CONCURRENT } else { 1 }
}

/// The card that a notification names completely and tells something about.
fn place_of(notification: &Notification) -> Option<Place> {
    notification.fact()?;
    Some(Place {
        client: notification.client_id?,
        card: notification.card_contract_id?,
        requestor: notification.token_requestor_id.clone()?,
    })
}

/// The outcome of a single notification.
fn only_outcome(outcome: &Outcome) -> NotificationOutcome {
    match outcome {
        Outcome::Notified(outcomes) => outcomes.first().copied().unwrap_or(NotificationOutcome::Unmatched),
        Outcome::Started | Outcome::Recorded { .. } => NotificationOutcome::Unmatched,
    }
}

fn notified(executed: Executed) -> Vec<NotificationOutcome> {
    match executed.outcome {
        Outcome::Notified(outcomes) => outcomes,
        Outcome::Started | Outcome::Recorded { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_cards_of_a_delivery_are_processed_beside_each_other() {
        assert_eq!([1, SEQUENTIAL, SEQUENTIAL + 1].map(concurrency), [1, 1, CONCURRENT]);
    }
}
