//! The state of a scenario: the table, the running requests, and what Mastercard has seen.

use std::{
    collections::BTreeSet,
    hash::{Hash, Hasher},
};

use model::{
    card_enrollment::{Change, Items},
    enrollment::{EnrollmentId, Fact},
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
    /// Changes of tokens that Mastercard has made.
    pub(crate) changed: BTreeSet<usize>,
    /// Changes of tokens that the cardholder got an answer for.
    pub(crate) answered: BTreeSet<usize>,
    pub(crate) reads_left: u8,
    pub(crate) faults_left: u8,
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            now,
            table,
            actors,
            pushes,
            acknowledged,
            inbox,
            listed,
            changed,
            answered,
            reads_left,
            faults_left,
        } = self;
        (now, acknowledged, inbox, listed, changed, answered, reads_left, faults_left).hash(state);
        table.iter().for_each(|items| hash_items(items, state));
        pushes.iter().for_each(|push| (push.enrollment, push.is_held_by_another).hash(state));
        for actor in actors {
            let (stage, times, seen) = actor.progress();
            (stage, times).hash(state);
            seen.iter().for_each(|items| hash_items(items, state));
        }
    }
}

/// What distinguishes two versions of the items in these scenarios.
fn hash_items<H: Hasher>(items: &Items, state: &mut H) {
    if let Some(card) = &items.card {
        (card.past, card.used_keys.len()).hash(state);
        card.applied.iter().for_each(|applied| (applied.id, applied.enrollment_id).hash(state));
    }
    for record in items.card.iter().map(|card| &card.current).chain(&items.past) {
        (record.enrollment.enrollment_id, record.revision, record.due_at).hash(state);
        record.requests.iter().for_each(|request| request.state.hash(state));
        for recorded in &record.enrollment.facts {
            let token = match &recorded.fact {
                Fact::TokenList { token } => token.is_some(),
                _ => false,
            };
            (&recorded.key, recorded.at, token).hash(state);
        }
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
