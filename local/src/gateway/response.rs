//! From a function's response to the HTTP response, through the JSON that the Lambda runtime sends to API Gateway.

use axum::body::Body;
use axum::http::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambda_http::{IntoResponse as _, aws_lambda_events::apigw::ApiGatewayV2httpResponse};
use serde_json::Value;

/// Lambda's quota of a response, in bytes.
const MAX_RESPONSE: usize = 6 * 1024 * 1024;

/// Lambda or API Gateway would reject this response.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidResponse {
    #[error("a response of {0} bytes exceeds Lambda's quota")]
    TooLarge(usize),
    #[error("the response is not JSON")]
    Json(#[from] serde_json::Error),
    #[error("the response's body is not base64")]
    Base64(#[from] base64::DecodeError),
}

/// Text bodies are sent as they are, others as base64, which API Gateway decodes.
pub(super) async fn to_http(
    response: lambda_http::Response<lambda_http::Body>,
) -> Result<Response<Body>, InvalidResponse> {
    let (parts, body) = response.into_response().await.into_parts();
    let mut sent = ApiGatewayV2httpResponse::default();
    sent.status_code = parts.status.as_u16().into();
    sent.headers = parts.headers.clone();
    sent.is_base64_encoded = matches!(body, lambda_http::Body::Binary(_));
    sent.body = Some(body);
    let sent = serde_json::to_string(&sent)?;
    if sent.len() > MAX_RESPONSE {
        return Err(InvalidResponse::TooLarge(sent.len()));
    }
    let received: Value = serde_json::from_str(&sent)?;
    let text = received["body"].as_str().unwrap_or_default();
    let body = match received["isBase64Encoded"].as_bool() {
        Some(true) => Body::from(STANDARD.decode(text)?),
        _ => Body::from(text.to_owned()),
    };
    Ok(Response::from_parts(parts, body))
}
