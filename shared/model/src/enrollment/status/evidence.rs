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
    /// There was a token.
    Removed,
}

impl From<&TokenState> for CurrentToken {
    fn from(state: &TokenState) -> Self {
        match state {
            TokenState::Active => Self::Active,
            TokenState::Suspended | TokenState::Other(_) => Self::Suspended,
            TokenState::Deactivated => Self::Removed,
        }
    }
}

/// A TCN or TVN. The order of the fields is the order in which notifications are folded: by the time of the event, which
/// is at most that of arrival; at equal times the more severe one counts last, then the key decides.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TokenNotification<'a> {
    pub(super) occurred_at: Timestamp,
    severity: u8,
    key: &'a str,
    pub(super) arrived_at: Timestamp,
}

impl<'a> TokenNotification<'a> {
    /// `None` for facts that no TCN or TVN reports.
    pub(super) fn of(recorded: &'a RecordedFact) -> Option<Self> {
        let (severity, occurred_at) = match &recorded.fact {
            Fact::Tcn { occurred_at, .. } => (0, *occurred_at),
            Fact::Tvn { token, occurred_at } => {
                let severity = match token {
                    TokenState::Active => 1,
                    TokenState::Suspended | TokenState::Other(_) => 2,
                    TokenState::Deactivated => 3,
                };
                (severity, *occurred_at)
            }
            _ => return None,
        };
        // A sender's clock that is ahead must not win.
        let occurred_at = occurred_at.min(recorded.at);
        Some(Self { occurred_at, severity, key: &recorded.key, arrived_at: recorded.at })
    }

    pub(super) fn state(&self) -> CurrentToken {
        match self.severity {
            0 | 1 => CurrentToken::Active,
            2 => CurrentToken::Suspended,
            _ => CurrentToken::Removed,
        }
    }
}
