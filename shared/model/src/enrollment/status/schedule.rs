//! When the token list is to be read next.

use jiff::{SignedDuration, Timestamp};

use super::{super::CardholderDecision, evidence::CurrentToken, plus, summary::FactSummary};

/// When the list is read, counted from the time at which no receipt of the attempt can be valid any more, whatever their
/// validity: a push then does not move the time of the next check, which would cost two write units. After the last read the
/// enrollment is final.
const READ_SCHEDULE: [SignedDuration; 5] = [
    SignedDuration::ZERO,
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
];

/// The pause after each consecutive failure to read the list; after the last failure no further read is made.
const RETRY_SCHEDULE: [SignedDuration; 7] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
];

impl FactSummary<'_> {
    /// When the list is to be read next; `None` if no further read is due.
    pub(super) fn next_check(&self) -> Option<Timestamp> {
        if self.push_failed.is_some() && !self.may_be_pushed {
            return None;
        }
        let immediate = [
            self.unverified_callback(),
            self.contradiction(),
            self.unknown_token_state(),
            self.unverified_change(),
        ];
        let mut immediate = immediate.into_iter().flatten().peekable();
        match immediate.peek() {
            Some(_) => immediate.filter_map(|due| self.retried(due)).min(),
            None => self.next_scheduled().and_then(|due| self.retried(due)),
        }
    }

    /// When a read that was due at `due` is to be made: later after each failure since then, and no more after the last one.
    /// Failures from before it was due, such as those of an earlier attempt, do not count.
    fn retried(&self, due: Timestamp) -> Option<Timestamp> {
        let failures = self.failed_reads.iter().filter(|at| **at >= due);
        let Some(last) = failures.clone().max() else { return Some(due) };
        let wait = RETRY_SCHEDULE.get(failures.count().saturating_sub(1))?;
        Some(plus(*last, *wait))
    }

    /// When the list is to be read next if no evidence asks for it at once, without regard to failures.
    fn next_scheduled(&self) -> Option<Timestamp> {
        match self.token() {
            CurrentToken::Active | CurrentToken::Suspended if self.is_settled() => None,
            CurrentToken::Removed if self.is_settled() || self.decision.is_some() => None,
            CurrentToken::Removed if self.read_since(self.receipts_end) => None,
            // Of several decisions a later one may have been the approval.
            CurrentToken::None if self.declined && !self.approved => None,
            // A refused restart pushed nothing, but receipts of the attempt before it may have been used.
            CurrentToken::None
                if self.push_failed.is_some()
                    && self.expires_at.is_none()
                    && self.read_since(self.receipts_end) =>
            {
                None
            }
            _ => self.scheduled(),
        }
    }

    /// The time of a callback since which the list was not read. A callback comes unsigned through the browser, so the
    /// list verifies it immediately; unless it only completes what a notification reported.
    fn unverified_callback(&self) -> Option<Timestamp> {
        let at = self.callbacks.iter().copied().max()?;
        let is_expected = match (self.token(), self.decision) {
            (CurrentToken::Active | CurrentToken::Suspended, Some((decision, _))) => {
                decision == CardholderDecision::Completed
            }
            (CurrentToken::Removed, decision) => decision.is_some(),
            (CurrentToken::None | CurrentToken::Unknown, Some((CardholderDecision::Completed, _))) => false,
            (CurrentToken::None | CurrentToken::Unknown, _) => self.declined && !self.approved,
            (CurrentToken::Active | CurrentToken::Suspended, None) => false,
        };
        (!is_expected && !self.read_since(at)).then_some(at)
    }

    /// The arrival of a TVN with an unknown state, such as `RELINKED`, since which the list was not read: only the list can tell
    /// what it means.
    fn unknown_token_state(&self) -> Option<Timestamp> {
        self.unknown_state.filter(|arrived| !self.read_since(*arrived))
    }

    /// The next time of [`READ_SCHEDULE`]: each read since the receipts' end uses up one entry.
    fn scheduled(&self) -> Option<Timestamp> {
        let reads = self.reads.iter().filter(|(at, _)| *at >= self.receipts_end).count();
        READ_SCHEDULE.get(reads).map(|gap| plus(self.reads_begin, *gap))
    }
}
