//! How an invocation ended.

use lambda_http::{Body, http::HeaderValue};
use lambda_runtime::Diagnostic;
use local::cardholder::Response;
use serde::Serialize;
use serde_json::Value;

pub(super) enum Outcome {
    /// An HTTP response, and its body as text.
    Response(Response, String),
    /// The report of a scheduled function.
    Report(Value),
    /// The error message of a scheduled function.
    Failure(String),
}

impl Outcome {
    pub(super) fn from_http(http_response: &lambda_http::Response<Body>) -> Self {
        let text = String::from_utf8_lossy(http_response.body().as_ref()).into_owned();
        let header = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = http_response.headers().iter().map(|(name, value)| (name.to_string(), header(value)));
        let response = Response {
            status: http_response.status().as_u16(),
            headers: headers.collect(),
            body: serde_json::from_str(&text).unwrap_or_default(),
        };
        Self::Response(response, text)
    }

    pub(super) fn from_scheduled(result: Result<impl Serialize, Diagnostic>) -> Self {
        match result {
            Ok(report) => Self::Report(serde_json::to_value(report).unwrap()),
            Err(failure) => Self::Failure(failure.error_message),
        }
    }
}
