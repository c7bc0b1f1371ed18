//! An error response, in one form for all of Mastercard's shapes.

use std::{fmt, time::Duration};

use reqwest::StatusCode;

use super::{BaseStringComparison, ReasonCode, Upstream};

/// An error response: a status other than 2xx, or a 200 with errors in its body.
///
/// ```no_run
/// # use push_provisioning_client::MastercardError;
/// # fn example(error: MastercardError) {
/// if let Some(error) = error.api_error() {
///     let codes: Vec<_> = error.reason_codes.iter().map(|code| code.as_str()).collect();
///     println!("{} HTTP {} {codes:?} {}", error.operation, error.status, error.correlation_id);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The system that responded.
    pub upstream: Upstream,
    /// The operation id of Mastercard's API reference, such as `pushMultipleAccounts`.
    pub operation: &'static str,
    /// The HTTP status; it can be 200.
    pub status: StatusCode,
    /// All reason codes, in their order; empty if the body was not JSON.
    pub reason_codes: Vec<ReasonCode>,
    /// Mastercard's `recoverable`: false if any error has false, true if one has true and none has false.
    pub recoverable: Option<bool>,
    /// Mastercard's `source`.
    pub source: ErrorSource,
    /// The delay of `Retry-After`, from when the response was received; at most an hour.
    pub retry_after: Option<Duration>,
    /// Mastercard's correlation id, or the client's if the response had none.
    pub correlation_id: String,
    /// After `AUTHENTICATION_FAILED`, if the gateway's description contains the expected signature base string.
    pub base_strings: Option<BaseStringComparison>,
}

/// The part at fault, in Mastercard's view (`source`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorSource {
    /// The data of the request (`INPUT`).
    Input,
    /// MDES.
    Mdes,
    /// Any other value, or none.
    Other,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rejected {} with HTTP {}", self.upstream, self.operation, self.status.as_u16())?;
        self.reason_codes.iter().try_for_each(|code| write!(f, " {code}"))?;
        write!(f, ", correlation id {}", self.correlation_id)
    }
}

impl std::error::Error for ApiError {}
