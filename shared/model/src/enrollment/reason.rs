//! Why an enrollment has its status, as stored in facts and returned to the app.
//!
//! An unknown value, stored by a newer version, is kept unchanged.

use mastercard::{MastercardError, Upstream};
use serde::{Deserialize, Serialize};

/// Why nothing was pushed. Stored in [`Fact::PushFailed`](super::Fact::PushFailed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushFailure {
    /// Processing does not know the card contract, or it belongs to another client.
    CardNotFound,
    /// Token Connect or Processing does not accept this card for the token requestor.
    CardNotEligible,
    /// The token requestor offered no push method for the cardholder's platform.
    PlatformNotSupported,
    /// The token list shows an active token of this card at this token requestor.
    AlreadyEnabled,
    /// The client, or one of its cards, has too many attempts this hour or day.
    TooManyEnrollments,
    /// Mastercard rejected the request for a reason that the cardholder cannot influence.
    MastercardRefused,
    /// Mastercard's response could not be parsed or decrypted.
    MastercardUnreadable,
    /// Mastercard could not be reached, timed out, or asked to try again later.
    MastercardUnavailable,
    /// This server could not make the request.
    InternalError,
    /// Unknown value, kept for forward compatibility.
    #[serde(untagged)]
    Other(String),
}

impl PushFailure {
    /// Every value that this version writes.
    pub const ALL: [Self; 9] = [
        Self::CardNotFound,
        Self::CardNotEligible,
        Self::PlatformNotSupported,
        Self::AlreadyEnabled,
        Self::TooManyEnrollments,
        Self::MastercardRefused,
        Self::MastercardUnreadable,
        Self::MastercardUnavailable,
        Self::InternalError,
    ];

    /// The value, as stored and as returned to the app.
    pub fn as_str(&self) -> &str {
        match self {
            Self::CardNotFound => "card_not_found",
            Self::CardNotEligible => "card_not_eligible",
            Self::PlatformNotSupported => "platform_not_supported",
            Self::AlreadyEnabled => "already_enabled",
            Self::TooManyEnrollments => "too_many_enrollments",
            Self::MastercardRefused => "mastercard_refused",
            Self::MastercardUnreadable => "mastercard_unreadable",
            Self::MastercardUnavailable => "mastercard_unavailable",
            Self::InternalError => "internal_error",
            Self::Other(value) => value,
        }
    }

    /// Whether the same request may succeed later.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::InternalError | Self::MastercardUnavailable)
    }
}

/// Codes with which Mastercard refuses the card itself. Processing's are not published: the last one is the family that this server expects.
const CARD_REFUSALS: [&str; 4] =
    ["ACCOUNT_INELIGIBLE", "PAN_INELIGIBLE", "INVALID_PAN", "CARD_CONTRACT_NOT_ACTIVE"];
/// How codes begin that say that the card contract is unknown, or of another client.
const CARD_CONTRACT: &str = "CARD_CONTRACT";

/// What a failed call to Mastercard means for the card.
impl From<&MastercardError> for PushFailure {
    fn from(error: &MastercardError) -> Self {
        let has_code =
            |prefix: &str| error.reason_codes().iter().any(|code| code.as_str().starts_with(prefix));
        match error {
            _ if CARD_REFUSALS.into_iter().any(has_code) => Self::CardNotEligible,
            MastercardError::InvalidResponse { .. } => Self::MastercardUnreadable,
            MastercardError::Rejected(rejected) => match (rejected.upstream, rejected.status.as_u16()) {
                (Upstream::Processing, 404) => Self::CardNotFound,
                // Without such a code the operation is not authorized.
                (Upstream::Processing, 403) if has_code(CARD_CONTRACT) => Self::CardNotFound,
                (_, 408 | 429 | 500..) => Self::MastercardUnavailable,
                _ => Self::MastercardRefused,
            },
            MastercardError::Connect(_)
            | MastercardError::ResponseLost(_)
            | MastercardError::OutOfTime
            | MastercardError::CircuitOpen { .. } => Self::MastercardUnavailable,
            MastercardError::InvalidRequest(_) => Self::InternalError,
        }
    }
}

/// Why an enrollment has its status, where the status alone does not explain it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusReason {
    /// The first request is still running.
    PushInProgress,
    /// The push was sent and its response lost.
    PushOutcomeUnknown,
    /// The first request ended without recording an outcome: the function crashed or timed out.
    Interrupted,
    /// The browser's callback states a result that the token list has not confirmed yet.
    AwaitingConfirmation,
    /// The token list could not be read for days; no further read is scheduled.
    OutcomeUnknown,
    /// The callback's result is `ERROR`.
    TokenRequestorError,
    /// Nothing was pushed.
    #[serde(untagged)]
    PushFailed(PushFailure),
}

impl StatusReason {
    /// The value, as returned to the app.
    pub fn as_str(&self) -> &str {
        match self {
            Self::PushInProgress => "push_in_progress",
            Self::PushOutcomeUnknown => "push_outcome_unknown",
            Self::Interrupted => "interrupted",
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::TokenRequestorError => "token_requestor_error",
            Self::PushFailed(failure) => failure.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_is_stored_as_the_value_that_the_app_reads() {
        let known = PushFailure::ALL.map(|failure| failure.as_str().to_owned());
        for value in known.iter().map(String::as_str).chain(["a_value_of_a_newer_version"]) {
            let failure: PushFailure = serde_json::from_value(json!(value)).unwrap();
            assert_eq!((failure.as_str(), json!(failure)), (value, json!(value)));
            assert_eq!(matches!(failure, PushFailure::Other(_)), value.starts_with("a_"));
            let reason: StatusReason = serde_json::from_value(json!(value)).unwrap();
            assert_eq!(reason, StatusReason::PushFailed(failure));
        }
        for value in [
            "push_in_progress",
            "push_outcome_unknown",
            "interrupted",
            "awaiting_confirmation",
            "outcome_unknown",
            "token_requestor_error",
        ] {
            let reason: StatusReason = serde_json::from_value(json!(value)).unwrap();
            assert_eq!((reason.as_str(), json!(reason)), (value, json!(value)));
            assert!(!matches!(reason, StatusReason::PushFailed(_)));
        }
    }
}
