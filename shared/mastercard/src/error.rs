//! Why a call to Mastercard failed: never their text, only their reason codes and what to do about it.

use std::{fmt, time::Duration};

use reqwest::StatusCode;

use super::{
    jwe::JweError,
    keys::SigningFailed,
    retry::{self, RetryPolicy},
};

mod base_strings;
mod diagnosis;
mod reason_code;
mod shapes;

pub(super) use self::shapes::{refusal, retry_after};
pub use self::{
    base_strings::{BaseStrings, Component},
    diagnosis::Diagnosis,
    reason_code::ReasonCode,
};

/// Who answered, as far as the answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// Mastercard's API gateway: signature, body hash, project authorization.
    Gateway,
    /// MDES Token Connect.
    TokenConnect,
    /// Mastercard Processing Digital.
    Processing,
    /// Something in between that does not speak JSON.
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

/// A call that did not succeed. Its texts are fit for logs; what a caller may know is for the edge to decide.
#[derive(Debug, thiserror::Error)]
pub enum MastercardError {
    /// The connection was never made: certainly nothing was sent.
    #[error("Mastercard could not be reached")]
    Connect(#[source] reqwest::Error),
    /// Bytes may have left, no answer came: a broken connection or the deadline.
    #[error("Mastercard's answer was lost")]
    ResponseLost(#[source] reqwest::Error),
    /// The deadline had passed before anything was sent.
    #[error("no time was left to ask Mastercard")]
    OutOfTime,
    /// Nothing was sent, since the API has not answered for a while: see `breaker`.
    #[error("{api} is down")]
    CircuitOpen {
        /// Which API.
        api: Upstream,
        /// When it will be asked again at the earliest.
        retry_after: Duration,
    },
    /// An answer that says no.
    #[error(transparent)]
    Rejected(#[from] Box<ApiError>),
    /// A success that does not hold what it should, is larger than 8 MB, or did not decrypt.
    #[error("{upstream} answered what this server cannot read, correlation id {correlation_id}")]
    InvalidResponse {
        /// Who answered.
        upstream: Upstream,
        /// Mastercard's id of the exchange, else ours.
        correlation_id: String,
    },
    /// The request broke a rule on our side and was never sent.
    #[error("the request could not be made")]
    InvalidRequest(#[source] InvalidRequest),
}

/// Why a request never left.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRequest {
    /// The signing key did not sign.
    #[error(transparent)]
    Unsigned(#[from] SigningFailed),
    /// The payload encryption failed.
    #[error(transparent)]
    Unsealed(#[from] JweError),
    /// A value does not fit Mastercard's limits.
    #[error("{0}")]
    Limits(&'static str),
    /// The HTTP client refused it, for example for a header value.
    #[error("the HTTP client refused the request")]
    Malformed,
}

impl MastercardError {
    /// Whether the same request may succeed later. 429, 5xx and lost answers: yes. Credentials, ineligible
    /// accounts and our own mistakes: no.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Connect(_) | Self::ResponseLost(_) | Self::InvalidResponse { .. } => true,
            Self::OutOfTime | Self::CircuitOpen { .. } => true,
            Self::Rejected(refusal) => retry::after_refusal(refusal) != RetryPolicy::None,
            Self::InvalidRequest(_) => false,
        }
    }

    /// Who answered, if anyone did.
    pub fn upstream(&self) -> Option<Upstream> {
        match self {
            Self::Rejected(refusal) => Some(refusal.upstream),
            Self::InvalidResponse { upstream, .. } => Some(*upstream),
            _ => None,
        }
    }

    /// The HTTP status of a refusal; 200 is possible.
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status.as_u16())
    }

    /// The reason codes of a refusal; may be empty.
    pub fn reason_codes(&self) -> &[ReasonCode] {
        self.refusal().map(|refusal| refusal.reason_codes.as_slice()).unwrap_or_default()
    }

    /// The id by which Mastercard's support finds the exchange.
    pub fn correlation_id(&self) -> Option<&str> {
        match self {
            Self::Rejected(refusal) => Some(&refusal.correlation_id),
            Self::InvalidResponse { correlation_id, .. } => Some(correlation_id),
            _ => None,
        }
    }

    /// How long Mastercard asked to wait, or how long nobody will be asked.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CircuitOpen { retry_after, .. } => Some(*retry_after),
            _ => self.refusal()?.retry_after,
        }
    }

    /// What it means and what to do, for operators.
    pub fn diagnosis(&self) -> Diagnosis {
        diagnosis::of(self)
    }

    /// The answer that said no, if that is what happened.
    pub fn refusal(&self) -> Option<&ApiError> {
        match self {
            Self::Rejected(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether Mastercard certainly did nothing: the request never left, or a 4xx, a redirect or a 200 with errors
    /// refused it. 408 and 5xx leave it open.
    pub(super) fn not_processed(&self) -> bool {
        match self {
            Self::Connect(_) | Self::OutOfTime | Self::CircuitOpen { .. } | Self::InvalidRequest(_) => true,
            Self::ResponseLost(_) | Self::InvalidResponse { .. } => false,
            Self::Rejected(refusal) => {
                let timed_out = refusal.status == StatusCode::REQUEST_TIMEOUT;
                !timed_out && !refusal.status.is_server_error()
            }
        }
    }
}

impl From<InvalidRequest> for MastercardError {
    fn from(reason: InvalidRequest) -> Self {
        Self::InvalidRequest(reason)
    }
}

/// An answer that says no: another status than 2xx, or 200 with errors inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Who said it.
    pub upstream: Upstream,
    /// Which operation was asked for.
    pub operation: &'static str,
    /// The HTTP status; 200 is possible.
    pub status: StatusCode,
    /// All reason codes, in order; none if the body was not JSON.
    pub reason_codes: Vec<ReasonCode>,
    /// Mastercard's `recoverable`: false if any error says so, true if one does and none denies it.
    pub recoverable: Option<bool>,
    /// Whom Mastercard blames.
    pub source: Source,
    /// `Retry-After`, from now.
    pub retry_after: Option<Duration>,
    /// Mastercard's id of the exchange, else ours.
    pub correlation_id: String,
    /// After `AUTHENTICATION_FAILED`, if the gateway printed its signature base string.
    pub base_strings: Option<BaseStrings>,
}

/// Whom Mastercard blames for a refusal (`source`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The data of the request.
    Input,
    /// MDES.
    Mdes,
    /// Somebody else, or nobody.
    Other,
}

impl ApiError {
    /// Whether Mastercard does not believe, or does not allow, this server as such.
    pub(super) fn credentials(&self) -> bool {
        self.reason_codes.iter().any(ReasonCode::is_of_credentials)
    }

    /// Whether a code says a thing that no repetition heals.
    pub(super) fn known(&self) -> bool {
        self.reason_codes.iter().any(ReasonCode::is_final)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} refused {} with HTTP {}", self.upstream, self.operation, self.status.as_u16())?;
        self.reason_codes.iter().try_for_each(|code| write!(f, " {code}"))?;
        write!(f, ", correlation id {}", self.correlation_id)
    }
}

impl std::error::Error for ApiError {}
