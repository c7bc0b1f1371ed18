//! HTTP requests parsed into types, and responses and problem documents built from types.

mod access_token;
mod actor;
mod authentication_request;
mod body;
mod caller;
mod card_numbers;
mod enrollment;
mod event;
mod fault;
mod logo;
mod problem;
mod request;
mod request_log;
mod run;
mod step_up;
mod store;
mod upstream;

use lambda_http::{Body, Request, RequestExt as _, Response};
use serde::Serialize;
use tracing::Instrument as _;

pub use actor::actor;
pub use body::{CheckedBody, body};
pub use caller::{Caller, RequiredScopes};
pub use card_numbers::card_number_detector;
pub use enrollment::{EnrollmentResponse, with_retry_after};
pub use event::{EventError, request_from_event};
pub use fault::Fault;
pub use lambda_http::http::StatusCode;
pub use logo::LogoResponse;
pub use problem::{Code, Problem};
pub use request::{KEYS_RETRY_SECONDS, deadline, idempotency_key, path_parameter, query};
pub use run::{handle_event, run};
pub use step_up::StepUp;

use crate::invocation;
use model::card_number::CardNumberDetector;
use request_log::RequestLog;

/// A response with a JSON body. It must not be cached (`no-store`).
///
/// # Errors
/// [`Code::InternalError`] if `body` cannot be serialized.
pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Response<Body>, Problem> {
    let text = serde_json::to_string(body).map_err(Problem::internal)?;
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("cache-control", "no-store")
        .body(Body::Text(text))
        .map_err(Problem::internal)
}

/// The response to a CORS preflight. API Gateway adds the headers that allow the page's origin, if the bank has configured it; without
/// them the browser does not send the request.
fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Largest request body of the app, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// Serves a request of the app, as [`serve_untrusted`] does, and rejects one that contains a card number.
pub async fn serve<F>(
    request: Request,
    card_numbers: &CardNumberDetector,
    handler: F,
) -> Result<Response<Body>, lambda_http::Error>
where
    F: AsyncFnOnce(Request) -> Result<Response<Body>, Problem>,
{
    serve_untrusted(request, MAX_BODY, async |request| {
        card_numbers::reject(&request, card_numbers)?;
        handler(request).await
    })
    .await
}

/// Serves a request: answers a CORS preflight, rejects a body of more than `limit` bytes, logs within the span of the invocation
/// and once when the request ends, and turns a [`Problem`] into its document.
///
/// For requests of Mastercard, whose card numbers are rejected message by message, and of the cardholder's browser, of
/// which nothing is stored but a known result.
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
    let log = RequestLog::start(&request);
    async {
        if request::is_preflight(&request) {
            return log.end(Ok(no_content()), &request_id);
        }
        let rejected = request::reject_other_methods(&request);
        let outcome = match rejected.and_then(|()| request::reject_large(&request, limit)) {
            Ok(()) => handler(request).await,
            Err(problem) => Err(problem),
        };
        log.end(outcome, &request_id)
    }
    .instrument(span)
    .await
}
