//! The app's side of HTTP: requests parsed into types, answers and problems made in one way.

mod enrollment;
mod problem;
mod request;
mod run;
mod store;
mod upstream;

use std::fmt;

use lambda_http::{Body, Request, RequestExt as _, Response};
use serde::Serialize;
use tracing::Instrument as _;

pub use enrollment::EnrollmentResponse;
pub use lambda_http::http::StatusCode;
pub use problem::{Code, FieldError, Problem};
pub use request::{Caller, body, deadline, path_parameter, query};
pub use run::run;

use crate::invocation;

/// An answer that carries JSON.
pub fn json(status: StatusCode, answer: &impl Serialize) -> Result<Response<Body>, Problem> {
    let text = serde_json::to_string(answer).map_err(Problem::internal)?;
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("cache-control", "no-store")
        .body(Body::Text(text))
        .map_err(Problem::internal)
}

/// The most that the app may send in a body, in bytes.
const APP_LIMIT: usize = 16 * 1024;

/// Serves a request of the app: knows its id, refuses large bodies and card numbers, answers problems.
pub async fn serve<F>(request: Request, handler: F) -> Result<Response<Body>, lambda_http::Error>
where
    F: AsyncFnOnce(Request) -> Result<Response<Body>, Problem>,
{
    serve_untrusted(request, APP_LIMIT, async |request| {
        request::refuse_card_numbers(&request)?;
        handler(request).await
    })
    .await
}

/// Serves a request from elsewhere (Mastercard, a returning browser), whose texts are not the app's to mend.
pub async fn serve_untrusted<F>(
    request: Request,
    limit: usize,
    handler: F,
) -> Result<Response<Body>, lambda_http::Error>
where
    F: AsyncFnOnce(Request) -> Result<Response<Body>, Problem>,
{
    let request_id = request::id(&request);
    let correlation_id = Some(request_id.as_str()).filter(|id| !id.is_empty());
    let span = invocation::span(request.lambda_context_ref(), correlation_id);
    async {
        let outcome = match request::refuse_large(&request, limit) {
            Ok(()) => handler(request).await,
            Err(problem) => Err(problem),
        };
        outcome.or_else(|problem| problem.into_response(&request_id))
    }
    .instrument(span)
    .await
}

/// What is wrong with one field.
pub fn field_error(field: impl Into<String>, message: impl fmt::Display) -> FieldError {
    FieldError { field: field.into(), message: message.to_string() }
}
