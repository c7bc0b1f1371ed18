//! One invocation of a Lambda function: its deadline, the fields that its log lines share, how a scheduled run fails.

mod run;

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, SystemTime},
};

use lambda_runtime::{Context, Diagnostic};
use tracing::Span;

use crate::{BoxError, telemetry};
use mastercard::Deadline;

pub use run::run;

/// Time between the end of the work and Lambda's deadline, for the response.
const RESPONSE_MARGIN: Duration = Duration::from_millis(500);

/// The deadline of this invocation's work: after `timeout`, and [`RESPONSE_MARGIN`] before Lambda's deadline at the
/// latest. A deadline in the past is ignored, because `cargo lambda watch` sends one of 1970.
pub fn deadline(context: Option<&Context>, timeout: Duration) -> Deadline {
    let left = context.and_then(|context| context.deadline().duration_since(SystemTime::now()).ok());
    Deadline::after(left.map_or(timeout, |left| left.saturating_sub(RESPONSE_MARGIN).min(timeout)))
}

/// The span of one invocation. Its fields are part of each log line within it, under the names that Powertools for AWS
/// Lambda uses; `client` is recorded once the caller is known. Its level is `ERROR` so that no filter drops it.
pub(crate) fn span(context: Option<&Context>, correlation_id: Option<&str>) -> Span {
    static COLD_START: AtomicBool = AtomicBool::new(true);
    let trace = context.and_then(|context| context.xray_trace_id.as_deref()).unwrap_or_default();
    tracing::error_span!(
        "invocation",
        cold_start = COLD_START.swap(false, Relaxed),
        function_request_id = context.map(|context| context.request_id.as_str()),
        xray_trace_id = trace_part(trace, "Root="),
        xray_parent_id = trace_part(trace, "Parent=").filter(|_| trace_part(trace, "Sampled=") == Some("1")),
        correlation_id,
        client = tracing::field::Empty,
    )
}

/// A part of an X-Ray tracing header: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
fn trace_part<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|part| part.strip_prefix(name))
}

/// Logs why a scheduled run failed, and returns the error that Lambda reports. `event` is a code of
/// `docs/logging.md`.
pub fn failed(
    event: &'static str,
    message: &'static str,
    retryable: bool,
    cause: impl Into<BoxError>,
) -> Diagnostic {
    tracing::error!(event, retryable, cause = telemetry::chain(cause.into().as_ref()), "{message}");
    let error_type = if retryable { "Retryable" } else { "NonRetryable" };
    Diagnostic { error_type: error_type.into(), error_message: message.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::telemetry::testing::logged;

    fn context(deadline: Duration) -> Context {
        let mut context = Context::default();
        context.deadline = u64::try_from(deadline.as_millis()).unwrap();
        context
    }

    #[test]
    fn the_work_ends_before_lambdas_deadline() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let left =
            deadline(Some(&context(now + Duration::from_secs(3))), Duration::from_secs(10)).remaining();
        assert!(left > Duration::from_secs(1) && left <= Duration::from_millis(2500), "{left:?}");
    }

    #[test]
    fn a_trace_id_is_the_root_of_the_tracing_header() {
        let id = "1-5759e988-bd862e3fe1be46a994272793";
        let root = |header: &str| trace_part(header, "Root=").map(str::to_owned);
        assert_eq!(root(&format!("Root={id};Parent=53995c3f42cd8ad8;Sampled=1")).as_deref(), Some(id));
        assert_eq!(root(&format!("Self=1-67891234;Root={id}")).as_deref(), Some(id));
        assert_eq!(root("Sampled=1"), None);
    }

    #[test]
    fn each_log_line_of_an_invocation_has_its_ids() {
        let mut context = Context::default();
        context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".into();
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        context.xray_trace_id = Some(header.into());
        let log = logged(|| {
            span(Some(&context), Some("JKJaXmPLvHcESHA=")).in_scope(|| tracing::info!("card pushed"));
            span(Some(&context), None).in_scope(|| tracing::info!("card pushed"));
        });
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &lines {
            assert_eq!(line["function_request_id"], "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
            assert_eq!(line["xray_trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
            assert_eq!(line["xray_parent_id"], "53995c3f42cd8ad8");
        }
        assert_eq!(lines[0]["correlation_id"], "JKJaXmPLvHcESHA=");
        assert_eq!((&lines[1]["correlation_id"], &lines[1]["cold_start"]), (&Value::Null, &false.into()));
    }

    #[test]
    fn a_deadline_in_1970_is_ignored() {
        let left = deadline(Some(&context(Duration::from_secs(600))), Duration::from_secs(10)).remaining();
        assert!(left > Duration::from_secs(5), "{left:?}");
    }
}
