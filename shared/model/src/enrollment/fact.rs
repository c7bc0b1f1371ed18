//! What can be known of an enrollment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Consent, PushFailure};
use mastercard::{call::Call, secret::PushAccountReceipt, token_requestor::Platform};

/// A fact, when this server learned it, and the key under which it is known only once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedFact {
    /// Two facts of one key are the same fact told twice.
    pub key: String,
    /// When this server learned it.
    pub at: Timestamp,
    /// In which attempt of the enrollment it happened, counted from 1; told only of what belongs to one attempt.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub attempt: u32,
    /// What it is.
    pub fact: Fact,
    /// The calls to Mastercard that told it; for support.
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
    /// The same fact of another attempt: attempts do not hide each other's facts.
    #[must_use]
    pub fn in_attempt(mut self, attempt: u32) -> Self {
        if !is_first(&attempt) {
            self.key = format!("{}:{attempt}", self.key);
        }
        Self { attempt, ..self }
    }

    /// The same, with the calls that told it.
    #[must_use]
    pub fn with_calls(self, calls: Vec<Call>) -> Self {
        Self { calls, ..self }
    }
}

/// Something that happened to an enrollment. Receipts are kept as SHA-256 only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Fact {
    /// The cardholder began anew; everything about the push that follows belongs to the new attempt.
    Restarted {
        /// What the cardholder holds in hand this time.
        platform: Platform,
        /// Id of the app link to come back to this time.
        callback: String,
        /// What the cardholder agreed to this time.
        consent: Consent,
        /// When the app no longer waits for an answer.
        answer_by: Timestamp,
    },
    /// Step 11: Token Connect gave receipts, which live until `expires_at`.
    Pushed {
        /// Hexadecimal SHA-256 of each receipt.
        receipt_hashes: Vec<String>,
        /// When the receipts end.
        expires_at: Timestamp,
    },
    /// Nothing was pushed, certainly.
    PushFailed {
        /// Why.
        reason: PushFailure,
        /// Whether asking again may succeed.
        retryable: bool,
    },
    /// The push left, its answer never came: perhaps pushed.
    PushUnknown,
    /// Step 17: what Processing answered to MDES.
    Tar {
        /// Its decision.
        decision: Decision,
        /// By the notification's own clock; unknown in what was written before this was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        occurred_at: Option<Timestamp>,
    },
    /// Step 21: a token exists.
    Tcn {
        /// 48 characters; names the token, does not pay.
        token_unique_reference: Option<String>,
        /// By the notification's own clock.
        occurred_at: Timestamp,
    },
    /// A later event in the token's life.
    Tvn {
        /// What the token became.
        token: TokenState,
        /// By the notification's own clock.
        occurred_at: Timestamp,
    },
    /// Step 25: what the browser said on its way back. Unsigned: a hint.
    Callback {
        /// `APPROVED`, `CANCELLED`, … as it came.
        result: String,
    },
    /// `getTokensByClient` was read for this card and requestor.
    TokenList {
        /// The token found, if any.
        token: Option<TokenState>,
    },
    /// The list was asked for and could not be read; the next time is later.
    TokenListUnread,
}

/// Processing's answer to a tokenization authorization request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// Response code `00`.
    Approved,
    /// The card may not be tokenized.
    Declined,
    /// The cardholder has to be authenticated first.
    RequireAdditionalAuthentication,
    /// A word of the future; moves nothing.
    #[serde(untagged)]
    Other(String),
}

/// What a token is good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenState {
    /// Pays.
    Active,
    /// Pays again once resumed.
    Suspended,
    /// Gone for good.
    Deactivated,
    /// A word of the future; counts as not active.
    #[serde(untagged)]
    Other(String),
}

impl Fact {
    /// The fact as learned now. `source` tells apart facts of a kind that may come more than once:
    /// a notification's id, a count of list reads.
    pub fn recorded(self, at: Timestamp, source: &str) -> RecordedFact {
        let key = match &self {
            Self::Restarted { .. } => "restarted".into(),
            Self::Pushed { .. } => "pushed".into(),
            Self::PushFailed { .. } => "push_failed".into(),
            Self::PushUnknown => "push_unknown".into(),
            Self::Tar { .. } => format!("tar:{source}"),
            Self::Tcn { .. } => format!("tcn:{source}"),
            Self::Tvn { .. } => format!("tvn:{source}"),
            // The first word counts: whoever reloads or replays the URL tells nothing new.
            Self::Callback { .. } => "callback".into(),
            Self::TokenList { .. } => format!("token_list:{source}"),
            Self::TokenListUnread => format!("token_list_unread:{source}"),
        };
        RecordedFact { key, at, attempt: first(), fact: self, calls: Vec::new() }
    }

    /// When it happened by Mastercard's clock, for a notification.
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
            | Self::TokenListUnread => None,
        }
    }
}

/// How a receipt is kept: enough to recognize it, too little to use it.
pub fn receipt_hash(receipt: &PushAccountReceipt) -> String {
    mastercard::digest::sha256_hex(receipt.expose().as_bytes())
}
