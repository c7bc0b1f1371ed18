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
    /// All reason codes, in their order; empty if the body was not JSON, or is encrypted.
    pub reason_codes: Vec<ReasonCode>,
    /// Whether the body is encrypted and was not decrypted, because no key fits or none is configured: its reason codes are
    /// unknown then.
    pub is_encrypted: bool,
    /// Mastercard's `recoverable`: false if any error has false, true if one has true and none has false.
    pub recoverable: Option<bool>,
    /// Mastercard's `source`.
    pub source: ErrorSource,
    /// The delay of `Retry-After`, from when the response was received; at most an hour.
    pub retry_after: Option<Duration>,
    /// After 401 or 403: how far this machine's clock is ahead of the response's `Date` (negative if behind), in seconds; only
    /// if that is more than half a minute. Mastercard rejects signatures whose timestamp is too old or in the future.
    pub clock_ahead_seconds: Option<i64>,
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
        write!(f, ", correlation id {}", self.correlation_id)?;
        match self.clock_ahead_seconds {
            Some(seconds @ ..0) => write!(f, ", our clock is {} s behind", seconds.unsigned_abs()),
            Some(seconds) => write!(f, ", our clock is {seconds} s ahead"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}
