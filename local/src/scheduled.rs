//! The functions that schedules invoke, as EventBridge Scheduler and the destination do it.

use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{functions::Functions, gateway::context};

/// A scheduled function failed; what it said.
#[derive(Debug, thiserror::Error)]
#[error("{function} failed: {why}")]
pub struct RefreshError {
    function: &'static str,
    why: String,
}

impl Functions {
    /// Steps 1 to 4.
    pub(crate) async fn refresh(&self) -> Result<(Value, Value), RefreshError> {
        let synced = self.sync_requestors(json!({})).await?;
        let fetched = self.fetch_assets(destination_record(&synced)).await?;
        Ok((synced, fetched))
    }

    /// Steps 1 and 2.
    pub(crate) async fn sync_requestors(&self, orders: Value) -> Result<Value, RefreshError> {
        returned("sync-requestors", self.sync_requestors.handle(event(orders)).await)
    }

    /// Steps 3 and 4.
    pub(crate) async fn fetch_assets(&self, wanted: Value) -> Result<Value, RefreshError> {
        returned("fetch-assets", self.fetch_assets.handle(event(wanted)).await)
    }

    /// What never arrived.
    pub(crate) async fn reconcile(&self) -> Result<Value, RefreshError> {
        returned("reconcile-enrollments", self.reconcile_enrollments.handle(event(json!({}))).await)
    }
}

/// An invocation as the template allows it: sync-requestors and fetch-assets have minutes.
fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, context(Duration::from_secs(120)))
}

fn returned(
    function: &'static str,
    outcome: Result<impl Serialize, Diagnostic>,
) -> Result<Value, RefreshError> {
    let failed = |why: String| RefreshError { function, why };
    let answer = outcome.map_err(|failure| failed(failure.error_message))?;
    serde_json::to_value(answer).map_err(|error| failed(error.to_string()))
}

/// What a Lambda destination hands on: the return value of the first function in the record's `responsePayload`.
fn destination_record(returned: &Value) -> Value {
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
        "responsePayload": returned,
    })
}
