//! Error responses in the shapes of the gateway, Processing and Token Connect. Reason codes that Mastercard does not
//! publish are marked as invented where they are used, and listed in the README.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// The response to a rejected call.
#[derive(Debug)]
pub(crate) struct ErrorResponse {
    pub(crate) status: StatusCode,
    pub(crate) reason: &'static str,
    pub(crate) body: Value,
}

impl ErrorResponse {
    /// An error in the API gateway's envelope, with capitalized keys and `Details`.
    pub(crate) fn gateway(status: StatusCode, reason: &'static str, description: impl Into<String>) -> Self {
        let mut error = error("Gateway", reason, &description.into());
        error["Details"] = Value::Null;
        Self { status, reason, body: envelope(error) }
    }

    /// An error in Processing's envelope, as documented: without `Details`.
    pub(crate) fn processing(
        status: StatusCode,
        reason: &'static str,
        description: impl Into<String>,
    ) -> Self {
        let error = error("MASTERCARD PROCESSING", reason, &description.into());
        Self { status, reason, body: envelope(error) }
    }

    /// Token Connect's default error: a status other than 200, `errors` at the top level. The status is not published.
    pub(crate) fn token_connect(
        status: StatusCode,
        reason: &'static str,
        description: impl Into<String>,
    ) -> Self {
        let error = token_connect_error("INPUT", reason, &description.into());
        Self { status, reason, body: json!({ "errors": [error] }) }
    }

    /// Token Connect's processing error: HTTP 200 with `errors` inside the operation's response.
    pub(crate) fn in_ok(reason: &'static str, description: &str) -> Self {
        let error = token_connect_error("MDES", reason, description);
        let body = json!({"responseId": uuid::Uuid::new_v4(), "errors": [error]});
        Self { status: StatusCode::OK, reason, body }
    }
}

/// One entry of Token Connect's `errors`.
pub(crate) fn token_connect_error(source: &str, reason: &str, description: &str) -> Value {
    json!({"source": source, "reasonCode": reason, "description": description})
}

fn error(source: &str, reason: &str, description: &str) -> Value {
    json!({"Source": source, "ReasonCode": reason, "Description": description, "Recoverable": false})
}

fn envelope(error: Value) -> Value {
    json!({"Errors": {"Error": [error]}})
}
