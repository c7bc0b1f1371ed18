//! The error bodies of the different doors. Reason codes that Mastercard does not publish are marked as invented
//! where they are used, and listed in the README.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// An operation that was refused: what the caller gets.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) reason: &'static str,
    pub(crate) body: Value,
}

impl Refusal {
    /// The API gateway's envelope, with capitalized keys.
    pub(crate) fn gateway(status: StatusCode, reason: &'static str, description: impl Into<String>) -> Self {
        Self { status, reason, body: envelope("Gateway", reason, &description.into()) }
    }

    /// Processing's; the casing is inferred.
    pub(crate) fn processing(
        status: StatusCode,
        reason: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self { status, reason, body: envelope("Mastercard Processing", reason, &description.into()) }
    }

    /// Token Connect's default body: not a 200, `errors` at the top. Which status goes with it is not published.
    pub(crate) fn token_connect(
        status: StatusCode,
        reason: &'static str,
        description: impl Into<String>,
    ) -> Self {
        let error = token_connect_error("INPUT", reason, &description.into());
        Self { status, reason, body: json!({ "errors": [error] }) }
    }

    /// Token Connect's processing error: HTTP 200 with `errors` inside the operation's own response.
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

fn envelope(source: &str, reason: &str, description: &str) -> Value {
    json!({"Errors": {"Error": [{
        "Source": source,
        "ReasonCode": reason,
        "Description": description,
        "Recoverable": false,
        "Details": null,
    }]}})
}
