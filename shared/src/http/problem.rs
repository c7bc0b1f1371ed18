//! Problem documents (RFC 9457): a stable code and a clear sentence for the caller, the cause for the log.

use lambda_http::{Body, Response, http::StatusCode};
use serde::Serialize;

use super::{Cause, field_error};
use crate::{enrollment::EnrollmentId, telemetry};

/// Every problem that this API answers with. The code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the sentences in `title` say it")]
pub enum Code {
    InvalidRequest,
    CardNumberRefused,
    IdempotencyKeyMissing,
    Unauthenticated,
    Forbidden,
    NotFound,
    CardNotFound,
    TokenRequestorNotFound,
    AlreadyEnabled,
    EnrollmentInProgress,
    EnrollmentNotRestartable,
    RequestInProgress,
    RequestTooLarge,
    AnswerTooLarge,
    UnsupportedMediaType,
    IdempotencyKeyReused,
    CardNotEligible,
    PlatformNotSupported,
    InternalError,
    MastercardRefused,
    MastercardUnreadable,
    MastercardUnavailable,
    PushOutcomeUnknown,
}

impl Code {
    /// HTTP status and the sentence that the caller reads.
    fn meaning(self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "The request is not valid"),
            Self::CardNumberRefused => {
                (StatusCode::BAD_REQUEST, "Card numbers must never be sent to this server")
            }
            Self::IdempotencyKeyMissing => (StatusCode::BAD_REQUEST, "The Idempotency-Key header is missing"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "The access token names no client"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "This caller may not do that"),
            Self::NotFound => (StatusCode::NOT_FOUND, "There is no such thing here"),
            Self::CardNotFound => (StatusCode::NOT_FOUND, "There is no such card"),
            Self::TokenRequestorNotFound => (StatusCode::NOT_FOUND, "There is no such token requestor"),
            Self::AlreadyEnabled => (StatusCode::CONFLICT, "The card is already enabled there"),
            Self::EnrollmentInProgress => (StatusCode::CONFLICT, "This card is already being enabled there"),
            Self::EnrollmentNotRestartable => (
                StatusCode::CONFLICT,
                "This enrollment cannot be started again: only one that waits for the cardholder or has expired can",
            ),
            Self::RequestInProgress => {
                (StatusCode::CONFLICT, "The first request with this key is still running")
            }
            Self::RequestTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The request is too large"),
            Self::AnswerTooLarge => (
                StatusCode::NOT_ACCEPTABLE,
                "The answer is too large for the encodings accepted; ask for gzip, or for one account range",
            ),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be application/json")
            }
            Self::IdempotencyKeyReused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "This Idempotency-Key was used for a different request")
            }
            Self::CardNotEligible => (StatusCode::UNPROCESSABLE_ENTITY, "The card cannot be enabled there"),
            Self::PlatformNotSupported => {
                (StatusCode::UNPROCESSABLE_ENTITY, "The token requestor cannot be reached from this platform")
            }
            Self::InternalError => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on this server"),
            Self::MastercardRefused => (StatusCode::BAD_GATEWAY, "Mastercard refused the request"),
            Self::MastercardUnreadable => (StatusCode::BAD_GATEWAY, "Mastercard's answer could not be read"),
            Self::MastercardUnavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "Mastercard cannot be reached at the moment")
            }
            Self::PushOutcomeUnknown => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Whether the card was pushed is not known yet; follow the enrollment",
            ),
        }
    }

    /// Whether the same request may succeed later.
    pub fn retryable(self) -> bool {
        matches!(self, Self::InternalError | Self::RequestInProgress | Self::MastercardUnavailable)
    }

    /// The code as the caller reads it.
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(Into::into)).unwrap_or_default()
    }

    /// The code of a word, for reasons that were stored.
    pub fn from_word(word: &str) -> Option<Self> {
        const STORED: [Code; 8] = [
            Code::CardNotFound,
            Code::CardNotEligible,
            Code::PlatformNotSupported,
            Code::AlreadyEnabled,
            Code::MastercardRefused,
            Code::MastercardUnreadable,
            Code::MastercardUnavailable,
            Code::InternalError,
        ];
        STORED.into_iter().find(|code| code.word() == word)
    }
}

/// One thing that is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Field, parameter or header.
    pub field: String,
    /// What is wrong with it; never its value.
    pub message: String,
}

/// What went wrong: one part for the caller, one for the log.
#[derive(Debug)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    detail: Option<String>,
    errors: Vec<FieldError>,
    enrollment_id: Option<EnrollmentId>,
    retry_after_seconds: Option<u64>,
    cause: Option<Cause>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: Code,
    retryable: bool,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrollment_id: Option<EnrollmentId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            enrollment_id: None,
            retry_after_seconds: None,
            cause: None,
        }
    }
}

impl Problem {
    /// One field is wrong.
    pub fn field(field: impl Into<String>, message: impl std::fmt::Display) -> Self {
        Self::fields(vec![field_error(field, message)])
    }

    /// Several fields are wrong; all are told.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Code::InvalidRequest.into() }
    }

    /// This server's own fault; the cause goes to the log only.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Problem::from(Code::InternalError).because(cause)
    }

    /// A sentence of this server's own in place of the title.
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Names the enrollment that it is about.
    pub fn about(self, enrollment_id: EnrollmentId) -> Self {
        Self { enrollment_id: Some(enrollment_id), ..self }
    }

    /// When to come back.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    /// What the log is told.
    pub fn because(self, cause: impl Into<Cause>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// Logs the cause and makes the document.
    pub(super) fn into_response(self, request_id: &str) -> Result<Response<Body>, lambda_http::Error> {
        let (status, title) = self.code.meaning();
        let cause = self.cause.as_ref().map(|cause| telemetry::chain(cause.as_ref()));
        let code = self.code.word();
        if status.is_server_error() {
            tracing::error!(
                request.id = request_id,
                code,
                status = status.as_u16(),
                cause,
                "the request failed"
            );
        } else {
            tracing::info!(
                request.id = request_id,
                code,
                status = status.as_u16(),
                cause,
                "the request was refused"
            );
        }
        let document = Document {
            r#type: format!("urn:click-to-pay-issuer:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: self.detail.as_deref().unwrap_or(title),
            code: self.code,
            retryable: self.code.retryable(),
            request_id,
            enrollment_id: self.enrollment_id,
            errors: &self.errors,
        };
        let mut response = Response::builder()
            .status(status)
            .header("content-type", "application/problem+json")
            .header("cache-control", "no-store");
        if let Some(seconds) = self.retry_after_seconds {
            response = response.header("retry-after", seconds);
        }
        Ok(response.body(Body::Text(serde_json::to_string(&document)?))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_reads_a_sentence_and_never_the_cause() {
        let problem = Problem::internal("table Enrollments is on fire");
        let response = problem.into_response("r-1").unwrap();
        let Body::Text(text) = response.body() else { panic!("text") };
        assert!(text.contains("internal_error") && text.contains("r-1") && !text.contains("fire"), "{text}");
    }

    #[test]
    fn a_stored_reason_is_found_again() {
        assert_eq!(Code::from_word("card_not_eligible"), Some(Code::CardNotEligible));
        assert_eq!(Code::from_word("interrupted"), None);
    }
}
