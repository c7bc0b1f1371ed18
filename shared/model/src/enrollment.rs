//! An enrollment is a set of facts, each written once with its time; its status is derived from them.
//!
//! Order, repetition and loss of messages therefore cannot corrupt it.

mod attempt;
mod fact;
mod reason;
mod status;
mod timeline;

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

pub use attempt::Attempt;
pub use fact::{Decision, Fact, RecordedFact, TokenState, receipt_hash};
pub use reason::{PushFailure, StatusReason};
pub use status::{Status, StatusReport};
pub use timeline::TimelineEntry;

use mastercard::{
    card::{CardContractId, ClientId},
    token_requestor::{Platform, TokenRequestorId},
};

/// Names an enrollment: a UUID of version 7, so that ids sort by the time of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnrollmentId(Uuid);

impl EnrollmentId {
    /// A new id; the time of asking is its first part.
    pub fn new(now: Timestamp) -> Self {
        let (seconds, nanos) = (now.as_second(), now.subsec_nanosecond());
        let stamp = uuid::Timestamp::from_unix(
            uuid::NoContext,
            u64::try_from(seconds).unwrap_or_default(),
            u32::try_from(nanos).unwrap_or_default(),
        );
        Self(Uuid::new_v7(stamp))
    }
}

impl fmt::Display for EnrollmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EnrollmentId {
    type Err = InvalidEnrollmentId;

    fn from_str(raw: &str) -> Result<Self, InvalidEnrollmentId> {
        let id = Uuid::try_parse(raw).map_err(|_| InvalidEnrollmentId)?;
        if id.to_string() == raw { Ok(Self(id)) } else { Err(InvalidEnrollmentId) }
    }
}

/// Not an enrollment id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an enrollment id is a UUID in lower case with hyphens")]
pub struct InvalidEnrollmentId;

/// What the cardholder agreed to before anything was pushed; kept for the auditor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Consent {
    /// The bank's own name for the terms, 1 to 64 characters.
    pub terms_version: String,
    /// When the cardholder agreed.
    #[serde(deserialize_with = "moment")]
    pub accepted_at: Timestamp,
}

/// The library's own errors repeat what was sent; this one does not.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let told = |_| serde::de::Error::custom("is a time as in RFC 3339: 2026-01-05T10:29:58Z");
    String::deserialize(deserializer)?.parse().map_err(told)
}

/// One cardholder's wish to enable one card at one token requestor, and all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrollment {
    /// Its name.
    pub enrollment_id: EnrollmentId,
    /// Whose it is; from the token's claim, never from the caller.
    pub client_id: ClientId,
    /// Which card.
    pub card_contract_id: CardContractId,
    /// Where it is to be enabled.
    pub token_requestor_id: TokenRequestorId,
    /// What the cardholder held in hand.
    pub platform: Platform,
    /// Id of the app link that the cardholder comes back to.
    pub callback: String,
    /// What the cardholder agreed to.
    pub consent: Consent,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the app no longer waited for an answer to that.
    pub answer_by: Timestamp,
    /// What is known, in the order of learning it.
    pub facts: Vec<RecordedFact>,
}

impl Enrollment {
    /// Adds a fact unless one of the same key is there. Says whether it was new.
    pub fn add_fact(&mut self, recorded: RecordedFact) -> bool {
        let new = self.facts.iter().all(|known| known.key != recorded.key);
        if new {
            self.facts.push(recorded);
        }
        new
    }

    /// Whether the push of an attempt is known to have succeeded.
    pub fn is_pushed(&self, attempt: u32) -> bool {
        let mut its = self.facts.iter().filter(|known| known.attempt == attempt);
        its.any(|known| matches!(known.fact, Fact::Pushed { .. }))
    }

    /// Whether one of its receipts has this hash.
    pub fn has_receipt(&self, hash: &str) -> bool {
        self.facts.iter().any(|known| {
            matches!(&known.fact, Fact::Pushed { receipt_hashes, .. } if receipt_hashes.iter().any(|known| known == hash))
        })
    }

    /// Whether Mastercard confirmed that the card is this client's: anybody may ask for any card contract id, and only
    /// Processing knows whose it is.
    pub fn is_of_own_card(&self) -> bool {
        self.facts.iter().any(|known| match known.fact {
            Fact::Pushed { .. }
            | Fact::PushUnknown
            | Fact::Tcn { .. }
            | Fact::TokenList { token: Some(_) } => true,
            Fact::Restarted { .. }
            | Fact::PushFailed { .. }
            | Fact::Tar { .. }
            | Fact::Tvn { .. }
            | Fact::Callback { .. }
            | Fact::TokenList { token: None }
            | Fact::TokenListUnread => false,
        })
    }

    /// Whether this token unique reference is the one that a TCN of this enrollment named.
    pub fn has_token(&self, token_unique_reference: &str) -> bool {
        self.facts.iter().any(|known| {
            matches!(&known.fact, Fact::Tcn { token_unique_reference: Some(known), .. } if known == token_unique_reference)
        })
    }
}

#[cfg(test)]
mod tests;
