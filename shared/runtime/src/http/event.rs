//! From an event of API Gateway (HTTP API, payload format 2.0) to a request.
//!
//! `lambda_http` 1.3.2 panics if `http::Uri` rejects host or query, and rejects an event with a claim that is no text or a
//! header that is none. Here the request is built from the parts that functions read; what cannot be represented is left out.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambda_http::{
    Body, Request, RequestExt as _,
    aws_lambda_events::apigw::{
        ApiGatewayRequestAuthorizer, ApiGatewayRequestAuthorizerJwtDescription,
        ApiGatewayV2httpRequestContext,
    },
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    request::RequestContext,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

/// Longest path and query together, in bytes, after encoding. API Gateway's own limit is 10 240 bytes for the request line
/// and all headers; `http::Uri`'s is 65 534.
const MAX_URI: usize = 32 * 1024;

/// What is encoded in a query that arrived raw. Encoded parts stay as they are.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
/// What is encoded in a path, which API Gateway has decoded.
pub(super) const PATH: &AsciiSet =
    &QUERY.add(b'%').add(b'?').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// An event that cannot be turned into a request.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It has no `requestContext.http.method`: it does not come from an HTTP API.
    #[error("the event is not a request of an HTTP API")]
    NotHttp,
    /// The method is not a token of HTTP.
    #[error("the method of the request is invalid")]
    Method,
    /// Path and query are longer than [`MAX_URI`].
    #[error("the path and query of the request are too long")]
    UriTooLong,
}

/// The request in an event.
///
/// # Errors
/// See [`EventError`].
pub fn request_from_event(event: &Value) -> Result<Request, EventError> {
    let method = event.pointer("/requestContext/http/method").and_then(Value::as_str);
    let method = Method::from_bytes(method.ok_or(EventError::NotHttp)?.as_bytes());
    let mut request = Request::new(body(event));
    *request.method_mut() = method.map_err(|_| EventError::Method)?;
    *request.uri_mut() = uri(event)?;
    *request.headers_mut() = headers(event);
    let request = request
        .with_path_parameters::<HashMap<_, _>>(texts(event.get("pathParameters")))
        .with_request_context(RequestContext::ApiGatewayV2(request_context(event)));
    Ok(request)
}

/// The id that API Gateway gave the request of this event; empty if there is none.
pub(super) fn request_id(event: &Value) -> &str {
    text_at(event, "/requestContext/requestId")
}

fn text_at<'a>(event: &'a Value, pointer: &str) -> &'a str {
    event.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Path and query, without the host: no function reads it, and the client chooses it.
fn uri(event: &Value) -> Result<Uri, EventError> {
    let path = utf8_percent_encode(text_at(event, "/rawPath").trim_start_matches('/'), PATH);
    let query = text_at(event, "/rawQueryString");
    let separator = if query.is_empty() { "" } else { "?" };
    let uri = format!("/{path}{separator}{}", utf8_percent_encode(query, QUERY));
    if uri.len() > MAX_URI {
        return Err(EventError::UriTooLong);
    }
    // With these sets each character is valid; a test tries them all.
    uri.parse().map_err(|_| EventError::UriTooLong)
}

/// The headers that have a valid name and value; cookies, which an event has apart, among them.
fn headers(event: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in event.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let Ok(name) = HeaderName::try_from(name) else { continue };
        if let Some(value) = text(value).and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.append(name, value);
        }
    }
    let cookies = event.get("cookies").and_then(Value::as_array).into_iter().flatten();
    let cookies: Vec<_> = cookies.filter_map(Value::as_str).collect();
    if let Ok(cookies) = HeaderValue::try_from(cookies.join("; "))
        && !cookies.is_empty()
    {
        headers.insert(header::COOKIE, cookies);
    }
    headers
}

fn body(event: &Value) -> Body {
    let text = text_at(event, "/body");
    let encoded = event.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default();
    match (text.is_empty(), encoded.then(|| STANDARD.decode(text))) {
        (true, _) => Body::Empty,
        (_, Some(Ok(bytes))) => Body::Binary(bytes),
        (_, Some(Err(_)) | None) => Body::Text(text.to_owned()),
    }
}

fn request_context(event: &Value) -> ApiGatewayV2httpRequestContext {
    let given = event.get("requestContext").unwrap_or(&Value::Null);
    let mut context = ApiGatewayV2httpRequestContext::default();
    context.request_id = Some(request_id(event).to_owned());
    context.route_key = Some(text_at(event, "/routeKey").to_owned());
    context.http.source_ip = given.pointer("/http/sourceIp").and_then(text);
    let authentication = given.get("authentication").cloned().unwrap_or_default();
    context.authentication = serde_json::from_value(authentication).unwrap_or_default();
    if let Some(claims) = given.pointer("/authorizer/jwt/claims") {
        let mut jwt = ApiGatewayRequestAuthorizerJwtDescription::default();
        jwt.claims = texts(Some(claims));
        let mut authorizer = ApiGatewayRequestAuthorizer::default();
        authorizer.jwt = Some(jwt);
        context.authorizer = Some(authorizer);
    }
    context
}

/// The members of an object as texts.
fn texts<T: FromIterator<(String, String)>>(object: Option<&Value>) -> T {
    let members = object.and_then(Value::as_object).into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

/// A value as API Gateway writes a claim: lists as `[a b]`. `None` for null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            Some(format!("[{}]", items.iter().filter_map(text).collect::<Vec<_>>().join(" ")))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
