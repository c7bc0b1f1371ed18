//! What all functions know of the invocation they run in: how long it may take, and how a scheduled one fails.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Context, Diagnostic};

use crate::{http::Cause, mastercard::Deadline, telemetry};

/// Time kept back from Lambda's own deadline, so that an answer still leaves the function.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long this invocation may work: `patience`, and never beyond the Lambda's own deadline.
pub fn deadline(context: Option<&Context>, patience: Duration) -> Deadline {
    let lambda = context.filter(|context| context.deadline > 0).map(Context::deadline);
    let left =
        lambda.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default().saturating_sub(FAREWELL));
    Deadline::after(left.map_or(patience, |left| left.min(patience)))
}

/// Logs the cause of a failed run, once, and makes what Lambda reports of it.
pub fn failed(what: &'static str, retryable: bool, cause: impl Into<Cause>) -> Diagnostic {
    tracing::error!(cause = telemetry::chain(cause.into().as_ref()), retryable, "{what}");
    let error_type = if retryable { "Retryable" } else { "NonRetryable" };
    Diagnostic { error_type: error_type.into(), error_message: what.into() }
}
