//! Runs the handler of a scheduled function on Lambda.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;
use tracing::Instrument as _;

use super::{deadline, failed, span};
use crate::{LazyInit, config::ConfigError, lazy_init::CONNECT_TIMEOUT};

/// Handles one event after the other until Lambda stops the process.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn run<'a, T, C, Connecting, Handling, Output>(
    function: &'a LazyInit<T, C>,
    handle: impl Fn(&'a T, LambdaEvent<Value>) -> Handling,
) -> Result<(), lambda_runtime::Error>
where
    C: Fn() -> Connecting,
    Connecting: Future<Output = Result<T, ConfigError>>,
    Handling: Future<Output = Result<Output, Diagnostic>>,
    Output: Serialize,
{
    let handle = &handle;
    let handler = move |event: LambdaEvent<Value>| {
        let span = span(Some(&event.context), None);
        async move {
            let connected = function.get(deadline(Some(&event.context), CONNECT_TIMEOUT)).await;
            let connected = connected.map_err(|error| {
                let transient = error.is_transient();
                failed("connect_failed", "the function could not be connected", transient, error)
            })?;
            // Boxed: the compiler limits how deep the types of futures may nest.
            Box::pin(handle(connected, event)).await
        }
        .instrument(span)
    };
    lambda_runtime::run(service_fn(handler)).await
}
