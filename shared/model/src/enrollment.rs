//! An enrollment is a set of facts, each recorded once with its time. Its status is derived from them, so that messages
//! may arrive in any order and more than once.

mod attempt;
mod authentication;
mod callback_result;
mod fact;
mod reason;
mod status;
mod timeline;

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use attempt::Attempt;
pub use authentication::{Authentication, token_id_hash};
pub use callback_result::{CallbackResult, CardholderDecision};
pub use fact::{Decision, Fact, RecordedFact, TokenState, receipt_hash};
pub use reason::{PushFailure, StatusReason};
pub use status::{Status, StatusReport};
pub use timeline::TimelineEntry;

use crate::token_id::TokenId;
use mastercard::{
    card::{CardContractId, ClientId},
    digest::sha256_hex,
    token_requestor::{Platform, TokenRequestorId},
};

/// The first 16 bytes of a text's SHA-256, as 32 hexadecimal digits.
fn short_hash(text: &str) -> String {
    let mut digits = sha256_hex(text.as_bytes());
    digits.truncate(32);
    digits
}

/// The id of an enrollment: a UUID of version 7 (RFC 9562), so that ids sort by the time of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnrollmentId(Uuid);

impl EnrollmentId {
    /// A new id for a request at `now`.
    pub fn new(now: Timestamp) -> Self {
        let (seconds, nanos) = (now.as_second(), now.subsec_nanosecond());
        let stamp = uuid::Timestamp::from_unix(
            uuid::NoContext,
            u64::try_from(seconds).unwrap_or_default(),
            u32::try_from(nanos).unwrap_or_default(),
        );
        Self(Uuid::new_v7(stamp))
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// From 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for EnrollmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EnrollmentId {
    type Err = InvalidEnrollmentId;

    /// With hyphens, in either case: Swift's `UUID` is written in upper case.
    fn from_str(raw: &str) -> Result<Self, InvalidEnrollmentId> {
        let id = Uuid::try_parse(raw).map_err(|_| InvalidEnrollmentId)?;
        if id.to_string().eq_ignore_ascii_case(raw) { Ok(Self(id)) } else { Err(InvalidEnrollmentId) }
    }
}

/// The text is not an enrollment id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an enrollment id must be a UUID with hyphens")]
pub struct InvalidEnrollmentId;

/// The cardholder's consent, given before the card is pushed; kept for audits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// The bank's name for the version of its terms, 1 to 64 characters.
    pub terms_version: String,
    /// When the cardholder accepted them.
    pub accepted_at: Timestamp,
    /// How the cardholder was authenticated; `None` if the access token says nothing about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Box<Authentication>>,
}

/// A request to enable one card at one token requestor, with all facts recorded since.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrollment {
    /// The id.
    pub enrollment_id: EnrollmentId,
    /// The client that owns it, from the access token's claim and never from the request.
    pub client_id: ClientId,
    /// The card to enable.
    pub card_contract_id: CardContractId,
    /// The token requestor at which the card is to be enabled.
    pub token_requestor_id: TokenRequestorId,
    /// The cardholder's platform in the first attempt.
    pub platform: Platform,
    /// Id of the app link to return to in the first attempt.
    pub callback: String,
    /// The consent for the first attempt.
    pub consent: Consent,
    /// When it was requested.
    pub created_at: Timestamp,
    /// Until when the app waits for the response.
    pub respond_by: Timestamp,
    /// The facts, in the order in which they were recorded.
    pub facts: Vec<RecordedFact>,
}

impl Enrollment {
    /// Adds a fact, unless one with the same key is recorded. Returns whether it was added.
    pub fn add_fact(&mut self, recorded: RecordedFact) -> bool {
        let new = self.facts.iter().all(|known| known.key != recorded.key);
        if new {
            self.facts.push(recorded);
        }
        new
    }

    /// Whether the push of an attempt is known to have succeeded.
    pub fn is_pushed(&self, attempt: u32) -> bool {
        let mut facts = self.facts.iter().filter(|recorded| recorded.attempt == attempt);
        facts.any(|recorded| matches!(recorded.fact, Fact::Pushed { .. }))
    }

    /// Whether an attempt pushed the card, or may have: its push succeeded, is in progress, or its outcome is unknown.
    pub(crate) fn may_have_pushed(&self, attempt: u32) -> bool {
        let mut facts = self.facts.iter().filter(|recorded| recorded.attempt == attempt);
        self.is_pushed(attempt) || !facts.any(|recorded| matches!(recorded.fact, Fact::PushFailed { .. }))
    }

    /// Whether any attempt pushed the card, or may have.
    pub fn may_be_pushed(&self) -> bool {
        self.attempts().any(|attempt| self.may_have_pushed(attempt.number))
    }

    /// When the receipts of an attempt expire; `None` if it is not known to have pushed the card.
    pub(crate) fn receipts_expire_at(&self, attempt: u32) -> Option<Timestamp> {
        self.facts.iter().find_map(|recorded| match recorded.fact {
            Fact::Pushed { expires_at, .. } if recorded.attempt == attempt => Some(expires_at),
            _ => None,
        })
    }

    /// Whether one of its receipts has this hash.
    pub fn has_receipt(&self, hash: &str) -> bool {
        self.facts.iter().any(|recorded| {
            matches!(&recorded.fact, Fact::Pushed { receipt_hashes, .. } if receipt_hashes.iter().any(|known| known == hash))
        })
    }

    /// Whether Processing confirmed that the card belongs to this client. A request may name any card contract id.
    pub fn is_card_confirmed(&self) -> bool {
        self.facts.iter().any(|recorded| match recorded.fact {
            Fact::Pushed { .. }
            | Fact::PushUnknown
            | Fact::Tcn { .. }
            | Fact::TokenChangeRequested { .. }
            | Fact::TokenChangeConfirmed { .. }
            | Fact::TokenList { token: Some(_) } => true,
            Fact::Restarted { .. }
            | Fact::PushFailed { .. }
            | Fact::Tar { .. }
            | Fact::Tvn { .. }
            | Fact::Callback { .. }
            | Fact::TokenList { token: None }
            | Fact::TokenListReadFailed
            | Fact::Unknown(_) => false,
        })
    }

    /// Whether this server removed this token, or found that it was gone: it has ended for good.
    pub fn has_removed(&self, token: TokenId) -> bool {
        self.facts.iter().any(|recorded| match &recorded.fact {
            fact @ Fact::TokenChangeConfirmed { token_id, .. } => {
                *token_id == token && fact.confirmed_state() == Some(TokenState::Deactivated)
            }
            _ => false,
        })
    }

    /// `now`, or just after the last fact if that is not earlier: the clock of the process that recorded it may be ahead. A change
    /// of a token is later than all that was known when it was requested, and than the change before it.
    #[must_use]
    pub fn after_facts(&self, now: Timestamp) -> Timestamp {
        let after = |at| status::plus(at, SignedDuration::from_millis(1));
        self.facts.iter().map(|recorded| after(recorded.at)).fold(now, Timestamp::max)
    }

    /// The id of the token with this token unique reference.
    pub fn token_id(&self, token_unique_reference: &str) -> TokenId {
        TokenId::new(self.client_id, self.card_contract_id, &self.token_requestor_id, token_unique_reference)
    }

    /// Whether a TCN of this enrollment named a token that was not removed here.
    pub fn names_token(&self) -> bool {
        self.facts.iter().any(|recorded| match &recorded.fact {
            Fact::Tcn { token_unique_reference: Some(named), .. } => !self.has_removed(self.token_id(named)),
            _ => false,
        })
    }

    /// Whether a TCN of this enrollment named this token unique reference.
    pub fn has_token(&self, token_unique_reference: &str) -> bool {
        self.facts.iter().any(|recorded| {
            matches!(&recorded.fact, Fact::Tcn { token_unique_reference: Some(known), .. } if known == token_unique_reference)
        })
    }
}

#[cfg(test)]
mod tests;
