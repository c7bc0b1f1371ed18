//! Responses of operations.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use crate::error_response::ErrorResponse;

/// Status and JSON body of an operation's response.
pub(crate) type OperationResult = Result<(StatusCode, Value), ErrorResponse>;

/// Marks a response whose connection the server closes without sending it.
#[derive(Clone, Copy)]
pub(crate) struct CloseConnection;

/// A response that closes the connection.
pub(crate) fn close_connection() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(CloseConnection);
    response
}

/// A JSON response, and the bytes of its body; null is no content.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> (Response<Body>, Bytes) {
    let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let mut response = Response::new(Body::from(bytes.clone()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    (response, bytes)
}
