//! What notifications and the token list say about the token.

use jiff::Timestamp;

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
    /// `None` for facts that neither a TCN or TVN nor a change made here reports, and for a TVN with an unknown state.
    pub(super) fn of(recorded: &'a RecordedFact) -> Option<Self> {
        let is_own = matches!(recorded.fact, Fact::TokenChangeConfirmed { .. });
        if !(is_own || matches!(recorded.fact, Fact::Tcn { .. } | Fact::Tvn { .. }))
            || recorded.fact.has_unknown_token_state()
        {
            return None;
        }
        let (occurred_at, severity, key) = recorded.fold_order();
        Some(Self { occurred_at, severity, key, arrived_at: recorded.at, is_own })
    }

    pub(super) fn state(&self) -> CurrentToken {
        match self.severity {
            0 | 1 => CurrentToken::Active,
            2 => CurrentToken::Suspended,
            _ => CurrentToken::Removed,
        }
    }
}
