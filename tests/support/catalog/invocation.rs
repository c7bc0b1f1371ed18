//! Events for the functions of a refresh.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;

/// An event without a deadline.
pub(crate) fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

/// An event whose deadline is this far away.
pub(crate) fn event_with_time_left(payload: Value, left: Duration) -> LambdaEvent<Value> {
    let end = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + left;
    let mut context = Context::default();
    context.deadline = u64::try_from(end.as_millis()).unwrap();
    LambdaEvent::new(payload, context)
}
