//! Changes of the token that the cardholder made here. No notification follows them, so the fact that Processing confirmed one
//! counts like a notification at that time, and the token list is read if it is not sure that the change took effect.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::{evidence::CurrentToken, plus, summary::FactSummary};

/// By when a change that was sent has taken effect or never will. If nothing confirmed it, the list is read then.
const CHANGE_TIMEOUT: SignedDuration = SignedDuration::from_secs(30);
/// For how long the list may show the state before a change. Mastercard does not publish how long the list takes.
const CHANGE_LAG: SignedDuration = SignedDuration::from_mins(5);

impl FactSummary<'_> {
    /// When the list has to be read because of a change made here: it was sent and nothing confirmed it, or it was confirmed and
    /// the list did not show it.
    pub(super) fn unverified_change(&self) -> Option<Timestamp> {
        let is_confirmed = |requested: &Timestamp| self.changes.iter().any(|change| change.at >= *requested);
        let unconfirmed = self.requested_changes.iter().filter(|requested| !is_confirmed(requested));
        let unconfirmed = unconfirmed.map(|requested| plus(*requested, CHANGE_TIMEOUT));
        let unlisted = self.changes.last().filter(|change| !change.is_listed);
        let unlisted = unlisted.map(|change| plus(change.at, CHANGE_LAG));
        unconfirmed.chain(unlisted).filter(|due| !self.read_since(*due)).min()
    }

    /// Whether a list that was read at `at` may not show the last change yet: it shows a state that is less severe.
    pub(super) fn may_lag_behind_change(&self, at: Timestamp, listed: CurrentToken) -> bool {
        let before = self.changes.iter().rfind(|change| change.at < at);
        before.is_some_and(|change| {
            at < plus(change.at, CHANGE_LAG)
                && severity(listed).cmp(&severity(change.state)) == Ordering::Less
        })
    }

    /// A token that was removed here has ended, whatever notification about it follows. Only a notification of a new token, or a
    /// change of another one, begins anew; `new_tokens` are the arrivals of such notifications.
    pub(super) fn end_removed_token(&mut self, new_tokens: &[Timestamp]) {
        let removed = self.changes.iter().filter(|change| change.state == CurrentToken::Removed);
        let Some(removed_at) = removed.map(|change| change.at).max() else { return };
        let changed = self.changes.iter().map(|change| change.at);
        let is_renewed = new_tokens.iter().copied().chain(changed).any(|at| at > removed_at);
        self.notifications.retain(|notification| match is_renewed {
            true => notification.arrived_at > removed_at,
            false => notification.arrived_at <= removed_at,
        });
    }
}

fn severity(state: CurrentToken) -> u8 {
    match state {
        CurrentToken::Active | CurrentToken::Unknown => 0,
        CurrentToken::Suspended => 1,
        CurrentToken::Removed | CurrentToken::None => 2,
    }
}
