//! Runs the handler of an HTTP function on Lambda.

use lambda_http::{
    Body, Error, Request, RequestExt as _, Response, aws_lambda_events::apigw::ApiGatewayV2httpResponse,
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

use super::{
    Code, Problem,
    event::{self, EventError, request_from_event},
};
use crate::invocation;

/// Handles one request after the other until Lambda stops the process.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn run<F>(handle: impl Fn(Request) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<Response<Body>, Error>>,
{
    let handle = &handle;
    let handle_event = |event| async move { handle_event(event, handle).await.map(to_api_gateway) };
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
    span.in_scope(|| Problem::from(code).with_source(error).into_response(request_id))
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
