//! The expected response of each case, by rule.

use local::cardholder::Response;
use reqwest::Method;
use serde_json::Value;

use super::{
    matrix::{IdCase, Ownership, Token},
    routes::{Kind, Location, Route},
};

/// The expected response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// A response with the owner's data, or the conflict that the owner's enrollment causes.
    Served,
    /// API Gateway's own 401.
    Unauthorized,
    /// A problem of this status and one of these codes.
    Problem(u16, &'static [&'static str]),
    /// The page for an unknown callback state.
    UnknownStatePage,
    /// A redirect to the app with `outcome=unknown`.
    RedirectWithoutOutcome,
    /// The same as for an unknown id.
    SameAsUnknown,
    /// Only enrollments of the caller.
    OwnEnrollments,
}

/// The expected response of a case. Panics if no rule covers it.
pub(super) fn expected(route: &Route, case: Option<&IdCase>, token: Token) -> Expected {
    if !route.public && !token.is_accepted() {
        return Expected::Unauthorized;
    }
    if !route.public && token == Token::Id {
        return Expected::Problem(401, &["invalid_token"]);
    }
    if !route.public && !token.has_scope(route) {
        return Expected::Problem(403, &["insufficient_scope"]);
    }
    // The catalog is the same for all clients.
    if !route.public && token == Token::WithoutClient && route.key != "GET /token-requestors" {
        return Expected::Problem(401, &["unauthenticated"]);
    }
    if !route.public && route.method == Method::POST && !token.is_stepped_up() {
        return Expected::Problem(401, &["insufficient_user_authentication"]);
    }
    let Some(case) = case else { return Expected::Served };
    let (parameter, ownership) = (&case.parameter, case.ownership(token.caller()));
    match (parameter.location, parameter.kind, ownership) {
        (_, _, Ownership::Own) => Expected::Served,
        // State and receipt are valid and do not belong together.
        (Location::Path, Kind::CallbackState, Ownership::Foreign) | (Location::Query, Kind::Receipt, _) => {
            Expected::RedirectWithoutOutcome
        }
        (Location::Path, Kind::CallbackState, _) => Expected::UnknownStatePage,
        (Location::Path, Kind::Card, Ownership::Foreign | Ownership::Unknown)
            if route.method == Method::GET =>
        {
            Expected::SameAsUnknown
        }
        (Location::Path, Kind::Enrollment | Kind::Card | Kind::TokenId, _) => {
            Expected::Problem(404, &["not_found"])
        }
        (_, Kind::IdempotencyKey, Ownership::Missing) => Expected::Problem(400, &["idempotency_key_missing"]),
        (
            Location::Query | Location::Header | Location::Body,
            _,
            Ownership::Malformed | Ownership::Missing,
        ) => Expected::Problem(400, &["invalid_request", "card_number_refused"]),
        (_, Kind::TokenRequestor, Ownership::Unknown) => {
            Expected::Problem(404, &["token_requestor_not_found"])
        }
        (Location::Body, Kind::Card, _) => Expected::Problem(404, &["card_not_found"]),
        (Location::Query, Kind::Card, _) => Expected::SameAsUnknown,
        (Location::Query, Kind::Page, _) => Expected::OwnEnrollments,
        (Location::Header, Kind::IdempotencyKey, _) if route.is_about_tokens() => Expected::Served,
        // Identifies a request of one client: for other clients it is unused.
        (Location::Header, Kind::IdempotencyKey, _) => {
            Expected::Problem(409, &["enrollment_in_progress", "enrollment_not_restartable"])
        }
        unknown => panic!("no rule for {} with {unknown:?}", route.key),
    }
}

impl Expected {
    /// Whether a response is as expected, except for what the caller of this compares itself.
    pub(super) fn matches(&self, response: &Response) -> bool {
        let (status, body) = (response.status, &response.body);
        let code = body["code"].as_str().unwrap_or_default();
        let location = response.headers.get("location").map_or("", String::as_str);
        match self {
            Self::Served => {
                [200, 201, 303].contains(&status) || status == 409 && code != "request_in_progress"
            }
            Self::Unauthorized => status == 401 && body["message"] == "Unauthorized",
            Self::Problem(expected, codes) => status == *expected && codes.contains(&code),
            Self::UnknownStatePage => status == 404 && *body == Value::Null && location.is_empty(),
            Self::RedirectWithoutOutcome => status == 303 && location.ends_with("&outcome=unknown"),
            Self::SameAsUnknown | Self::OwnEnrollments => status == 200,
        }
    }
}
