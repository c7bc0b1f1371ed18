//! The seven shapes in which Mastercard says no, read into one [`ApiError`].
//!
//! A: `errors[]` in a 200, at the top or inside the elements of `pushAccountReceipts`. B: `errors[]` in another
//! status. C, D: `Errors.Error[]`, capitalized keys. E: top-level `errorCode`, maybe beside `errors[]` and fields
//! full of null. F: `errordetail[]`, or only a top-level `reason`. G: not JSON, or nothing.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::{ApiError, BaseStrings, ReasonCode, Source, Upstream};
use crate::transport::ApiResponse;

type Object = Map<String, Value>;

/// What the answer refuses, or `None` if it does not.
pub(crate) fn refusal(answer: &ApiResponse) -> Option<ApiError> {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let object = body.as_ref().and_then(Value::as_object);
    let mut errors = object.map(errors).unwrap_or_default();
    if answer.status.is_success() && errors.is_empty() {
        return None;
    }
    if errors.is_empty() {
        errors.extend(object.filter(|body| text(body, "reason").is_some()));
    }
    Some(ApiError {
        upstream: upstream(answer, body.is_some(), &errors),
        operation: answer.operation,
        status: answer.status,
        reason_codes: errors.iter().filter_map(|error| reason_code(error)).collect(),
        recoverable: recoverable(&errors),
        source: source(&errors),
        retry_after: answer.retry_after,
        correlation_id: answer.correlation_id.clone(),
        base_strings: errors
            .iter()
            .find_map(|error| BaseStrings::compare(&answer.base_string, text(error, "description")?)),
    })
}

fn errors(body: &Object) -> Vec<&Object> {
    let listed = match get(body, "errors") {
        Some(Value::Object(wrapped)) => get(wrapped, "error"),
        Some(Value::Null) | None => get(body, "errordetail"),
        listed => listed,
    };
    let mut errors: Vec<&Object> = match listed {
        Some(Value::Array(errors)) => errors.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(error)) => vec![error],
        _ => vec![],
    };
    let elements = get(body, "pushAccountReceipts").and_then(Value::as_array).into_iter().flatten();
    let of_elements = elements.filter_map(|element| element.get("errors")?.as_array()).flatten();
    errors.extend(of_elements.filter_map(Value::as_object));
    if errors.is_empty() && text(body, "errorCode").is_some() {
        errors.push(body);
    }
    errors
}

fn upstream(answer: &ApiResponse, json: bool, errors: &[&Object]) -> Upstream {
    let gateway = |source: &str| source == "Gateway" || source.starts_with("Security");
    if errors.iter().filter_map(|error| text(error, "source")).any(gateway) {
        Upstream::Gateway
    } else if json {
        answer.upstream
    } else {
        Upstream::Network
    }
}

fn reason_code(error: &Object) -> Option<ReasonCode> {
    ["reasonCode", "reason", "errorCode"].iter().find_map(|name| text(error, name)).map(ReasonCode::new)
}

fn recoverable(errors: &[&Object]) -> Option<bool> {
    let said = errors.iter().filter_map(|error| match get(error, "recoverable")? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    });
    said.reduce(|all, one| all && one)
}

/// One error of the request's data is enough to blame it.
fn source(errors: &[&Object]) -> Source {
    let named = |wanted: &str| {
        errors.iter().any(|error| text(error, "source").is_some_and(|it| it.eq_ignore_ascii_case(wanted)))
    };
    match () {
        () if named("INPUT") => Source::Input,
        () if named("MDES") => Source::Mdes,
        () => Source::Other,
    }
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    get(object, name)?.as_str().filter(|text| !text.is_empty())
}

/// Names differ between products in case only.
fn get<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// `Retry-After`, in seconds or as a date; a date that has passed is now.
pub(crate) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let seconds = header.trim().parse().ok().map(Duration::from_secs);
    let until = |date: SystemTime| date.duration_since(now).unwrap_or_default();
    seconds.or_else(|| httpdate::parse_http_date(header.trim()).ok().map(until))
}

#[cfg(test)]
mod tests;
