//! Reads requests from API Gateway (HTTP API, payload format 2.0).

use std::{fmt, str::FromStr, time::Duration};

use lambda_http::{
    Request, RequestExt as _,
    http::{
        Method,
        header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN},
    },
    request::RequestContext,
};
use url::form_urlencoded;

use super::{Code, Fault, Problem};
use crate::{invocation, store::enrollments::IdempotencyKey};
use mastercard::Deadline;

/// The methods of each path, for the header `Allow`; a test compares them with `infra/openapi.yaml`.
const METHODS: [(&str, &str); 11] = [
    ("/token-requestors", "GET"),
    ("/cards", "GET"),
    ("/cards/{cardContractId}/tokens", "GET"),
    ("/cards/{cardContractId}/tokens/{tokenId}/suspend", "POST"),
    ("/cards/{cardContractId}/tokens/{tokenId}/resume", "POST"),
    ("/cards/{cardContractId}/tokens/{tokenId}/remove", "POST"),
    ("/enrollments", "GET, POST"),
    ("/enrollments/{enrollmentId}", "GET"),
    ("/enrollments/{enrollmentId}/attempts", "POST"),
    ("/callback/{state}", "GET"),
    ("/notifications", "POST"),
];

/// API Gateway's id of this request, for problem documents and logs; empty if there is none.
pub(super) fn id(request: &Request) -> String {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// The deadline of this request, see [`invocation::deadline`].
pub fn deadline(request: &Request, timeout: Duration) -> Deadline {
    invocation::deadline(request.lambda_context_ref(), timeout)
}

/// Query parameters as pairs, in order, without those that only keep a response from being cached.
///
/// # Errors
/// [`Code::InvalidRequest`] with the name of a parameter that is none of `expected`. Values are not repeated.
pub fn query(request: &Request, expected: &[&str]) -> Result<Vec<(String, String)>, Problem> {
    let raw = request.uri().query().unwrap_or_default();
    let mut pairs: Vec<_> = form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
    pairs.retain(|(name, _)| expected.contains(&name.as_str()) || !is_cache_buster(name));
    match pairs.iter().find(|(name, _)| !expected.contains(&name.as_str())) {
        Some((name, _)) => {
            let field = if is_plain_name(name) { name } else { "query" };
            let allowed = expected.join(", ");
            Err(Problem::parameter(field, format!("is not a parameter of this request, which has {allowed}")))
        }
        None => Ok(pairs),
    }
}

/// Whether a parameter's name is one that HTTP libraries add with a time or a random number: `_` is jQuery's; all names
/// that begin with it count.
pub(super) fn is_cache_buster(name: &str) -> bool {
    const NAMES: [&str; 9] =
        ["t", "ts", "timestamp", "cb", "rnd", "rand", "random", "nocache", "cachebuster"];
    let plain = name.replace(['_', '-'], "").to_ascii_lowercase();
    name.starts_with('_') || NAMES.contains(&plain.as_str())
}

/// Whether a name that the client chose may be repeated in a problem document.
fn is_plain_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// A path parameter of the matched route.
///
/// # Errors
/// [`Code::NotFound`] if it is missing or invalid: an invalid id names nothing that exists.
pub fn path_parameter<T: FromStr<Err: fmt::Display>>(request: &Request, name: &str) -> Result<T, Problem> {
    let parameters = request.path_parameters_ref();
    let raw = parameters.and_then(|parameters| parameters.first(name)).unwrap_or_default();
    raw.parse().map_err(|_| Code::NotFound.into())
}

/// `Retry-After` when a day's idempotency keys are used up. When the oldest one may be forgotten is not sent exactly: an hour is a
/// fair pause.
pub const KEYS_RETRY_SECONDS: u64 = 3600;

/// The `Idempotency-Key` header.
///
/// # Errors
/// [`Code::IdempotencyKeyMissing`] unless there is exactly one, and [`Code::InvalidRequest`] if it is ill-formed.
pub fn idempotency_key(request: &Request) -> Result<IdempotencyKey, Problem> {
    let mut keys = request.headers().get_all("idempotency-key").iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(Code::IdempotencyKeyMissing.into());
    };
    let key = key.to_str().unwrap_or_default();
    key.parse().map_err(|error| Problem::faults(vec![Fault::in_header("Idempotency-Key", error)]))
}

/// Whether a browser asks if a page of another origin may send a request (the Fetch standard's CORS preflight). API Gateway passes
/// it on by a path's route `ANY`, without a token, and itself adds the headers that allow the request.
pub(super) fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Rejects a request for a method that its path does not have: API Gateway matches a path's route `ANY` only if the route
/// of no method matches.
pub(super) fn reject_other_methods(request: &Request) -> Result<(), Problem> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return Ok(()) };
    let path = context.route_key.as_deref().and_then(|key| key.strip_prefix("ANY "));
    let route = path.and_then(|path| METHODS.iter().find(|(template, _)| *template == path));
    route.map_or(Ok(()), |(_, methods)| Err(Problem::allow(methods)))
}

/// Rejects a body of more than `limit` bytes.
pub(super) fn reject_large(request: &Request, limit: usize) -> Result<(), Problem> {
    if request.body().len() > limit { Err(Code::RequestTooLarge.into()) } else { Ok(()) }
}

#[cfg(test)]
pub(super) mod tests;
