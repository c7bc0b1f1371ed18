//! Faults that replace an operation by a response.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::Fault;
use crate::response::close_connection;

impl Fault {
    /// The response that replaces the operation, if the fault prevents it.
    pub(crate) fn replacement(&self) -> Option<Response<Body>> {
        let error = |reason: &str| json!([{"source": "MDES", "reasonCode": reason, "description": "An injected fault."}]);
        Some(match self {
            Self::Status { code, json } => {
                let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                if *json {
                    let envelope = json!({"Errors": {"Error": [{"Source": "Gateway", "ReasonCode": "FAULT",
                        "Description": "An injected fault.", "Recoverable": status.is_server_error(),
                        "Details": null}]}});
                    respond(status, "application/json", envelope.to_string())
                } else {
                    respond(status, "", "")
                }
            }
            Self::HtmlBadGateway => respond(
                StatusCode::BAD_GATEWAY,
                "text/html",
                "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>",
            ),
            Self::EmptyBody => respond(StatusCode::OK, "application/json", ""),
            Self::WrongContent => respond(StatusCode::OK, "application/json", r#"["something else", 42]"#),
            Self::ErrorsInOk { reason_code } => respond(
                StatusCode::OK,
                "application/json",
                json!({"responseId": "fault", "errors": error(reason_code)}).to_string(),
            ),
            Self::NullFields => respond(
                StatusCode::OK,
                "application/json",
                json!({"responseId": null, "errorCode": "SYSTEM_ERROR", "errorDescription": "An injected fault.",
                    "errors": error("SYSTEM_ERROR"), "tokenRequestors": null, "mediaContents": null,
                    "pushAccountReceipts": null, "availablePushMethods": null, "signature": null,
                    "tokenRequestorSignatureSupport": null, "clientTokens": null, "pushFundingAccounts": null})
                .to_string(),
            ),
            Self::ApiError { code, source, reason_code, recoverable } => {
                let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut error = json!({"Source": source, "ReasonCode": reason_code,
                    "Description": "An injected fault.", "Details": null});
                if let Some(recoverable) = recoverable {
                    error["Recoverable"] = json!(recoverable);
                }
                respond(status, "application/json", json!({"Errors": {"Error": [error]}}).to_string())
            }
            Self::TooManyRequests { retry_after } => {
                let mut response = respond(StatusCode::TOO_MANY_REQUESTS, "application/json", "{}");
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
                response
            }
            Self::ConnectionClosed => close_connection(),
            Self::BodyAltered | Self::ClockAhead { .. } => return None,
            Self::Latency { .. } | Self::ResetMidBody | Self::TruncatedJson => return None,
            Self::ExtraFields | Self::Gzip | Self::Rewritten { .. } => return None,
            Self::Unsigned | Self::ResponseLost => return None,
        })
    }
}

fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if !content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}
