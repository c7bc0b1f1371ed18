//! Lambda's Invoke API for the functions without a route, so that operators' commands work as in AWS.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response, StatusCode},
    response::IntoResponse as _,
    routing::post,
};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{runtime::Handle, task::spawn_blocking};

use super::context;
use crate::functions::Functions;

/// The longest `Timeout` of these functions in the template.
const TIMEOUT: Duration = Duration::from_secs(900);

/// `POST /2015-03-31/functions/{function}/invocations`
pub(crate) fn router(functions: Arc<Functions>) -> Router {
    Router::new().route("/2015-03-31/functions/{function}/invocations", post(invoke)).with_state(functions)
}

/// Invokes a function; with `X-Amz-Invocation-Type: Event` asynchronously.
async fn invoke(
    State(functions): State<Arc<Functions>>,
    Path(function): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let name = function.rsplit(':').next().unwrap_or_default().to_owned();
    let event = serde_json::from_slice(&body).unwrap_or_else(|_| json!({}));
    // On a separate thread: as in Lambda, the function continues if the client disconnects.
    let runtime = Handle::current();
    let invocation = spawn_blocking(move || runtime.block_on(functions.invoke(&name, event)));
    if headers.get("x-amz-invocation-type").is_some_and(|kind| kind == "Event") {
        return StatusCode::ACCEPTED.into_response();
    }
    match invocation.await.unwrap_or_else(|_| Some(Err(panicked()))) {
        None => {
            let unknown = json!({ "Type": "User", "Message": "Function not found" });
            let kind = [("x-amzn-errortype", "ResourceNotFoundException")];
            (StatusCode::NOT_FOUND, kind, Json(unknown)).into_response()
        }
        Some(Ok(response)) => Json(response).into_response(),
        Some(Err(Diagnostic { error_type, error_message })) => {
            let error = json!({ "errorType": error_type, "errorMessage": error_message });
            ([("x-amz-function-error", "Unhandled")], Json(error)).into_response()
        }
    }
}

impl Functions {
    /// Invokes a function by its crate's name; `None` if there is no such function without a route.
    async fn invoke(&self, name: &str, event: Value) -> Option<Result<Value, Diagnostic>> {
        let event = LambdaEvent::new(event, context(TIMEOUT));
        Some(match name {
            "sync-requestors" => to_json(self.sync_requestors.handle(event).await),
            "fetch-assets" => to_json(self.fetch_assets.handle(event).await),
            "reconcile-enrollments" => to_json(self.reconcile_enrollments.handle(event).await),
            _ => return None,
        })
    }
}

fn panicked() -> Diagnostic {
    Diagnostic { error_type: "Panic".into(), error_message: "the function panicked".into() }
}

fn to_json(outcome: Result<impl Serialize, Diagnostic>) -> Result<Value, Diagnostic> {
    let marshal_error = |error: serde_json::Error| Diagnostic {
        error_type: "Runtime.MarshalError".into(),
        error_message: error.to_string(),
    };
    serde_json::to_value(outcome?).map_err(marshal_error)
}
