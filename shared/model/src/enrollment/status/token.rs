//! The token's state: notifications are folded by the time of the event, and the token list has the last word.

use jiff::{SignedDuration, Timestamp};

use super::{
    super::{CardholderDecision, TokenState},
    evidence::{CurrentToken, OwnChange},
    plus,
    summary::FactSummary,
};

/// For how long a new token may be missing from the token list. Mastercard does not publish how long the list takes.
const LIST_LAG: SignedDuration = SignedDuration::from_hours(1);

/// What the latest evidence says about the token.
#[derive(Clone, Copy)]
struct LatestToken {
    state: CurrentToken,
    /// When the token was last reported as usable.
    seen: Timestamp,
    /// The time of the evidence for `state`.
    since: Timestamp,
}

impl FactSummary<'_> {
    /// The state of the token. One that was removed before the latest attempt began does not count.
    pub(super) fn token(&self) -> CurrentToken {
        let Some(LatestToken { state, seen, since }) = self.latest_token() else { return CurrentToken::None };
        let began = self.attempt.began_at;
        let is_current = seen >= began || (since >= began && self.is_settled());
        let is_of_earlier_attempt = self.attempt.number > 1 && !is_current;
        if state == CurrentToken::Removed && (is_of_earlier_attempt || self.is_completed_after(since)) {
            return CurrentToken::None;
        }
        state
    }

    /// Whether the cardholder completed the visit after a token had been removed by somebody else at `removed_at`: the new token's
    /// notification may be late or lost. The list decides, at the latest once no receipt can be valid.
    fn is_completed_after(&self, removed_at: Timestamp) -> bool {
        let is_own = |change: &OwnChange| change.state == CurrentToken::Removed && change.at >= removed_at;
        let is_completed = self
            .decision
            .is_some_and(|(decision, at)| decision == CardholderDecision::Completed && at > removed_at);
        is_completed && !self.changes.iter().any(is_own) && !self.read_since(self.receipts_end)
    }

    /// The folded notifications, and the reads of the list that began after the last of them arrived.
    fn latest_token(&self) -> Option<LatestToken> {
        let arrived = self.last_arrival();
        let notified = self.notified_token().zip(self.notifications.last().map(|last| last.arrived_at));
        let mut latest =
            notified.map(|(state, since)| LatestToken { state, seen: self.last_usable(since), since });
        for (at, listed) in &self.reads {
            if latest.is_some() && arrived.is_some_and(|arrived| *at <= arrived) {
                continue;
            }
            if self.may_lag_behind_change(*at, listed.map_or(CurrentToken::None, CurrentToken::from)) {
                continue;
            }
            let since = *at;
            latest = match (listed.map(CurrentToken::from), latest) {
                // A deactivated token that was never active does not come from this enrollment.
                (Some(CurrentToken::Removed), None) => None,
                // An unknown state changes nothing that is known.
                (Some(CurrentToken::Unknown), Some(latest)) => Some(latest),
                (Some(state @ CurrentToken::Removed), Some(latest)) => {
                    Some(LatestToken { state, since, ..latest })
                }
                (Some(state), _) => Some(LatestToken { state, seen: since, since }),
                (None, Some(latest))
                    if latest.state != CurrentToken::Removed && self.is_removed(since, latest.seen) =>
                {
                    Some(LatestToken { state: CurrentToken::Removed, since, ..latest })
                }
                (None, latest) => latest,
            };
        }
        latest
    }

    /// When a notification that reports a usable token last arrived; `otherwise` if only the list reported one.
    fn last_usable(&self, otherwise: Timestamp) -> Timestamp {
        let usable =
            self.notifications.iter().filter(|notification| notification.state() != CurrentToken::Removed);
        usable.map(|notification| notification.arrived_at).max().unwrap_or(otherwise)
    }

    /// The state by the folded notifications alone.
    fn notified_token(&self) -> Option<CurrentToken> {
        let state = self.notifications.last()?.state();
        (state != CurrentToken::Removed || self.was_active()).then_some(state)
    }

    /// Whether any evidence shows that the token could be used, or may be again.
    fn was_active(&self) -> bool {
        let is_usable =
            |state| matches!(state, CurrentToken::Active | CurrentToken::Suspended | CurrentToken::Unknown);
        self.notifications.iter().any(|notification| notification.is_own || is_usable(notification.state()))
            || self.reads.iter().any(|(_, token)| token.is_some_and(|token| is_usable(token.into())))
    }

    /// Whether a list without the token, read at `at`, means that the token last seen at `seen` was removed. Otherwise the
    /// list may only lag behind.
    fn is_removed(&self, at: Timestamp, seen: Timestamp) -> bool {
        let ended = self.decision.filter(|(decision, _)| *decision != CardholderDecision::Completed);
        at > plus(seen, LIST_LAG) || ended.is_some_and(|(_, ended)| at >= ended)
    }

    /// When the last TCN or TVN arrived, or the last change was made here.
    pub(super) fn last_arrival(&self) -> Option<Timestamp> {
        self.notifications.iter().map(|notification| notification.arrived_at).max()
    }

    /// Whether the cardholder's decision or the token list confirms the token: the callback says that the visit was
    /// completed, or a list that was read after the receipts' end shows the token as active.
    pub(super) fn is_settled(&self) -> bool {
        let is_completed =
            self.decision.is_some_and(|(decision, _)| decision == CardholderDecision::Completed);
        let is_active = |(at, token): &(Timestamp, Option<&TokenState>)| {
            *at >= self.receipts_end && *token == Some(&TokenState::Active)
        };
        is_completed || self.reads.iter().any(is_active)
    }

    /// Whether a list that was read after the receipts' end shows the token in any state.
    pub(super) fn is_listed_after_end(&self) -> bool {
        self.reads.iter().any(|(at, token)| *at >= self.receipts_end && token.is_some())
    }

    /// The arrival of a notification that contradicts the latest read of the list before it; the list has to be read again.
    pub(super) fn contradiction(&self) -> Option<Timestamp> {
        let arrived = self.notifications.iter().filter(|notification| !notification.is_own);
        let arrived = arrived.map(|notification| notification.arrived_at).max()?;
        let (read, listed) = self.reads.last()?;
        let is_changed_since = self.changes.iter().any(|change| change.at >= arrived);
        if *read > arrived || is_changed_since {
            return None;
        }
        let listed = listed.map_or(CurrentToken::None, CurrentToken::from);
        let notified = self.notified_token()?;
        let is_gone = |state| matches!(state, CurrentToken::None | CurrentToken::Removed);
        let agrees = listed == notified || (is_gone(listed) && is_gone(notified));
        (!agrees).then_some(arrived)
    }
}
