//! What notifications and the token list say about the token.

use jiff::Timestamp;
use mastercard::processing::TokenAction;

use super::super::{Fact, RecordedFact, TokenState};

/// The state of the token by the latest evidence that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentToken {
    /// No token is known.
    None,
    Active,
    Suspended,
    /// There is a token, and nothing that is known tells its state.
    Unknown,
    /// There was a token.
    Removed,
}

impl From<&TokenState> for CurrentToken {
    fn from(state: &TokenState) -> Self {
        match state {
            TokenState::Active => Self::Active,
            TokenState::Suspended | TokenState::Inactive => Self::Suspended,
            TokenState::Other(_) => Self::Unknown,
            TokenState::Deactivated => Self::Removed,
        }
    }
}

/// A TCN or TVN, or a change made here, in the order of [`RecordedFact::fold_order`].
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TokenNotification<'a> {
    pub(super) occurred_at: Timestamp,
    severity: u8,
    key: &'a str,
    pub(super) arrived_at: Timestamp,
    /// Whether it is a change made here.
    pub(super) is_own: bool,
}

impl<'a> TokenNotification<'a> {
    /// Of a TCN, a TVN with a known state, or a confirmed change made here.
    pub(super) fn of(recorded: &'a RecordedFact) -> Self {
        let is_own = matches!(recorded.fact, Fact::TokenChangeConfirmed { .. });
        let (occurred_at, severity, key) = recorded.fold_order();
        Self { occurred_at, severity, key, arrived_at: recorded.at, is_own }
    }

    pub(super) fn state(&self) -> CurrentToken {
        match self.severity {
            0 | 1 => CurrentToken::Active,
            2 => CurrentToken::Suspended,
            _ => CurrentToken::Removed,
        }
    }
}

/// A change made here that Processing confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OwnChange {
    pub(super) at: Timestamp,
    pub(super) state: CurrentToken,
    /// Whether the list, read after the change, showed its result.
    pub(super) is_listed: bool,
}

impl OwnChange {
    /// `None` for other facts.
    pub(super) fn of(recorded: &RecordedFact) -> Option<Self> {
        let Fact::TokenChangeConfirmed { action, listed, .. } = &recorded.fact else { return None };
        let state = CurrentToken::from(&recorded.fact.confirmed_state()?);
        let is_listed = match listed {
            // The cardholder resumed it and somebody else may hold it, or the list lags.
            Some(TokenState::Suspended | TokenState::Inactive) => *action == TokenAction::Suspend,
            Some(listed) => CurrentToken::from(listed) == state,
            None => false,
        };
        Some(Self { at: recorded.at, state, is_listed })
    }
}
