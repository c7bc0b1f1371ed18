//! The functions of a refresh, called by a test instead of a schedule.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;

/// An invocation with all the time that the function takes for itself.
pub(crate) fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

/// An invocation that Lambda ends soon.
pub(crate) fn hurried(payload: Value, left: Duration) -> LambdaEvent<Value> {
    let end = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + left;
    let mut context = Context::default();
    context.deadline = u64::try_from(end.as_millis()).unwrap();
    LambdaEvent::new(payload, context)
}
