//! The API's rules, in memory: an idempotency key is valid for one request of one client on one route for a day; a card has one
//! live enrollment; a request that crashed holds its card until the app's timeout and two seconds.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

/// The answer to a request. Enrollments are numbered in the order of their creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Started,
    Before(usize, u32),
    KeyReused,
    Busy(usize),
    NotRestartable,
}

impl Answer {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Before(..) => "before",
            Self::KeyReused => "key reused",
            Self::Busy(_) => "busy",
            Self::NotRestartable => "not restartable",
        }
    }
}

/// `(client, none)` for new enrollments, `(client, number)` for new attempts of one.
type Route = (u64, Option<usize>);
/// What the request means: its card, if it names one, and the rest.
type Body = (Option<u64>, u8);

#[derive(Clone, Copy, PartialEq)]
enum Push {
    Pending(Timestamp),
    Ready(Timestamp),
    Failed,
    Expired,
}

struct Enrollment {
    client: u64,
    card: u64,
    attempt: u32,
    push: Push,
    key: (Route, u8),
}

#[derive(Default)]
pub(super) struct Model {
    enrollments: Vec<Enrollment>,
    keys: HashMap<(Route, u8), (Body, usize, u32, Timestamp)>,
    holders: HashMap<(u64, u64), usize>,
}

impl Model {
    pub(super) fn begin(&mut self, client: u64, key: u8, (card, body): (u64, u8), now: Timestamp) -> Answer {
        let (key, which) = (((client, None), key), self.enrollments.len());
        let refused =
            self.known(key, (Some(card), body), now).or_else(|| self.busy(client, card, which, now));
        refused.unwrap_or_else(|| {
            self.enrollments.push(Enrollment { client, card, attempt: 0, push: Push::Failed, key });
            self.start(which, key, (Some(card), body), now)
        })
    }

    pub(super) fn restart(&mut self, which: usize, key: u8, body: u8, now: Timestamp) -> Answer {
        let Enrollment { client, card, push, .. } = self.enrollments[which];
        let key = ((client, Some(which)), key);
        let restartable = matches!(push, Push::Ready(until) if now < until) || push == Push::Expired;
        let refused = self
            .known(key, (None, body), now)
            .or_else(|| (!restartable).then_some(Answer::NotRestartable))
            .or_else(|| self.busy(client, card, which, now));
        refused.unwrap_or_else(|| self.start(which, key, (None, body), now))
    }

    fn known(&self, key: (Route, u8), body: Body, now: Timestamp) -> Option<Answer> {
        let (before, which, attempt, _) = self.keys.get(&key).filter(|(.., until)| now < *until)?;
        Some(if *before == body { Answer::Before(*which, *attempt) } else { Answer::KeyReused })
    }

    fn busy(&self, client: u64, card: u64, which: usize, now: Timestamp) -> Option<Answer> {
        let holder = *self.holders.get(&(client, card)).filter(|holder| **holder != which)?;
        let live = match self.enrollments[holder].push {
            Push::Pending(started_at) => now <= started_at + SignedDuration::from_secs(12),
            Push::Ready(until) => now < until,
            Push::Failed | Push::Expired => false,
        };
        live.then_some(Answer::Busy(holder))
    }

    fn start(&mut self, which: usize, key: (Route, u8), body: Body, now: Timestamp) -> Answer {
        let enrollment = &mut self.enrollments[which];
        enrollment.attempt += 1;
        (enrollment.push, enrollment.key) = (Push::Pending(now), key);
        self.keys.insert(key, (body, which, enrollment.attempt, now + SignedDuration::from_hours(24)));
        self.holders.insert((enrollment.client, enrollment.card), which);
        Answer::Started
    }

    /// Whether the latest attempt has no outcome yet.
    pub(super) fn is_being_pushed(&self, which: usize) -> bool {
        matches!(self.enrollments[which].push, Push::Pending(_))
    }

    pub(super) fn pushed(&mut self, which: usize, until: Timestamp) {
        self.enrollments[which].push = Push::Ready(until);
    }

    /// A retryable failure releases the key, unless another enrollment has it.
    pub(super) fn failed(&mut self, which: usize, passing: bool) {
        self.enrollments[which].push = Push::Failed;
        let key = self.enrollments[which].key;
        if passing && self.keys.get(&key).is_some_and(|(_, holder, ..)| *holder == which) {
            self.keys.remove(&key);
        }
    }

    pub(super) fn token_list_read(&mut self, which: usize, now: Timestamp) {
        let push = &mut self.enrollments[which].push;
        match *push {
            Push::Ready(until) if now >= until => *push = Push::Expired,
            // Sixteen minutes after the request no receipt is valid, whatever the outcome of the push.
            Push::Pending(_) | Push::Ready(_) | Push::Failed | Push::Expired => {}
        }
    }
}
