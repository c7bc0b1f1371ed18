//! A response of one of the APIs, and whether it is a success.

mod error_body;

use std::time::Duration;

use reqwest::StatusCode;

use super::{
    error::{ApiError, MastercardError, ReasonCode, Upstream},
    json::{self, Fields, Unreadable},
};

/// A complete response of any status.
pub(super) struct ApiResponse {
    /// The API that was called.
    pub(super) upstream: Upstream,
    pub(super) operation: &'static str,
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    pub(super) retry_after: Option<Duration>,
    /// See [`ApiError::clock_ahead_seconds`].
    pub(super) clock_ahead_seconds: Option<i64>,
    pub(super) correlation_id: String,
    /// The signature base string of the request.
    pub(super) base_string: String,
}

impl ApiResponse {
    /// The response itself if it is a success: 2xx without errors in its body.
    pub(super) fn into_success(self) -> Result<Self, MastercardError> {
        self.error().map_or(Ok(self), Err)
    }

    /// The error that the response reports, if any.
    pub(super) fn error(&self) -> Option<MastercardError> {
        self.api_error().map(|error| MastercardError::Rejected(Box::new(error)))
    }

    /// The same, not yet wrapped.
    pub(super) fn api_error(&self) -> Option<ApiError> {
        error_body::parse(self)
    }

    /// Whether the gateway rejected the signature or the consumer key: it says so, or the response is a 401 that neither
    /// denies access nor comes from an API behind the gateway. Such an API gets only requests that the gateway accepted.
    pub(super) fn is_unauthenticated(&self) -> bool {
        if !self.status.is_client_error() {
            return false;
        }
        let Some(error) = self.api_error() else { return false };
        let says_something = !error.reason_codes.is_empty() || error.is_encrypted;
        if error.upstream == self.upstream && says_something {
            return false;
        }
        error.reason_codes.iter().any(ReasonCode::rejects_key_set)
            || (self.status == StatusCode::UNAUTHORIZED
                && !error.reason_codes.iter().any(ReasonCode::denies_access))
    }

    /// Reads the body, and logs the names of the fields that could not be read. `None` unless it is a JSON object.
    pub(super) fn read<T>(&self, read: impl FnOnce(Fields<'_>) -> Option<T>) -> Option<T> {
        let body = json::parse(&self.body).ok()?;
        let unreadable = Unreadable::default();
        let content = read(Fields::of(&body, &unreadable)?);
        unreadable.log(self.operation);
        content
    }

    /// Whether the body says nothing: it is empty, null, or an object without fields.
    pub(super) fn is_empty(&self) -> bool {
        let blank = self.body.iter().all(u8::is_ascii_whitespace);
        blank || json::parse(&self.body).is_ok_and(|body| body.is_null() || body == serde_json::json!({}))
    }

    /// The error for a success response without its required content.
    pub(super) fn invalid(&self) -> MastercardError {
        MastercardError::InvalidResponse {
            upstream: self.upstream,
            correlation_id: self.correlation_id.clone(),
        }
    }
}
