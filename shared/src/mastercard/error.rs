//! Why a call to Mastercard failed: never their text, only their reason codes and what to do about it.

use std::{fmt, time::Duration};

use reqwest::StatusCode;

use super::{jwe::JweError, keys::SigningFailed};

mod shapes;
pub(super) use self::shapes::{refusal, retry_after};

/// Who answered, as far as the answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answerer {
    /// Mastercard's API gateway: signature, body hash, project authorisation.
    Gateway,
    /// MDES Token Connect.
    TokenConnect,
    /// Mastercard Processing Digital.
    Processing,
    /// Something in between that does not speak JSON.
    Network,
}

impl fmt::Display for Answerer {
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
    Unreached(#[source] reqwest::Error),
    /// Bytes may have left, no answer came: a broken connection or the deadline.
    #[error("Mastercard's answer was lost")]
    Lost(#[source] reqwest::Error),
    /// The deadline had passed before anything was sent.
    #[error("no time was left to ask Mastercard")]
    OutOfTime,
    /// An answer that says no.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
    /// A success that does not hold what it should, is larger than 8 MB, or did not decrypt.
    #[error("{answerer} answered what this server cannot read")]
    Unreadable {
        /// Who answered.
        answerer: Answerer,
        /// Mastercard's id of the exchange, else ours.
        correlation_id: String,
    },
    /// The request broke a rule on our side and was never sent.
    #[error("the request could not be made")]
    Unsendable(#[source] Unsendable),
}

/// Why a request never left.
#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
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
            Self::Unreached(_) | Self::Lost(_) | Self::OutOfTime | Self::Unreadable { .. } => true,
            Self::Refused(refusal) => refusal.retryable(),
            Self::Unsendable(_) => false,
        }
    }

    /// Who answered, if anyone did.
    pub fn answerer(&self) -> Option<Answerer> {
        match self {
            Self::Refused(refusal) => Some(refusal.answerer),
            Self::Unreadable { answerer, .. } => Some(*answerer),
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
            Self::Refused(refusal) => Some(&refusal.correlation_id),
            Self::Unreadable { correlation_id, .. } => Some(correlation_id),
            _ => None,
        }
    }

    /// How long Mastercard asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.refusal().and_then(|refusal| refusal.retry_after)
    }

    /// The answer that said no, if that is what happened.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether Mastercard certainly did nothing: the request never left, or a 4xx or a 200 with errors refused it.
    /// 408 and 5xx leave it open.
    pub(super) fn certain(&self) -> bool {
        match self {
            Self::Unreached(_) | Self::OutOfTime | Self::Unsendable(_) => true,
            Self::Lost(_) | Self::Unreadable { .. } => false,
            Self::Refused(refusal) => {
                let client_error =
                    refusal.status.is_client_error() && refusal.status != StatusCode::REQUEST_TIMEOUT;
                client_error || refusal.status.is_success()
            }
        }
    }
}

impl From<Unsendable> for MastercardError {
    fn from(reason: Unsendable) -> Self {
        Self::Unsendable(reason)
    }
}

/// An answer that says no: another status than 2xx, or 200 with errors inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Who said it.
    pub answerer: Answerer,
    /// Which operation was asked for.
    pub operation: &'static str,
    /// The HTTP status; 200 is possible.
    pub status: StatusCode,
    /// All reason codes, in order; none if the body was not JSON.
    pub reason_codes: Vec<ReasonCode>,
    /// Mastercard's `recoverable`: false if any error says so, true if one does and none denies it.
    pub recoverable: Option<bool>,
    /// `Retry-After` in seconds.
    pub retry_after: Option<Duration>,
    /// Mastercard's id of the exchange, else ours.
    pub correlation_id: String,
    /// After `AUTHENTICATION_FAILED`: where the gateway's signature base string departs from ours, in bytes.
    /// The length of ours means that both agree, and the key or the consumer key is the wrong one.
    pub first_difference: Option<usize>,
}

impl Refusal {
    fn retryable(&self) -> bool {
        if self.reason_codes.iter().any(ReasonCode::is_final) || matches!(self.status.as_u16(), 401 | 403) {
            return false;
        }
        let by_status = match self.status.as_u16() {
            // Token Connect says 200 and no: with a code that is not known, trying again is worth it.
            200..=299 => true,
            408 | 429 | 500 | 502..=504 => true,
            _ => false,
        };
        self.recoverable.unwrap_or(by_status)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} refused {} with HTTP {}", self.answerer, self.operation, self.status.as_u16())?;
        self.reason_codes.iter().try_for_each(|code| write!(f, " {code}"))
    }
}

impl std::error::Error for Refusal {}

/// Mastercard's word for a refusal, for example `ACCOUNT_INELIGIBLE`. The full list is not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCode(String);

impl ReasonCode {
    /// Letters, digits and `_ - .`, at most 100, or it is no code and might be anything: then `UNREADABLE`.
    fn new(raw: &str) -> Self {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let digits = raw.bytes().filter(u8::is_ascii_digit).count();
        let code = (1..=100).contains(&raw.len()) && raw.bytes().all(plain) && digits < 9;
        Self(if code { raw } else { "UNREADABLE" }.into())
    }

    /// The code as Mastercard wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Codes that no repetition heals: configuration, credentials, data, or a mistake of ours.
    fn is_final(&self) -> bool {
        const FINAL: [&str; 10] = [
            "ACCOUNT_INELIGIBLE",
            "AUTHENTICATION_FAILED",
            "AUTHORIZATION_FAILED",
            "CARD_CONTRACT_NAME_IS_MISSING",
            "DUPLICATE_REQUEST",
            "INVALID_BODY_HASH",
            "INVALID_FIELD_LENGTH",
            "INVALID_JSON",
            "INVALID_OAUTH_SBS",
            "INVALID_PAN",
        ];
        FINAL.contains(&self.0.as_str())
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
