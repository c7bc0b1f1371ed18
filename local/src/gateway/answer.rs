//! The way back: an answer becomes the JSON that the Lambda runtime sends, and API Gateway makes a response of that.

use axum::body::Body;
use axum::http::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambda_http::{IntoResponse as _, aws_lambda_events::apigw::ApiGatewayV2httpResponse};
use serde_json::Value;

/// The most that Lambda takes as an answer, in bytes.
const LARGEST_ANSWER: usize = 6 * 1024 * 1024;

/// Lambda or API Gateway would not have taken this answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undeliverable {
    #[error("an answer of {0} bytes is larger than Lambda takes")]
    TooLarge(usize),
    #[error("the answer is no JSON")]
    Json(#[from] serde_json::Error),
    #[error("the answer says base64 and is not")]
    Base64(#[from] base64::DecodeError),
}

/// Text as it stands; anything else through base64, which API Gateway decodes.
pub(super) async fn deliver(
    answer: lambda_http::Response<lambda_http::Body>,
) -> Result<Response<Body>, Undeliverable> {
    let (parts, body) = answer.into_response().await.into_parts();
    let mut sent = ApiGatewayV2httpResponse::default();
    sent.status_code = parts.status.as_u16().into();
    sent.headers = parts.headers.clone();
    sent.is_base64_encoded = matches!(body, lambda_http::Body::Binary(_));
    sent.body = Some(body);
    let sent = serde_json::to_string(&sent)?;
    if sent.len() > LARGEST_ANSWER {
        return Err(Undeliverable::TooLarge(sent.len()));
    }
    let received: Value = serde_json::from_str(&sent)?;
    let text = received["body"].as_str().unwrap_or_default();
    let body = match received["isBase64Encoded"].as_bool() {
        Some(true) => Body::from(STANDARD.decode(text)?),
        _ => Body::from(text.to_owned()),
    };
    Ok(Response::from_parts(parts, body))
}
