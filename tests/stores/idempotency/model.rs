//! The API's rules, in memory: an idempotency key is valid for one request about one card of one client on one route for a day; a card
//! has one live enrollment; a request that crashed holds its card until two seconds after the app's timeout; once another enrollment
//! has taken a card, the earlier one is never restarted; an enrollment has five attempts.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

/// The outcome of a request. Enrollments are numbered in the order of their creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestOutcome {
    Started,
    Replayed(usize, u32),
    KeyReused,
    CardLocked(usize),
    NotRestartable,
    TooManyAttempts,
}

impl RequestOutcome {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Replayed(..) => "replayed",
            Self::KeyReused => "key reused",
            Self::CardLocked(_) => "card locked",
            Self::NotRestartable => "not restartable",
            Self::TooManyAttempts => "too many attempts",
        }
    }
}

/// What a key is valid for: client and card, and for a new attempt the enrollment.
type Route = (u64, u64, Option<usize>);
/// What the request means besides its card.
type Body = u8;
/// Attempts of one enrollment, the first one included.
const MAX_ATTEMPTS: u32 = 5;

#[derive(Clone, Copy, PartialEq)]
enum Push {
    Pending(Timestamp),
    Ready(Timestamp),
    Failed { retryable: bool },
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
    pub(super) fn begin(
        &mut self,
        client: u64,
        key: u8,
        (card, body): (u64, u8),
        now: Timestamp,
    ) -> RequestOutcome {
        let (key, index) = (((client, card, None), key), self.enrollments.len());
        let refused = self.replay(key, body, now).or_else(|| self.card_lock(client, card, now));
        refused.unwrap_or_else(|| {
            self.enrollments.push(Enrollment {
                client,
                card,
                attempt: 0,
                push: Push::Failed { retryable: false },
                key,
            });
            self.start(index, key, body, now)
        })
    }

    pub(super) fn restart(&mut self, index: usize, key: u8, body: u8, now: Timestamp) -> RequestOutcome {
        let Enrollment { client, card, push, attempt, .. } = self.enrollments[index];
        let key = ((client, card, Some(index)), key);
        let restartable = self.holds_its_card(index)
            && match push {
                Push::Ready(expires_at) => now < expires_at,
                Push::Expired => true,
                // A restart that failed for a temporary reason is repeated; a first attempt is a new enrollment instead.
                Push::Failed { retryable } => retryable && attempt > 1,
                Push::Pending(_) => false,
            };
        let refused = self
            .replay(key, body, now)
            .or_else(|| (!self.holds_its_card(index)).then(|| self.card_lock(client, card, now)).flatten())
            .or_else(|| (!restartable).then_some(RequestOutcome::NotRestartable))
            .or_else(|| (attempt >= MAX_ATTEMPTS).then_some(RequestOutcome::TooManyAttempts));
        refused.unwrap_or_else(|| self.start(index, key, body, now))
    }

    /// Whether no later enrollment has taken its card.
    fn holds_its_card(&self, index: usize) -> bool {
        let Enrollment { client, card, .. } = self.enrollments[index];
        self.holders.get(&(client, card)) == Some(&index)
    }

    fn replay(&self, key: (Route, u8), body: Body, now: Timestamp) -> Option<RequestOutcome> {
        let (original, index, attempt, _) =
            self.keys.get(&key).filter(|(.., expires_at)| now < *expires_at)?;
        Some(if *original == body {
            RequestOutcome::Replayed(*index, *attempt)
        } else {
            RequestOutcome::KeyReused
        })
    }

    fn card_lock(&self, client: u64, card: u64, now: Timestamp) -> Option<RequestOutcome> {
        let holder = *self.holders.get(&(client, card))?;
        let live = match self.enrollments[holder].push {
            Push::Pending(started_at) => now <= started_at + SignedDuration::from_secs(12),
            Push::Ready(expires_at) => now < expires_at,
            Push::Failed { .. } | Push::Expired => false,
        };
        live.then_some(RequestOutcome::CardLocked(holder))
    }

    fn start(&mut self, index: usize, key: (Route, u8), body: Body, now: Timestamp) -> RequestOutcome {
        let enrollment = &mut self.enrollments[index];
        enrollment.attempt += 1;
        (enrollment.push, enrollment.key) = (Push::Pending(now), key);
        self.keys.insert(key, (body, index, enrollment.attempt, now + SignedDuration::from_hours(24)));
        self.holders.insert((enrollment.client, enrollment.card), index);
        RequestOutcome::Started
    }

    /// Whether the latest attempt has no outcome yet.
    pub(super) fn is_being_pushed(&self, index: usize) -> bool {
        matches!(self.enrollments[index].push, Push::Pending(_))
    }

    pub(super) fn pushed(&mut self, index: usize, expires_at: Timestamp) {
        self.enrollments[index].push = Push::Ready(expires_at);
    }

    /// A retryable failure frees the attempt's key. If another enrollment has taken the card before it was known, that is so of a
    /// restart's key only, which is looked for in its enrollment; the card remembers those of enrollments that were replaced.
    pub(super) fn failed(&mut self, index: usize, retryable: bool) {
        self.enrollments[index].push = Push::Failed { retryable };
        let key = self.enrollments[index].key;
        let has_key = self.keys.get(&key).is_some_and(|(_, holder, ..)| *holder == index);
        let ((_, _, restarted), _) = key;
        if retryable && has_key && (self.holds_its_card(index) || restarted.is_some()) {
            self.keys.remove(&key);
        }
    }

    pub(super) fn token_list_read(&mut self, index: usize, now: Timestamp) {
        let push = &mut self.enrollments[index].push;
        match *push {
            Push::Ready(expires_at) if now >= expires_at => *push = Push::Expired,
            // Sixteen minutes after the request no receipt is valid, with any outcome of the push.
            Push::Pending(_) | Push::Ready(_) | Push::Failed { .. } | Push::Expired => {}
        }
    }
}
