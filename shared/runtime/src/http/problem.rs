//! Problem documents (RFC 9457): a stable code and a sentence for the client, the cause for the log.

use std::fmt;

use lambda_http::{Body, Response, http::StatusCode};
use serde::{Serialize, Serializer};

use super::{authentication_request::AuthenticationRequest, fault::Fault};
use crate::BoxError;
use model::enrollment::EnrollmentId;

/// The codes of all problems of this API. They are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`Code::describe` has a title for each")]
pub enum Code {
    InvalidRequest,
    CardNumberRefused,
    IdempotencyKeyMissing,
    Unauthenticated,
    InvalidToken,
    InsufficientUserAuthentication,
    Forbidden,
    InsufficientScope,
    NotFound,
    CardNotFound,
    TokenRequestorNotFound,
    MethodNotAllowed,
    AlreadyEnabled,
    EnrollmentInProgress,
    EnrollmentNotRestartable,
    TooManyAttempts,
    RequestInProgress,
    TokenNotChangeable,
    RequestTooLarge,
    UriTooLong,
    ResponseTooLarge,
    UnsupportedMediaType,
    IdempotencyKeyReused,
    CardNotEligible,
    PlatformNotSupported,
    TooManyEnrollments,
    TooManyRequests,
    InternalError,
    MastercardRefused,
    MastercardUnreadable,
    MastercardUnavailable,
    ServiceUnavailable,
    Maintenance,
    PushOutcomeUnknown,
    TokenChangeUnknown,
}

impl Code {
    /// All codes.
    pub const ALL: [Self; 35] = [
        Self::InvalidRequest,
        Self::CardNumberRefused,
        Self::IdempotencyKeyMissing,
        Self::Unauthenticated,
        Self::InvalidToken,
        Self::InsufficientUserAuthentication,
        Self::Forbidden,
        Self::InsufficientScope,
        Self::NotFound,
        Self::CardNotFound,
        Self::TokenRequestorNotFound,
        Self::MethodNotAllowed,
        Self::AlreadyEnabled,
        Self::EnrollmentInProgress,
        Self::EnrollmentNotRestartable,
        Self::TooManyAttempts,
        Self::RequestInProgress,
        Self::TokenNotChangeable,
        Self::RequestTooLarge,
        Self::UriTooLong,
        Self::ResponseTooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyKeyReused,
        Self::CardNotEligible,
        Self::PlatformNotSupported,
        Self::TooManyEnrollments,
        Self::TooManyRequests,
        Self::InternalError,
        Self::MastercardRefused,
        Self::MastercardUnreadable,
        Self::MastercardUnavailable,
        Self::ServiceUnavailable,
        Self::Maintenance,
        Self::PushOutcomeUnknown,
        Self::TokenChangeUnknown,
    ];

    /// The code in the document, the HTTP status, and the title.
    fn describe(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::InvalidRequest => ("invalid_request", StatusCode::BAD_REQUEST, "The request is not valid"),
            Self::CardNumberRefused => (
                "card_number_refused",
                StatusCode::BAD_REQUEST,
                "Card numbers must never be sent to this server",
            ),
            Self::IdempotencyKeyMissing => {
                ("idempotency_key_missing", StatusCode::BAD_REQUEST, "The Idempotency-Key header is missing")
            }
            Self::Unauthenticated => {
                ("unauthenticated", StatusCode::UNAUTHORIZED, "The access token has no valid client id claim")
            }
            Self::InvalidToken => (
                "invalid_token",
                StatusCode::UNAUTHORIZED,
                "The bearer token is an ID token, not an access token",
            ),
            Self::InsufficientUserAuthentication => (
                "insufficient_user_authentication",
                StatusCode::UNAUTHORIZED,
                "The cardholder must be authenticated again, or more strongly",
            ),
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "Access denied"),
            Self::InsufficientScope => {
                ("insufficient_scope", StatusCode::FORBIDDEN, "The access token lacks the required scope")
            }
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND, "Not found"),
            Self::CardNotFound => ("card_not_found", StatusCode::NOT_FOUND, "There is no such card"),
            Self::TokenRequestorNotFound => {
                ("token_requestor_not_found", StatusCode::NOT_FOUND, "There is no such token requestor")
            }
            Self::MethodNotAllowed => {
                ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED, "This path has no such method")
            }
            Self::AlreadyEnabled => (
                "already_enabled",
                StatusCode::CONFLICT,
                "The card is already enabled at this token requestor",
            ),
            Self::EnrollmentInProgress => (
                "enrollment_in_progress",
                StatusCode::CONFLICT,
                "The card is already being enabled at this token requestor",
            ),
            Self::EnrollmentNotRestartable => (
                "enrollment_not_restartable",
                StatusCode::CONFLICT,
                "Only an enrollment in status READY, EXPIRED or TOKENIZED can be restarted",
            ),
            Self::TooManyAttempts => (
                "too_many_attempts",
                StatusCode::CONFLICT,
                "The enrollment has five attempts already; start a new enrollment",
            ),
            Self::RequestInProgress => (
                "request_in_progress",
                StatusCode::CONFLICT,
                "The first request with this key is still running",
            ),
            Self::TokenNotChangeable => (
                "token_not_changeable",
                StatusCode::CONFLICT,
                "A token in this state cannot be changed this way",
            ),
            Self::RequestTooLarge => {
                ("request_too_large", StatusCode::PAYLOAD_TOO_LARGE, "The request is too large")
            }
            Self::UriTooLong => {
                ("uri_too_long", StatusCode::URI_TOO_LONG, "The address of the request is too long")
            }
            Self::ResponseTooLarge => (
                "response_too_large",
                StatusCode::NOT_ACCEPTABLE,
                "The response is too large for the accepted encodings; accept gzip, or request one account range",
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/json",
            ),
            Self::IdempotencyKeyReused => (
                "idempotency_key_reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "This Idempotency-Key was used for a different request",
            ),
            Self::CardNotEligible => (
                "card_not_eligible",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The card cannot be enabled at this token requestor",
            ),
            Self::PlatformNotSupported => (
                "platform_not_supported",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The token requestor cannot be reached from this platform",
            ),
            Self::TooManyEnrollments => (
                "too_many_enrollments",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests to enable cards were made; try later",
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests change this card at the same moment",
            ),
            Self::InternalError => {
                ("internal_error", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on this server")
            }
            Self::MastercardRefused => {
                ("mastercard_refused", StatusCode::BAD_GATEWAY, "Mastercard rejected the request")
            }
            Self::MastercardUnreadable => {
                ("mastercard_unreadable", StatusCode::BAD_GATEWAY, "Mastercard's response could not be read")
            }
            Self::MastercardUnavailable => (
                "mastercard_unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "Mastercard cannot be reached at the moment",
            ),
            Self::ServiceUnavailable => (
                "service_unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "This server is still starting; nothing was done",
            ),
            Self::Maintenance => (
                "maintenance",
                StatusCode::SERVICE_UNAVAILABLE,
                "Cards cannot be enabled at the moment; nothing was done",
            ),
            Self::PushOutcomeUnknown => (
                "push_outcome_unknown",
                StatusCode::SERVICE_UNAVAILABLE,
                "Whether the card was pushed is not known yet; poll the enrollment",
            ),
            Self::TokenChangeUnknown => (
                "token_change_unknown",
                StatusCode::SERVICE_UNAVAILABLE,
                "Whether the token was changed is not known yet; read the list of tokens",
            ),
        }
    }

    /// Whether the same request may succeed later.
    pub fn retryable(self) -> bool {
        matches!(
            self,
            Self::InternalError
                | Self::RequestInProgress
                | Self::TooManyRequests
                | Self::MastercardUnavailable
                | Self::ServiceUnavailable
                | Self::Maintenance
                | Self::TokenChangeUnknown
        )
    }

    /// The code in the document.
    pub fn as_str(self) -> &'static str {
        self.describe().0
    }

    /// The HTTP status of the response.
    pub fn status(self) -> StatusCode {
        self.describe().1
    }

    /// The title in the document, the same for every problem of this code.
    pub fn title(self) -> &'static str {
        self.describe().2
    }
}

impl Code {
    /// The `detail` in the document: what the title means for the caller, and what to do.
    pub fn detail(self) -> &'static str {
        match self {
            Self::InvalidRequest => {
                "Correct what `errors` names; without it, the request as a whole cannot be read."
            }
            Self::CardNumberRefused => {
                "The query or the body contains a card number. Nothing was stored; send the id of the card contract instead."
            }
            Self::IdempotencyKeyMissing => {
                "Send exactly one Idempotency-Key: a new UUID for each action of the cardholder, the same one for a repetition."
            }
            Self::Unauthenticated => {
                "The claim that the bank has configured is missing or is no client id. Log the cardholder in again."
            }
            Self::InvalidToken => "Send the access token that the login returned beside the ID token.",
            Self::InsufficientUserAuthentication => {
                "Nothing was done. Log the cardholder in as `authentication` says, then send the same request again."
            }
            Self::Forbidden => {
                "The caller's certificate, or the secret that it sent, is not one of those configured."
            }
            Self::InsufficientScope => {
                "WWW-Authenticate names the scopes of which the access token needs one. A repetition does not help."
            }
            Self::NotFound => {
                "The path names nothing that exists, or nothing that belongs to this cardholder."
            }
            Self::CardNotFound => {
                "Mastercard Processing knows no such card of this cardholder. Nothing was pushed."
            }
            Self::TokenRequestorNotFound => {
                "The catalog has no such token requestor, or has it no longer. List the token requestors again."
            }
            Self::MethodNotAllowed => "The header Allow lists the methods of this path.",
            Self::AlreadyEnabled => {
                "The list of the cardholder's tokens has an active one of this card there. Nothing was pushed."
            }
            Self::EnrollmentInProgress => {
                "`enrollmentId` names the enrollment that is in progress. Poll it, or restart it; nothing was pushed."
            }
            Self::EnrollmentNotRestartable => {
                "The enrollment has another status, or a later enrollment has taken its card. Read its current status."
            }
            Self::TooManyAttempts => {
                "An enrollment cannot be restarted more often. Poll it until it is final; then the card can be enrolled again."
            }
            Self::RequestInProgress => {
                "Send the same request with the same Idempotency-Key again after Retry-After; it is not processed twice."
            }
            Self::TokenNotChangeable => {
                "The token's state has changed since it was listed. List the card's tokens again; `actions` has what is possible."
            }
            Self::RequestTooLarge => {
                "Bodies have at most 16 kB, those of notifications 64 kB and those of the callback 1 kB."
            }
            Self::UriTooLong => "Path and query have at most 32 kB together.",
            Self::ResponseTooLarge => {
                "Lambda cannot send more than 6 MB. Send Accept-Encoding: gzip, or ask for one account range."
            }
            Self::UnsupportedMediaType => {
                "Send the body as JSON, with the header Content-Type: application/json."
            }
            Self::IdempotencyKeyReused => {
                "A key belongs to one action of the cardholder. Make a new one, or repeat the first request unchanged."
            }
            Self::CardNotEligible => {
                "The card is blocked, expired or of an account range that the token requestor does not accept. Nothing was pushed."
            }
            Self::PlatformNotSupported => {
                "The token requestor has no push method for this platform. List those of the platform."
            }
            Self::TooManyEnrollments => {
                "The cardholder has reached a limit of this hour or day. A new action may succeed after Retry-After."
            }
            Self::TooManyRequests => {
                "Others changed the same card or token at this moment, or its day's changes are used up. Send the same request again after Retry-After."
            }
            Self::InternalError => {
                "The log has the cause under `requestId`. The same request with the same Idempotency-Key may succeed."
            }
            Self::MastercardRefused => {
                "The reason is not the card or the cardholder. Quote `requestId` to support; a repetition does not help."
            }
            Self::MastercardUnreadable => {
                "Mastercard sent something that this server does not understand. Quote `requestId` to support."
            }
            Self::MastercardUnavailable => "Nothing was done. Send the same request again after Retry-After.",
            Self::ServiceUnavailable => {
                "A secret could not be fetched yet. Send the same request again after Retry-After."
            }
            Self::Maintenance => {
                "The bank has stopped enabling cards for a while. Everything else works; ask again after Retry-After."
            }
            Self::PushOutcomeUnknown => {
                "Mastercard's response was lost. Do not repeat the request; `enrollmentId` names the enrollment whose status shows the outcome."
            }
            Self::TokenChangeUnknown => {
                "Mastercard's response was lost. The same request with the same Idempotency-Key changes nothing twice."
            }
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

const CHALLENGE: &str = "www-authenticate";

/// An error response: a document for the client and a cause for the log.
#[derive(Debug)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    errors: Vec<Fault>,
    enrollment_id: Option<EnrollmentId>,
    headers: Vec<(&'static str, String)>,
    authentication: Option<Box<AuthenticationRequest>>,
    cause: Option<BoxError>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.title())
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let cause = self.cause.as_deref()?;
        Some(cause)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'static str,
    code: Code,
    retryable: bool,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrollment_id: Option<EnrollmentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<Box<AuthenticationRequest>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Fault],
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            errors: Vec::new(),
            enrollment_id: None,
            headers: Vec::new(),
            authentication: None,
            cause: None,
        }
    }
}

impl Problem {
    /// [`Code::InvalidRequest`] with one invalid query parameter.
    pub fn parameter(name: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self::faults(vec![Fault::in_parameter(name, detail)])
    }

    /// [`Code::InvalidRequest`] with the parts of the request that are invalid.
    pub fn faults(errors: Vec<Fault>) -> Self {
        Self { errors, ..Code::InvalidRequest.into() }
    }

    /// [`Code::InternalError`]. The cause is only logged.
    pub fn internal(cause: impl Into<BoxError>) -> Self {
        Problem::from(Code::InternalError).with_source(cause)
    }

    /// Sets the `enrollmentId` of the document.
    pub fn with_enrollment_id(self, enrollment_id: EnrollmentId) -> Self {
        Self { enrollment_id: Some(enrollment_id), ..self }
    }

    /// Adds the header `Retry-After`, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header("retry-after", seconds.to_string())
    }

    /// [`Code::MethodNotAllowed`] with the header `Allow`.
    pub(super) fn allow(methods: &'static str) -> Self {
        Self::from(Code::MethodNotAllowed).with_header("allow", methods.into())
    }

    /// Adds the header `WWW-Authenticate` (RFC 9110 section 11.6.1). A 401 without one gets `invalid_token`.
    pub(super) fn with_challenge(self, challenge: String) -> Self {
        self.with_header(CHALLENGE, challenge)
    }

    /// Adds the headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
    pub fn with_rate_limit(self, policy: String, limit: String) -> Self {
        self.with_header("ratelimit-policy", policy).with_header("ratelimit", limit)
    }

    fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets the `authentication` of the document.
    pub(super) fn with_authentication(self, authentication: AuthenticationRequest) -> Self {
        Self { authentication: Some(Box::new(authentication)), ..self }
    }

    /// Sets the cause, which is only logged.
    pub fn with_source(self, cause: impl Into<BoxError>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// Builds the response. The problem is logged where the request ends.
    pub(super) fn into_response(self, request_id: &str) -> Result<Response<Body>, lambda_http::Error> {
        let (code, status, title) = self.code.describe();
        let document = Document {
            r#type: format!("urn:click-to-pay-issuer:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: self.code.detail(),
            code: self.code,
            retryable: self.code.retryable(),
            request_id,
            enrollment_id: self.enrollment_id,
            authentication: self.authentication,
            errors: &self.errors,
        };
        let mut response = Response::builder()
            .status(status)
            .header("content-type", "application/problem+json")
            .header("cache-control", "no-store");
        if status == StatusCode::UNAUTHORIZED && !self.headers.iter().any(|(name, _)| *name == CHALLENGE) {
            let challenge = format!(r#"Bearer error="invalid_token", error_description="{title}""#);
            response = response.header(CHALLENGE, challenge);
        }
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        Ok(response.body(Body::Text(serde_json::to_string(&document)?))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_reads_a_sentence_and_never_the_cause() {
        let problem = Problem::internal("table Enrollments is on fire");
        let response = problem.into_response("r-1").unwrap();
        let Body::Text(text) = response.body() else { panic!("text") };
        assert!(text.contains("internal_error") && text.contains("r-1") && !text.contains("fire"), "{text}");
    }

    #[test]
    fn the_detail_of_each_problem_says_more_than_its_title() {
        for code in Code::ALL {
            assert_ne!(code.detail(), code.title(), "{}", code.as_str());
            assert!(
                code.detail().ends_with('.') && !code.detail().contains(code.title()),
                "{}",
                code.as_str()
            );
        }
        let details: std::collections::BTreeSet<_> = Code::ALL.map(Code::detail).into();
        assert_eq!(details.len(), Code::ALL.len(), "each code has its own");
    }

    #[test]
    fn the_contract_names_the_problems_that_may_pass() {
        let contract = include_str!("../../../../infra/openapi.yaml");
        let header = contract.split("\n    RetryAfter:\n").nth(1).unwrap().split("schema:").next().unwrap();
        for code in Code::ALL.into_iter().filter(|code| *code != Code::InternalError) {
            let is_described = header.contains(&format!("`{}`", code.as_str()));
            let has_pause = code.retryable() || code == Code::TooManyEnrollments;
            assert_eq!(is_described, has_pause, "infra/openapi.yaml, RetryAfter: {}", code.as_str());
        }
    }

    #[test]
    fn each_member_of_a_problem_document_is_described() {
        let problem = Problem::faults(vec![Fault::in_body(
            "/locale",
            "must be a language and a country, such as en_GB",
        )])
        .with_enrollment_id(EnrollmentId::new(jiff::Timestamp::UNIX_EPOCH))
        .with_authentication(AuthenticationRequest::default());
        let response = problem.into_response("r-1").unwrap();
        let Body::Text(text) = response.body() else { panic!("text") };
        let document: serde_json::Value = serde_json::from_str(text).unwrap();
        let contract = include_str!("../../../../infra/openapi.yaml");
        let schema = contract.split("\n    Problem:\n").nth(1).unwrap();
        let members = schema.split("\n      properties:\n").nth(1).unwrap().lines();
        let members = members.take_while(|line| line.starts_with("        "));
        let names = members.filter(|line| !line.starts_with("         "));
        let described: Vec<_> = names.filter_map(|line| line.trim().split(':').next()).collect();
        for member in document.as_object().unwrap().keys() {
            assert!(
                described.contains(&member.as_str()),
                "infra/openapi.yaml: describe `{member}` in the schema Problem, then run .ci/api-page >docs/api.md"
            );
        }
        assert_eq!(described.len(), document.as_object().unwrap().len(), "fill all members in this test");
    }
}
