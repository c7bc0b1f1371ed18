//! The seven shapes in which Mastercard says no, read into one [`Refusal`].
//!
//! A: `errors[]` in a 200, at the top or inside the elements of `pushAccountReceipts`. B: `errors[]` in another
//! status. C, D: `Errors.Error[]`, capitalised keys. E: top-level `errorCode`, maybe beside `errors[]` and fields
//! full of null. F: `errordetail[]`. G: not JSON, or nothing.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Answerer, ReasonCode, Refusal};
use crate::mastercard::transport::Answer;

type Object = Map<String, Value>;

/// What the answer refuses, or `None` if it does not.
pub(in crate::mastercard) fn refusal(answer: &Answer) -> Option<Refusal> {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let errors = body.as_ref().and_then(Value::as_object).map(errors).unwrap_or_default();
    if answer.status.is_success() && errors.is_empty() {
        return None;
    }
    Some(Refusal {
        answerer: answerer(answer, body.is_some(), &errors),
        operation: answer.operation,
        status: answer.status,
        reason_codes: errors.iter().filter_map(|error| reason_code(error)).collect(),
        recoverable: recoverable(&errors),
        retry_after: answer.retry_after,
        correlation_id: answer.correlation_id.clone(),
        first_difference: errors.iter().find_map(|error| first_difference(error, &answer.base_string)),
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

fn answerer(answer: &Answer, json: bool, errors: &[&Object]) -> Answerer {
    let gateway = |source: &str| source == "Gateway" || source.starts_with("Security");
    if errors.iter().filter_map(|error| text(error, "source")).any(gateway) {
        Answerer::Gateway
    } else if json {
        answer.answerer
    } else {
        Answerer::Network
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

/// The gateway ends its description with the base string that it would have accepted.
fn first_difference(error: &Object, ours: &str) -> Option<usize> {
    let (_, theirs) = text(error, "description")?.split_once("signature base string:")?;
    let theirs = theirs.trim().trim_matches(['"', '\'']);
    Some(ours.bytes().zip(theirs.bytes()).take_while(|(our, their)| our == their).count())
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    get(object, name)?.as_str().filter(|text| !text.is_empty())
}

/// Names differ between products in case only.
fn get<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// `Retry-After` in its form of whole seconds; dates are left to our own pauses.
pub(in crate::mastercard) fn retry_after(header: &str) -> Option<Duration> {
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
