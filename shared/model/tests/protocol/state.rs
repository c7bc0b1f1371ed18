//! The state of a scenario: the table, the running requests, and what Mastercard has seen.

use std::{
    collections::BTreeSet,
    hash::{Hash, Hasher},
};

use model::{
    card_enrollment::{Change, Items},
    enrollment::EnrollmentId,
};

use crate::actor::Actor;

/// A push at Token Connect.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Push {
    pub(crate) place: usize,
    pub(crate) key: u8,
    pub(crate) enrollment: EnrollmentId,
    /// Whether another live enrollment held the card at that moment.
    pub(crate) is_held_by_another: bool,
}

/// Everything that distinguishes two moments of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// Index of the time.
    pub(crate) now: usize,
    /// The items of each place.
    pub(crate) table: Vec<Items>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) pushes: Vec<Push>,
    /// Messages that were acknowledged.
    pub(crate) acknowledged: BTreeSet<usize>,
    /// Messages that matched nothing and are kept.
    pub(crate) inbox: BTreeSet<usize>,
    /// Places whose token list showed an active token.
    pub(crate) listed: BTreeSet<usize>,
    pub(crate) reads_left: u8,
    pub(crate) faults_left: u8,
}

impl Hash for State {
    /// The items hold values that have no hash of their own; their debug form names every field.
    fn hash<H: Hasher>(&self, state: &mut H) {
        format!("{self:?}").hash(state);
    }
}

impl State {
    /// Writes a change if every item that it writes still has the revision before. Returns whether it was written.
    pub(crate) fn write(&mut self, place: usize, change: &Change) -> bool {
        let items = &self.table[place];
        let stored = |id| items.past.iter().find(|past| past.enrollment.enrollment_id == id);
        let card_matches = change.card.as_ref().is_none_or(|card| {
            items.card.as_ref().map_or(0, |stored| stored.current.revision) == card.current.revision - 1
        });
        let past_matches = change.past.iter().all(|past| {
            stored(past.enrollment.enrollment_id).map_or(0, |stored| stored.revision) == past.revision - 1
        });
        if card_matches && past_matches {
            self.put(place, change);
        }
        card_matches && past_matches
    }

    /// Writes a change without a condition.
    pub(crate) fn put(&mut self, place: usize, change: &Change) {
        let items = &mut self.table[place];
        for past in &change.past {
            let id = past.enrollment.enrollment_id;
            items.past.retain(|known| known.enrollment.enrollment_id != id);
            items.past.push(past.clone());
            items.past.sort_by_key(|past| past.enrollment.enrollment_id);
        }
        if let Some(card) = &change.card {
            items.card = Some(card.clone());
        }
    }
}
