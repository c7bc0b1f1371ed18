//! The changes of one token that its cardholder or the bank's staff requested within a day: one at a time, and each once for its
//! idempotency key.

use jiff::{SignedDuration, Timestamp};
use mastercard::processing::TokenAction;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{card_enrollment::KEY_RETENTION, short_hash::ShortHash};

/// Changes of one token within [`KEY_RETENTION`].
pub const MAX_CHANGES: usize = 32;
/// After this time a request that never ended has been interrupted, and another one may run. Longer than any request.
const RUN_TIME: SignedDuration = SignedDuration::from_secs(30);

/// What is done to a token: by its cardholder, or by the bank's staff, who also move it to another card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenOperation {
    /// Suspends it.
    Suspend,
    /// Lifts the bank's suspension.
    Resume,
    /// Deactivates it for good.
    Remove,
    /// Moves it to another card.
    Relink,
}

impl From<TokenAction> for TokenOperation {
    fn from(action: TokenAction) -> Self {
        match action {
            TokenAction::Suspend => Self::Suspend,
            TokenAction::Resume => Self::Resume,
            TokenAction::Remove => Self::Remove,
        }
    }
}

/// How a change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenChangeOutcome {
    /// The token was changed.
    Changed,
    /// It had the state already; nothing was sent.
    Unchanged,
    /// The bank's suspension is lifted, and somebody else's remains.
    StillSuspended,
}

/// The request with one idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestedChange {
    /// Hash of the key.
    pub key: ShortHash,
    /// What was requested.
    pub action: TokenOperation,
    /// When it was first requested.
    pub requested_at: Timestamp,
    /// The run that holds the token, with the time at which it began. `None` once it ended.
    pub run: Option<Run>,
    /// How it ended; `None` if it is running, was interrupted, or Mastercard's answer was lost.
    pub outcome: Option<TokenChangeOutcome>,
}

/// One execution of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Random; recognizes its own write.
    pub id: Uuid,
    /// When it began.
    pub began_at: Timestamp,
}

/// The changes of one token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenChanges {
    /// The requests, oldest first.
    pub requests: Vec<RequestedChange>,
    /// When the last run ended.
    pub ended_at: Option<Timestamp>,
    /// The number of writes; 0 if nothing is stored.
    pub revision: i64,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// With an outcome, which a repetition of the request gets.
    Ended(TokenChangeOutcome),
    /// Without one: Mastercard's answer was lost. A repetition runs again.
    Unknown,
    /// Nothing was changed: it was not sent, or Mastercard refused it. The key is free.
    NotChanged,
}

/// Why a run does not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenChangeRefusal {
    /// The same request ended before with this outcome.
    Replayed(TokenChangeOutcome),
    /// The key was used for another action on this token.
    IdempotencyKeyReused,
    /// A change of this token is running.
    Running,
    /// [`MAX_CHANGES`] changes were requested within a day.
    TooManyChanges,
}

impl TokenChanges {
    /// Starts a run. Returns the changes to write, and whether the request was sent before and its outcome is not known.
    ///
    /// # Errors
    /// The reason for which it does not start.
    pub fn start(
        &self,
        key: ShortHash,
        action: impl Into<TokenOperation>,
        run: Run,
    ) -> Result<(Self, bool), TokenChangeRefusal> {
        let action = action.into();
        let now = run.began_at;
        let mut next = self.clone();
        next.requests.retain(|request| now.duration_since(request.requested_at) < KEY_RETENTION);
        if next.requests.iter().any(|request| request.run.is_some_and(|known| known.id == run.id)) {
            // The answer of this run's own write was lost.
            return Ok((self.clone(), self.is_repetition(key, run)));
        }
        let known = next.requests.iter().position(|request| request.key == key);
        let known_request = known.and_then(|index| next.requests.get(index));
        match known_request {
            Some(request) if request.action != action => {
                return Err(TokenChangeRefusal::IdempotencyKeyReused);
            }
            Some(RequestedChange { outcome: Some(outcome), .. }) => {
                return Err(TokenChangeRefusal::Replayed(*outcome));
            }
            _ => {}
        }
        if next.requests.iter().any(|request| request.is_running(now)) {
            return Err(TokenChangeRefusal::Running);
        }
        let is_full = next.requests.len() >= MAX_CHANGES;
        match known.and_then(|index| next.requests.get_mut(index)) {
            Some(request) => request.run = Some(run),
            None if is_full => return Err(TokenChangeRefusal::TooManyChanges),
            None => next.requests.push(RequestedChange {
                key,
                action,
                requested_at: now,
                run: Some(run),
                outcome: None,
            }),
        }
        next.revision = self.revision.saturating_add(1);
        let is_repetition = next.is_repetition(key, run);
        Ok((next, is_repetition))
    }

    /// Ends a run. `None` if another run has taken its place meanwhile.
    pub fn end(&self, run: Run, end: RunEnd, now: Timestamp) -> Option<Self> {
        let mut next = self.clone();
        let is_run = |request: &RequestedChange| request.run.is_some_and(|known| known.id == run.id);
        let index = next.requests.iter().position(is_run)?;
        let request = next.requests.get_mut(index)?;
        request.run = None;
        match end {
            RunEnd::Ended(outcome) => request.outcome = Some(outcome),
            RunEnd::Unknown => {}
            RunEnd::NotChanged => {
                next.requests.remove(index);
            }
        }
        next.ended_at = Some(now);
        next.revision = self.revision.saturating_add(1);
        Some(next)
    }

    /// Whether this change was requested with this key within a day.
    pub fn is_known(&self, key: ShortHash, action: impl Into<TokenOperation>, now: Timestamp) -> bool {
        let action = action.into();
        self.requests.iter().any(|request| {
            request.key == key
                && request.action == action
                && now.duration_since(request.requested_at) < KEY_RETENTION
        })
    }

    /// Whether the request of this run was first requested before the run.
    fn is_repetition(&self, key: ShortHash, run: Run) -> bool {
        self.requests.iter().any(|request| request.key == key && request.requested_at < run.began_at)
    }
}

impl RequestedChange {
    fn is_running(&self, now: Timestamp) -> bool {
        self.run.is_some_and(|run| now.duration_since(run.began_at) < RUN_TIME)
    }
}

#[cfg(test)]
mod tests {
    use TokenAction::{Remove, Suspend};
    use TokenChangeOutcome::Changed;

    use super::*;

    fn run(id: u128, second: i64) -> Run {
        Run { id: Uuid::from_u128(id), began_at: Timestamp::from_second(second).unwrap() }
    }

    fn key(number: u8) -> ShortHash {
        ShortHash::of(&[number])
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_double_tap_runs_once_and_its_repetition_gets_the_outcome() {
        let (running, is_repetition) = TokenChanges::default().start(key(1), Suspend, run(1, 0)).unwrap();
        assert!(!is_repetition);
        assert_eq!(running.start(key(1), Suspend, run(2, 1)), Err(TokenChangeRefusal::Running));
        let ended = running.end(run(1, 0), RunEnd::Ended(Changed), at(2)).unwrap();
        assert_eq!(ended.start(key(1), Suspend, run(2, 3)), Err(TokenChangeRefusal::Replayed(Changed)));
        assert!(ended.is_known(key(1), Suspend, at(3)));
        assert_eq!((ended.revision, ended.ended_at), (2, Some(at(2))));
    }

    #[test]
    fn two_devices_change_a_token_one_after_the_other() {
        let (running, _) = TokenChanges::default().start(key(1), Suspend, run(1, 0)).unwrap();
        assert_eq!(running.start(key(2), Remove, run(2, 0)), Err(TokenChangeRefusal::Running));
        let ended = running.end(run(1, 0), RunEnd::Ended(Changed), at(1)).unwrap();
        assert!(ended.start(key(2), Remove, run(2, 1)).is_ok());
    }

    #[test]
    fn a_key_is_for_one_action_on_a_token_for_a_day() {
        let (running, _) = TokenChanges::default().start(key(1), Suspend, run(1, 0)).unwrap();
        let ended = running.end(run(1, 0), RunEnd::Ended(Changed), at(1)).unwrap();
        assert_eq!(ended.start(key(1), Remove, run(2, 2)), Err(TokenChangeRefusal::IdempotencyKeyReused));
        assert!(ended.start(key(1), Remove, run(2, 24 * 3600)).is_ok());
    }

    #[test]
    fn a_repetition_after_a_lost_answer_or_a_crash_runs_again_and_knows_it() {
        let (running, _) = TokenChanges::default().start(key(1), Suspend, run(1, 0)).unwrap();
        let unknown = running.end(run(1, 0), RunEnd::Unknown, at(9)).unwrap();
        assert!(unknown.start(key(1), Suspend, run(2, 10)).unwrap().1);
        assert!(running.start(key(1), Suspend, run(2, 30)).unwrap().1, "the first run crashed");
        let not_changed = running.end(run(1, 0), RunEnd::NotChanged, at(9)).unwrap();
        assert!(!not_changed.start(key(1), Suspend, run(2, 10)).unwrap().1);
    }

    #[test]
    fn a_run_that_took_too_long_does_not_end_the_one_that_took_its_place() {
        let (running, _) = TokenChanges::default().start(key(1), Suspend, run(1, 0)).unwrap();
        let (second, _) = running.start(key(2), Remove, run(2, 30)).unwrap();
        let (taken_over, _) = second.start(key(1), Suspend, run(3, 60)).unwrap();
        assert_eq!(taken_over.end(run(1, 0), RunEnd::Ended(Changed), at(61)), None);
    }

    #[test]
    fn the_answer_of_its_own_write_may_be_lost() {
        let (running, _) = TokenChanges::default().start(key(1), Suspend, run(1, 0)).unwrap();
        assert_eq!(running.start(key(1), Suspend, run(1, 0)), Ok((running.clone(), false)));
    }

    #[test]
    fn a_token_can_be_changed_thirty_two_times_a_day() {
        let mut changes = TokenChanges::default();
        for number in 0..32 {
            let run = run(u128::from(number) + 1, i64::from(number));
            let (running, _) = changes.start(key(number), Suspend, run).unwrap();
            changes = running.end(run, RunEnd::Ended(Changed), run.began_at).unwrap();
        }
        assert_eq!(changes.start(key(32), Suspend, run(33, 33)), Err(TokenChangeRefusal::TooManyChanges));
        assert!(changes.start(key(32), Suspend, run(33, 24 * 3600 + 33)).is_ok());
    }
}
