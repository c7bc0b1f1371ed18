//! Runs the handler of an HTTP function on Lambda.

use lambda_http::{
    Body, Error, Request, RequestExt as _, Response, aws_lambda_events::apigw::ApiGatewayV2httpResponse,
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

use super::{
    Code, Problem, deadline,
    event::{self, EventError, request_from_event},
    request_log::RequestLog,
    serve_untrusted,
};
use crate::{LazyInit, config::ConfigError, invocation, lazy_init::CONNECT_TIMEOUT};

/// Handles one request after the other until Lambda stops the process.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn run<'a, T, C, Connecting, Handling>(
    function: &'a LazyInit<T, C>,
    handle: impl Fn(&'a T, Request) -> Handling + Send + Sync,
) -> Result<(), Error>
where
    T: Send + Sync,
    C: Fn() -> Connecting + Sync,
    Connecting: Future<Output = Result<T, ConfigError>> + Send,
    Handling: Future<Output = Result<Response<Body>, Error>> + Send,
{
    let handle = &handle;
    let connect_and_handle = move |request: Request| async move {
        match function.get(deadline(&request, CONNECT_TIMEOUT)).await {
            // Boxed: the compiler limits how deep the types of futures may nest.
            Ok(function) => Box::pin(handle(function, request)).await,
            Err(error) => reject(request, error).await,
        }
    };
    let handle_event =
        |event| async move { handle_event(event, connect_and_handle).await.map(to_api_gateway) };
    lambda_runtime::run(service_fn(handle_event)).await
}

/// Handles the request in an event of API Gateway. A request that cannot be represented gets a problem document.
///
/// # Errors
/// When the event is no request of an HTTP API, or `handle` fails.
pub async fn handle_event<F>(
    event: LambdaEvent<Value>,
    handle: impl FnOnce(Request) -> F,
) -> Result<Response<Body>, Error>
where
    F: Future<Output = Result<Response<Body>, Error>>,
{
    let error = match request_from_event(&event.payload) {
        Ok(request) => return handle(request.with_lambda_context(event.context)).await,
        Err(error) => error,
    };
    let code = match error {
        EventError::NotHttp => return Err(error.into()),
        EventError::Method => Code::InvalidRequest,
        EventError::UriTooLong => Code::UriTooLong,
    };
    let request_id = event::request_id(&event.payload);
    let span = invocation::span(Some(&event.context), Some(request_id));
    let problem = Problem::from(code).with_source(error);
    span.in_scope(|| RequestLog::unreadable().end(Err(problem), request_id))
}

/// The response of a function that could not be connected.
async fn reject(request: Request, error: ConfigError) -> Result<Response<Body>, Error> {
    let code = if error.is_transient() { Code::ServiceUnavailable } else { Code::InternalError };
    let problem = Problem::from(code).with_source(error);
    let problem = if code == Code::ServiceUnavailable { problem.retry_after(1) } else { problem };
    serve_untrusted(request, usize::MAX, async |_| Err(problem)).await
}

/// The response as API Gateway reads it. Bodies are text or bytes already: the conversion of `lambda_http` would copy each
/// of them and link the tables of all character sets.
fn to_api_gateway(response: Response<Body>) -> ApiGatewayV2httpResponse {
    let (parts, body) = response.into_parts();
    let mut sent = ApiGatewayV2httpResponse::default();
    sent.status_code = parts.status.as_u16().into();
    sent.headers = parts.headers;
    sent.is_base64_encoded = matches!(body, Body::Binary(_));
    sent.body = Some(body).filter(|body| !matches!(body, Body::Empty));
    sent
}
