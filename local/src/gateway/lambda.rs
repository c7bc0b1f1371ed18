//! Lambda's Invoke API for the functions without a route, so that operators' commands work as in AWS.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response, StatusCode},
    response::IntoResponse as _,
    routing::post,
};
use lambda_runtime::Diagnostic;
use serde_json::json;
use tokio::{runtime::Handle, task::spawn_blocking};

use crate::{functions::Functions, scheduled::ScheduledFunction};

/// `POST /2015-03-31/functions/{function}/invocations`
pub(crate) fn router(functions: Arc<Functions>) -> Router {
    Router::new().route("/2015-03-31/functions/{function}/invocations", post(invoke)).with_state(functions)
}

/// Invokes a function; with `X-Amz-Invocation-Type: Event` asynchronously, as its schedule does.
async fn invoke(
    State(functions): State<Arc<Functions>>,
    Path(function): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let name = function.rsplit(':').next().unwrap_or_default();
    let Some(function) = ScheduledFunction::by_name(name) else { return not_found() };
    let event = serde_json::from_slice(&body).unwrap_or_else(|_| json!({}));
    // On a separate thread: as in Lambda, the function continues if the client disconnects.
    let runtime = Handle::current();
    if headers.get("x-amz-invocation-type").is_some_and(|kind| kind == "Event") {
        spawn_blocking(move || runtime.block_on(functions.start(function, event)));
        return StatusCode::ACCEPTED.into_response();
    }
    let invocation = spawn_blocking(move || runtime.block_on(functions.invoke(function, event)));
    let outcome = invocation.await.map(|outcome| outcome.map_err(|error| error.diagnostic));
    match outcome.unwrap_or_else(|_| Err(panicked())) {
        Ok(response) => Json(response).into_response(),
        Err(Diagnostic { error_type, error_message }) => {
            let error = json!({ "errorType": error_type, "errorMessage": error_message });
            ([("x-amz-function-error", "Unhandled")], Json(error)).into_response()
        }
    }
}

fn not_found() -> Response<Body> {
    let unknown = json!({ "Type": "User", "Message": "Function not found" });
    let kind = [("x-amzn-errortype", "ResourceNotFoundException")];
    (StatusCode::NOT_FOUND, kind, Json(unknown)).into_response()
}

fn panicked() -> Diagnostic {
    Diagnostic { error_type: "Panic".into(), error_message: "the function panicked".into() }
}
