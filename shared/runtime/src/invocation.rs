//! What all functions know of the invocation they run in: how long it may take, and how a scheduled one fails.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Context, Diagnostic};

use crate::{BoxError, telemetry};
use mastercard::Deadline;

/// Time kept back from Lambda's own deadline, so that an answer still leaves the function.
const RESPONSE_MARGIN: Duration = Duration::from_millis(500);

/// How long this invocation may work: `timeout`, and never beyond the Lambda's own deadline. A deadline that was over
/// before the function ran says nothing: `cargo lambda watch` names a moment of 1970.
pub fn deadline(context: Option<&Context>, timeout: Duration) -> Deadline {
    let left = context.and_then(|context| context.deadline().duration_since(SystemTime::now()).ok());
    Deadline::after(left.map_or(timeout, |left| left.saturating_sub(RESPONSE_MARGIN).min(timeout)))
}

/// Logs the cause of a failed run, once, and makes what Lambda reports of it.
pub fn failed(what: &'static str, retryable: bool, cause: impl Into<BoxError>) -> Diagnostic {
    tracing::error!(cause = telemetry::chain(cause.into().as_ref()), retryable, "{what}");
    let error_type = if retryable { "Retryable" } else { "NonRetryable" };
    Diagnostic { error_type: error_type.into(), error_message: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(deadline: Duration) -> Context {
        let mut context = Context::default();
        context.deadline = u64::try_from(deadline.as_millis()).unwrap();
        context
    }

    #[test]
    fn a_function_stops_before_lambda_stops_it() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let left =
            deadline(Some(&context(now + Duration::from_secs(3))), Duration::from_secs(10)).remaining();
        assert!(left > Duration::from_secs(2) && left <= Duration::from_millis(2500), "{left:?}");
    }

    #[test]
    fn a_deadline_of_1970_is_none() {
        let left = deadline(Some(&context(Duration::from_secs(600))), Duration::from_secs(10)).remaining();
        assert!(left > Duration::from_secs(9), "{left:?}");
    }
}
