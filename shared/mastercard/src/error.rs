//! Why a call to Mastercard failed. Errors carry Mastercard's reason codes and a diagnosis, never Mastercard's text.

mod api_error;
mod base_strings;
mod diagnosis;
mod known_codes;
mod reason_code;
mod transience;

use std::{fmt, time::Duration};

use reqwest::StatusCode;

use super::{jwe::JweError, keys::SigningError};

pub(crate) use self::transience::Transience;
pub use self::{
    api_error::{ApiError, ErrorSource},
    base_strings::{BaseStringComparison, BaseStringComponent},
    known_codes::Diagnosis,
    reason_code::ReasonCode,
};

/// The system that responded, as far as the response shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// Mastercard's API gateway: signature, body hash, project authorization.
    Gateway,
    /// MDES Token Connect.
    TokenConnect,
    /// Mastercard Processing Digital.
    Processing,
    /// Network equipment in between, which does not respond in JSON.
    Network,
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gateway => "Mastercard's gateway",
            Self::TokenConnect => "Token Connect",
            Self::Processing => "Mastercard Processing",
            Self::Network => "the network",
        })
    }
}

/// A failed call. `Display` and `Debug` are safe for logs: they hold no card data, no keys and no text of Mastercard.
///
/// ```
/// use push_provisioning_client::{InvalidRequest, MastercardError};
///
/// fn log(error: &MastercardError) -> String {
///     let diagnosis = error.diagnosis();
///     format!("{error}: {}; {}; retry: {}", diagnosis.meaning, diagnosis.remedy, error.retryable())
/// }
///
/// let error = MastercardError::from(InvalidRequest::LimitExceeded("a push account id must have 1 to 36 characters"));
/// assert!(log(&error).ends_with("retry: false"));
/// assert!(error.upstream().is_none() && error.status().is_none() && error.api_error().is_none());
/// assert!(error.reason_codes().is_empty() && error.correlation_id().is_none() && error.retry_after().is_none());
/// ```
#[derive(Debug, thiserror::Error)]
pub enum MastercardError {
    /// No connection was made, so nothing was sent.
    #[error("Mastercard could not be reached")]
    Connect(#[source] reqwest::Error),
    /// The request may have been sent, and no complete response was received: a broken connection or the deadline.
    #[error("Mastercard's response was lost")]
    ResponseLost(#[source] reqwest::Error),
    /// The deadline had passed before anything was sent.
    #[error("the deadline passed before the request was sent")]
    OutOfTime,
    /// Nothing was sent: the circuit breaker is open after repeated failures of this API.
    #[error("the circuit breaker of {api} is open")]
    CircuitOpen {
        /// The API that failed.
        api: Upstream,
        /// Time until the next call may be sent.
        retry_after: Duration,
    },
    /// The response was an error.
    #[error(transparent)]
    Rejected(#[from] Box<ApiError>),
    /// A success response without its required content, with an incomplete list, larger than 8 MiB, or that could not be
    /// decrypted.
    #[error("{upstream} sent an invalid response, correlation id {correlation_id}")]
    InvalidResponse {
        /// The system that responded.
        upstream: Upstream,
        /// Mastercard's correlation id, or the client's if the response had none.
        correlation_id: String,
    },
    /// The request could not be built and was not sent.
    #[error("the request could not be built")]
    InvalidRequest(#[source] InvalidRequest),
}

/// Why a request was not sent.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRequest {
    /// Signing failed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Encrypting the body failed.
    #[error(transparent)]
    Encryption(#[from] JweError),
    /// A value exceeds one of Mastercard's limits; the text states the limit.
    #[error("{0}")]
    LimitExceeded(&'static str),
    /// The HTTP client rejected the request, for example because of a header value.
    #[error("the HTTP client rejected the request")]
    Malformed,
}

impl MastercardError {
    /// Whether the same request may succeed later: true for 429, 5xx, lost and invalid responses; false for
    /// credentials, ineligible accounts and invalid requests.
    pub fn retryable(&self) -> bool {
        self.transience() != Transience::Permanent
    }

    /// Whether calls fail so while the API is down. Not 500, which one resource may cause alone.
    pub fn shows_outage(&self) -> bool {
        match self {
            Self::CircuitOpen { .. } | Self::Connect(_) | Self::ResponseLost(_) => true,
            Self::Rejected(error) => matches!(error.status.as_u16(), 502..=504),
            _ => false,
        }
    }

    /// The system that responded; `None` if there was no response.
    pub fn upstream(&self) -> Option<Upstream> {
        match self {
            Self::Rejected(error) => Some(error.upstream),
            Self::InvalidResponse { upstream, .. } => Some(*upstream),
            _ => None,
        }
    }

    /// The HTTP status of an error response; it can be 200.
    pub fn status(&self) -> Option<u16> {
        self.api_error().map(|error| error.status.as_u16())
    }

    /// The reason codes of an error response, in their order; empty if there are none.
    pub fn reason_codes(&self) -> &[ReasonCode] {
        self.api_error().map(|error| error.reason_codes.as_slice()).unwrap_or_default()
    }

    /// The id by which Mastercard's support finds the call.
    pub fn correlation_id(&self) -> Option<&str> {
        match self {
            Self::Rejected(error) => Some(&error.correlation_id),
            Self::InvalidResponse { correlation_id, .. } => Some(correlation_id),
            _ => None,
        }
    }

    /// Whether Mastercard's rate limit was exceeded (429): the request was not processed.
    pub fn is_rate_limited(&self) -> bool {
        self.api_error().is_some_and(|error| error.status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// The delay of the response's `Retry-After`, at most an hour, or the time until the circuit breaker lets a call pass.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CircuitOpen { retry_after, .. } => Some(*retry_after),
            _ => self.api_error()?.retry_after,
        }
    }

    /// The meaning of the failure and its remedy, for operators.
    pub fn diagnosis(&self) -> Diagnosis {
        diagnosis::of(self)
    }

    /// The error response, if there was one.
    pub fn api_error(&self) -> Option<&ApiError> {
        match self {
            Self::Rejected(error) => Some(error),
            _ => None,
        }
    }

    /// Whether Mastercard certainly did not process the request: it was not sent, or the response is a 4xx, a redirect or
    /// a 200 with errors. After 408 and 5xx this is unknown, so the result is false.
    pub(super) fn not_processed(&self) -> bool {
        match self {
            Self::Connect(_) | Self::OutOfTime | Self::CircuitOpen { .. } | Self::InvalidRequest(_) => true,
            Self::ResponseLost(_) | Self::InvalidResponse { .. } => false,
            Self::Rejected(error) => {
                let timed_out = error.status == StatusCode::REQUEST_TIMEOUT;
                !timed_out && !error.status.is_server_error()
            }
        }
    }
}

impl From<InvalidRequest> for MastercardError {
    fn from(reason: InvalidRequest) -> Self {
        Self::InvalidRequest(reason)
    }
}
