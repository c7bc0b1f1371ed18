//! The records that Lambda sends to a function's destinations.

use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

/// Of `sync-requestors`; the event of `fetch-assets`.
pub(super) fn success(response: &Value) -> Value {
    let mut record = record("sync-requestors", "Success", &json!({}));
    record["responsePayload"] = response.clone();
    record
}

/// Of an invocation that failed; the message in the dead-letter queue.
pub(super) fn failure(function: &str, event: &Value, failure: &Diagnostic) -> Value {
    let mut record = record(function, "RetriesExhausted", event);
    record["responseContext"]["functionError"] = json!("Unhandled");
    record["responsePayload"] =
        json!({ "errorType": failure.error_type, "errorMessage": failure.error_message });
    record
}

fn record(function: &str, condition: &str, event: &Value) -> Value {
    json!({
        "version": "1.0",
        "timestamp": Timestamp::now(),
        "requestContext": {
            "requestId": uuid::Uuid::new_v4(),
            "functionArn": format!("arn:aws:lambda:eu-west-1:111122223333:function:{function}:$LATEST"),
            "condition": condition,
            "approximateInvokeCount": 1,
        },
        "requestPayload": event,
        "responseContext": { "statusCode": 200, "executedVersion": "$LATEST" },
    })
}
