//! The seven shapes of Mastercard's errors, parsed into one [`ApiError`].
//!
//! A: `errors[]` in a 200, at the top or inside the elements of `pushAccountReceipts`. B: `errors[]` in another
//! status. C, D: `Errors.Error[]`, capitalized keys. E: top-level `errorCode`, possibly with `errors[]` and null
//! fields. F: `errordetail[]`, or only a top-level `reason`. G: not JSON, or empty. Any of them may be encrypted.

use serde_json::{Map, Value};

use super::ApiResponse;
use crate::{
    error::{ApiError, BaseStringComparison, ErrorSource, ReasonCode, Upstream},
    json,
    jwe::JweField,
};

type Object = Map<String, Value>;

/// The error that the response reports; `None` for a success.
pub(super) fn parse(response: &ApiResponse) -> Option<ApiError> {
    let body = json::parse(&response.body).ok();
    let object = body.as_ref().and_then(Value::as_object);
    let mut errors = object.map(errors).unwrap_or_default();
    if response.status.is_success() && errors.is_empty() {
        return None;
    }
    if errors.is_empty() {
        errors.extend(object.filter(|body| text(body, "reason").is_some()));
    }
    Some(ApiError {
        upstream: upstream(response, body.is_some(), &errors),
        operation: response.operation,
        status: response.status,
        reason_codes: errors.iter().filter_map(|error| reason_code(error)).collect(),
        is_encrypted: errors.is_empty() && body.as_ref().and_then(JweField::jwe_in).is_some(),
        recoverable: recoverable(&errors),
        source: source(&errors),
        retry_after: response.retry_after,
        clock_ahead_seconds: response.clock_ahead_seconds,
        correlation_id: response.correlation_id.clone(),
        base_strings: errors.iter().find_map(|error| {
            BaseStringComparison::compare(&response.base_string, text(error, "description")?)
        }),
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

fn upstream(response: &ApiResponse, json: bool, errors: &[&Object]) -> Upstream {
    let is_gateways = |error: &&Object| match text(error, "source") {
        Some(source) => source == "Gateway" || source.starts_with("Security"),
        // Only the gateway checks signatures.
        None => reason_code(error).is_some_and(|code| code.rejects_key_set()),
    };
    if errors.iter().any(is_gateways) {
        Upstream::Gateway
    } else if json {
        response.upstream
    } else {
        Upstream::Network
    }
}

fn reason_code(error: &Object) -> Option<ReasonCode> {
    ["reasonCode", "reason", "errorCode"].iter().find_map(|name| text(error, name)).map(ReasonCode::new)
}

fn recoverable(errors: &[&Object]) -> Option<bool> {
    let flags = errors.iter().filter_map(|error| match get(error, "recoverable")? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    });
    flags.reduce(|all, one| all && one)
}

/// `INPUT` in any of the errors wins over `MDES`.
fn source(errors: &[&Object]) -> ErrorSource {
    let has = |source: &str| {
        errors.iter().any(|error| text(error, "source").is_some_and(|it| it.eq_ignore_ascii_case(source)))
    };
    if has("INPUT") {
        ErrorSource::Input
    } else if has("MDES") {
        ErrorSource::Mdes
    } else {
        ErrorSource::Other
    }
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    get(object, name)?.as_str().filter(|text| !text.is_empty())
}

/// Key names differ between the products only in case.
fn get<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests;
