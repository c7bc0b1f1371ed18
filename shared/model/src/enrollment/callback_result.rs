//! The result in the browser's callback (step 25), as stored: a hint, since it is not signed.

use mastercard::callback::CallbackOutcome;
use serde::{Deserialize, Serialize};

/// The result, as Mastercard spells it. The text of an unknown result is not kept: the browser could send any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallbackResult {
    /// The card was tokenized.
    Approved,
    /// The token is inactive until the cardholder is authenticated.
    RequireAdditionalAuthentication,
    /// The tokenization was declined.
    Declined,
    /// Canceled, possibly after tokenization: the token was then deleted.
    Cancelled,
    /// A technical error at the token requestor.
    Error,
    /// The cardholder was authenticated after tokenization.
    Authenticated,
    /// The cardholder was not authenticated after tokenization; the token was deleted.
    Deleted,
    /// The token requestor already has the card.
    DuplicateRequest,
    /// `OTHER` for a result that Mastercard does not document, or a value that a newer version stored.
    #[serde(untagged)]
    Other(String),
}

/// What a callback's result says about the cardholder's decision at the token requestor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardholderDecision {
    /// The card was accepted, or the requestor has it already.
    Completed,
    /// The cardholder canceled, or was not authenticated.
    Cancelled,
    /// The tokenization was declined.
    Declined,
    /// A technical error ended the visit.
    Error,
}

impl CallbackResult {
    /// The value, as stored.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Approved => "APPROVED",
            Self::RequireAdditionalAuthentication => "REQUIRE_ADDITIONAL_AUTHENTICATION",
            Self::Declined => "DECLINED",
            Self::Cancelled => "CANCELLED",
            Self::Error => "ERROR",
            Self::Authenticated => "AUTHENTICATED",
            Self::Deleted => "DELETED",
            Self::DuplicateRequest => "DUPLICATE_REQUEST",
            Self::Other(value) => value,
        }
    }

    /// The decision; `None` if the visit did not end with one. Of an attempt's decisions the first one counts.
    pub fn decision(&self) -> Option<CardholderDecision> {
        match self {
            Self::Approved | Self::Authenticated | Self::DuplicateRequest => {
                Some(CardholderDecision::Completed)
            }
            Self::Cancelled | Self::Deleted => Some(CardholderDecision::Cancelled),
            Self::Declined => Some(CardholderDecision::Declined),
            Self::Error => Some(CardholderDecision::Error),
            Self::RequireAdditionalAuthentication | Self::Other(_) => None,
        }
    }
}

impl From<&CallbackOutcome> for CallbackResult {
    fn from(outcome: &CallbackOutcome) -> Self {
        match outcome {
            CallbackOutcome::Approved => Self::Approved,
            CallbackOutcome::RequireAdditionalAuthentication => Self::RequireAdditionalAuthentication,
            CallbackOutcome::Declined => Self::Declined,
            CallbackOutcome::Cancelled => Self::Cancelled,
            CallbackOutcome::Error => Self::Error,
            CallbackOutcome::Authenticated => Self::Authenticated,
            CallbackOutcome::Deleted => Self::Deleted,
            CallbackOutcome::DuplicateRequest => Self::DuplicateRequest,
            CallbackOutcome::Other(_) => Self::Other("OTHER".into()),
        }
    }
}
