//! The facts that can be recorded about an enrollment.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::{CallbackResult, Consent, PushFailure, short_hash};
use crate::{token_id::TokenId, unknown::UnknownVariant};
use mastercard::{
    call::Call, processing::TokenAction, secret::PushAccountReceipt, token_requestor::Platform,
};

/// A fact with the time at which this server recorded it, and the key by which duplicates are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedFact {
    /// Facts with the same key are duplicates; the first one counts.
    pub key: String,
    /// When it was recorded. For a notification the time of its first arrival, for a token list the time at which the read
    /// began: what the list shows may be older than its response.
    pub at: Timestamp,
    /// The attempt that it belongs to, from 1; 1 for facts that belong to the enrollment as a whole.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub attempt: u32,
    /// The fact.
    pub fact: Fact,
    /// The calls to Mastercard that led to it; for support.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
}

fn first() -> u32 {
    1
}

fn is_first(attempt: &u32) -> bool {
    *attempt == first()
}

impl RecordedFact {
    /// The order in which notifications are folded: by the time of the event, which is at most that of arrival, since a sender's
    /// clock that is ahead must not win; at equal times the more severe one counts last, then the key decides.
    pub(crate) fn fold_order(&self) -> (Timestamp, u8, &str) {
        let severity = match &self.fact {
            Fact::Tvn { token: TokenState::Active, .. } => 1,
            Fact::Tvn { token: TokenState::Suspended | TokenState::Inactive, .. } => 2,
            Fact::Tvn { token: TokenState::Deactivated, .. } => 3,
            fact => match fact.confirmed_state() {
                Some(TokenState::Active) => 1,
                Some(TokenState::Deactivated) => 3,
                Some(_) => 2,
                None => 0,
            },
        };
        (self.fact.occurred_at().unwrap_or(self.at).min(self.at), severity, &self.key)
    }

    /// The same fact in another attempt. The number is part of the key, so that attempts do not hide each other's facts.
    #[must_use]
    pub fn in_attempt(mut self, attempt: u32) -> Self {
        if !is_first(&attempt) {
            self.key = format!("{}:{attempt}", self.key);
        }
        Self { attempt, ..self }
    }

    /// The same fact with the calls to Mastercard that led to it.
    #[must_use]
    pub fn with_calls(self, calls: Vec<Call>) -> Self {
        Self { calls, ..self }
    }
}

/// Something that happened to an enrollment. Receipts are stored only as SHA-256.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Fact {
    /// The cardholder started another attempt.
    Restarted {
        /// The cardholder's platform in this attempt.
        platform: Platform,
        /// Id of the app link to return to in this attempt.
        callback: String,
        /// The consent for this attempt.
        consent: Consent,
        /// Until when the app waits for the response.
        respond_by: Timestamp,
    },
    /// Step 11: Token Connect issued receipts, which are valid until `expires_at`.
    Pushed {
        /// The hash of each receipt, by [`receipt_hash`].
        receipt_hashes: Vec<String>,
        /// When the receipts expire.
        expires_at: Timestamp,
    },
    /// Nothing was pushed.
    PushFailed {
        /// Why.
        reason: PushFailure,
        /// Whether the same request may succeed later.
        retryable: bool,
    },
    /// The push was sent and its response lost: the card may have been pushed.
    PushUnknown,
    /// Step 17: Processing's decision on the tokenization authorization request (TAR).
    Tar {
        /// The decision.
        decision: Decision,
        /// By Mastercard's clock; absent in items of early versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        occurred_at: Option<Timestamp>,
    },
    /// Step 21: the tokenization complete notification (TCN); a token exists.
    Tcn {
        /// 48 characters. It identifies the token and cannot be used to pay.
        token_unique_reference: Option<String>,
        /// By Mastercard's clock.
        occurred_at: Timestamp,
    },
    /// A later tokenization event notification (TVN): the token's state changed.
    Tvn {
        /// The new state.
        token: TokenState,
        /// Who caused the change, such as `ISSUER` or `CARDHOLDER`, if stated; for support.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested_by: Option<String>,
        /// By Mastercard's clock.
        occurred_at: Timestamp,
    },
    /// Step 25: the result in the browser's callback. It is not signed: a hint, no proof.
    Callback {
        /// The result.
        result: CallbackResult,
    },
    /// The token list (`getTokensByClient`) was read for this card and requestor.
    TokenList {
        /// The state of the token; `None` if the list has no token of this card and requestor.
        token: Option<TokenState>,
    },
    /// The token list was requested and could not be read.
    TokenListReadFailed,
    /// The cardholder asked this server to change the token; recorded before the change is sent to Processing.
    TokenChangeRequested {
        /// The change.
        action: TokenAction,
        /// The token.
        token_id: TokenId,
    },
    /// Processing confirmed such a change, or said that the token is gone. No notification follows it.
    TokenChangeConfirmed {
        /// The change.
        action: TokenAction,
        /// The token.
        token_id: TokenId,
        /// Its state in the token list, read after the change; deactivated if the list has it no more. `None` if the list could
        /// not be read.
        listed: Option<TokenState>,
    },
    /// A fact of a newer version, kept for forward compatibility. It does not affect the status.
    #[serde(untagged, deserialize_with = "unknown")]
    Unknown(UnknownVariant),
}

fn unknown<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnknownVariant, D::Error> {
    UnknownVariant::read(deserializer, &Fact::KINDS)
}

/// Processing's decision on a tokenization authorization request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// Response code `00`.
    Approved,
    /// The card may not be tokenized.
    Declined,
    /// The cardholder has to be authenticated first.
    RequireAdditionalAuthentication,
    /// Unknown value, kept for forward compatibility. It does not affect the status.
    #[serde(untagged)]
    Other(String),
}

/// The state of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenState {
    /// Can be used to pay.
    Active,
    /// Cannot be used to pay until it is resumed.
    Suspended,
    /// Not activated yet, or not active any more. Counts as suspended.
    Inactive,
    /// Removed for good.
    Deactivated,
    /// Unknown value, such as `RELINKED`, kept for support. It shows that there is a token and says nothing about its state, so the
    /// token list is read once.
    #[serde(untagged)]
    Other(String),
}

impl Fact {
    /// The kinds that this version knows, as stored in `kind`.
    pub const KINDS: [&str; 12] = [
        "restarted",
        "pushed",
        "push_failed",
        "push_unknown",
        "tar",
        "tcn",
        "tvn",
        "callback",
        "token_list",
        "token_list_read_failed",
        "token_change_requested",
        "token_change_confirmed",
    ];

    /// The kind, as stored in `kind`.
    pub fn kind(&self) -> &str {
        match self {
            Self::Restarted { .. } => "restarted",
            Self::Pushed { .. } => "pushed",
            Self::PushFailed { .. } => "push_failed",
            Self::PushUnknown => "push_unknown",
            Self::Tar { .. } => "tar",
            Self::Tcn { .. } => "tcn",
            Self::Tvn { .. } => "tvn",
            Self::Callback { .. } => "callback",
            Self::TokenList { .. } => "token_list",
            Self::TokenListReadFailed => "token_list_read_failed",
            Self::TokenChangeRequested { .. } => "token_change_requested",
            Self::TokenChangeConfirmed { .. } => "token_change_confirmed",
            Self::Unknown(unknown) => &unknown.kind,
        }
    }

    /// When it happened by Mastercard's clock; `None` for facts that no notification reports.
    pub fn occurred_at(&self) -> Option<Timestamp> {
        match self {
            Self::Tar { occurred_at, .. } => *occurred_at,
            Self::Tcn { occurred_at, .. } | Self::Tvn { occurred_at, .. } => Some(*occurred_at),
            Self::Restarted { .. }
            | Self::Pushed { .. }
            | Self::PushFailed { .. }
            | Self::PushUnknown
            | Self::Callback { .. }
            | Self::TokenList { .. }
            | Self::TokenListReadFailed
            | Self::TokenChangeRequested { .. }
            | Self::TokenChangeConfirmed { .. }
            | Self::Unknown(_) => None,
        }
    }

    /// The state of the token after a confirmed change; `None` for other facts. A resumed token that the list shows as suspended is
    /// suspended by somebody else too.
    pub(crate) fn confirmed_state(&self) -> Option<TokenState> {
        let Self::TokenChangeConfirmed { action, listed, .. } = self else { return None };
        Some(match (action, listed) {
            (TokenAction::Remove, _) | (_, Some(TokenState::Deactivated)) => TokenState::Deactivated,
            (TokenAction::Suspend, _) | (_, Some(TokenState::Suspended | TokenState::Inactive)) => {
                TokenState::Suspended
            }
            (TokenAction::Resume, _) => TokenState::Active,
        })
    }

    /// Whether it reports a token that can be used, or may be again.
    pub fn shows_token(&self) -> bool {
        match self {
            Self::Tcn { .. } => true,
            Self::TokenChangeConfirmed { .. } => self.confirmed_state() != Some(TokenState::Deactivated),
            Self::Tvn { token, .. } | Self::TokenList { token: Some(token) } => {
                *token != TokenState::Deactivated
            }
            Self::TokenList { token: None }
            | Self::Restarted { .. }
            | Self::Pushed { .. }
            | Self::PushFailed { .. }
            | Self::PushUnknown
            | Self::Tar { .. }
            | Self::Callback { .. }
            | Self::TokenListReadFailed
            | Self::TokenChangeRequested { .. }
            | Self::Unknown(_) => false,
        }
    }

    /// Whether it reports a state of the token that this version does not know.
    pub fn has_unknown_token_state(&self) -> bool {
        matches!(self, Self::Tvn { token: TokenState::Other(_), .. })
    }

    /// Whether it belongs to one attempt and counts for no other. Notifications and token lists do not name an attempt.
    pub fn is_of_one_attempt(&self) -> bool {
        match self {
            Self::Restarted { .. }
            | Self::Pushed { .. }
            | Self::PushFailed { .. }
            | Self::PushUnknown
            | Self::Callback { .. } => true,
            Self::Tar { .. }
            | Self::Tcn { .. }
            | Self::Tvn { .. }
            | Self::TokenList { .. }
            | Self::TokenListReadFailed
            | Self::TokenChangeRequested { .. }
            | Self::TokenChangeConfirmed { .. }
            | Self::Unknown(_) => false,
        }
    }

    /// The fact as recorded at `at`. `source` distinguishes facts of a kind that may occur more than once: a notification's
    /// id, or the time of a token list or of a change made here. Of the other kinds the first fact counts, so a replayed callback changes nothing; a
    /// callback's result that is no decision counts beside the decision.
    pub fn recorded(self, at: Timestamp, source: &str) -> RecordedFact {
        let kind = self.kind();
        let key = match &self {
            // A result without a decision must not take the place of the decision that follows.
            Self::Callback { result } if result.decision().is_none() => format!("{kind}:{}", result.as_str()),
            fact if fact.is_of_one_attempt() => kind.to_owned(),
            _ => format!("{kind}:{source}"),
        };
        RecordedFact { key, at, attempt: first(), fact: self, calls: Vec::new() }
    }
}

/// The form in which a receipt is stored: the first 32 hexadecimal digits of its SHA-256, which identify the receipt and cannot be
/// used in its place.
pub fn receipt_hash(receipt: &PushAccountReceipt) -> String {
    short_hash(receipt.expose())
}

#[cfg(test)]
mod tests;
