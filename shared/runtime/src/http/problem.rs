//! Problem documents (RFC 9457): a stable code and a sentence for the client, the cause for the log.

mod code;

use std::fmt;

use lambda_http::{Body, Response, http::StatusCode};
use serde::Serialize;

use super::{authentication_request::AuthenticationRequest, fault::Fault};
use crate::BoxError;
use model::enrollment::EnrollmentId;

pub use code::Code;

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
        let (status, title) = (self.code.status(), self.code.title());
        let document = Document {
            r#type: format!("urn:click-to-pay-issuer:problem:{}", self.code.as_str()),
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
