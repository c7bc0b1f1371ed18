//! Invokes the functions without a route, as EventBridge Scheduler and the Lambda destination do.

use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{functions::Functions, gateway::context};

/// A scheduled function failed.
#[derive(Debug, thiserror::Error)]
#[error("{function} failed: {message}")]
pub struct RefreshError {
    function: &'static str,
    message: String,
}

impl Functions {
    /// Steps 1 to 4. Returns the responses of both functions.
    pub(crate) async fn refresh(&self) -> Result<(Value, Value), RefreshError> {
        let synced = self.sync_requestors(json!({})).await?;
        let fetched = self.fetch_assets(destination_record(&synced)).await?;
        Ok((synced, fetched))
    }

    /// Steps 1 and 2.
    pub(crate) async fn sync_requestors(&self, payload: Value) -> Result<Value, RefreshError> {
        response("sync-requestors", self.sync_requestors.handle(event(payload)).await)
    }

    /// Steps 3 and 4.
    pub(crate) async fn fetch_assets(&self, payload: Value) -> Result<Value, RefreshError> {
        response("fetch-assets", self.fetch_assets.handle(event(payload)).await)
    }

    /// Reconciliation of enrollments whose notifications are missing.
    pub(crate) async fn reconcile(&self) -> Result<Value, RefreshError> {
        response("reconcile-enrollments", self.reconcile_enrollments.handle(event(json!({}))).await)
    }
}

/// An invocation with a timeout of two minutes.
fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, context(Duration::from_secs(120)))
}

fn response(
    function: &'static str,
    outcome: Result<impl Serialize, Diagnostic>,
) -> Result<Value, RefreshError> {
    let failed = |message: String| RefreshError { function, message };
    let response = outcome.map_err(|failure| failed(failure.error_message))?;
    serde_json::to_value(response).map_err(|error| failed(error.to_string()))
}

/// The record of a Lambda destination, with the first function's response in `responsePayload`.
fn destination_record(response: &Value) -> Value {
    json!({
        "version": "1.0",
        "timestamp": Timestamp::now(),
        "requestContext": {
            "requestId": uuid::Uuid::new_v4(),
            "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:local-SyncRequestors:$LATEST",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {},
        "responseContext": { "statusCode": 200, "executedVersion": "$LATEST" },
        "responsePayload": response,
    })
}
