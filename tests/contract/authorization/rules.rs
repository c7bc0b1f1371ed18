//! What a cell's answer has to be, by rule.

use local::cardholder::Answer;
use serde_json::Value;

use super::{
    matrix::{IdCase, Ownership, Token},
    routes::{Kind, Location, Route},
};

/// What the one who requests gets to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// What the owner may have: an answer, or the conflict that the owner's own enrollment makes.
    Served,
    /// API Gateway's own 401.
    Unauthorized,
    /// A problem of this status and one of these codes.
    Problem(u16, &'static [&'static str]),
    /// The page that says nothing.
    UnknownStatePage,
    /// On to the app, which learns nothing from the results.
    RedirectWithoutOutcome,
    /// What would be answered for an id that nobody has.
    SameAsUnknown,
    /// Only enrollments of the one who requests.
    OwnEnrollments,
}

/// A cell's answer. Panics at a place that it does not know.
pub(super) fn expected(route: &Route, given: Option<&IdCase>, token: Token) -> Expected {
    if !route.public && !token.enters() {
        return Expected::Unauthorized;
    }
    // The catalog is the same for everybody.
    if !route.public && token == Token::WithoutClient && route.key != "GET /token-requestors" {
        return Expected::Problem(401, &["unauthenticated"]);
    }
    let Some(given) = given else { return Expected::Served };
    let (parameter, ownership) = (&given.parameter, given.ownership(token.caller()));
    match (parameter.location, parameter.kind, ownership) {
        (_, _, Ownership::Own) => Expected::Served,
        // Both are good, they do not belong together.
        (Location::Path, Kind::CallbackState, Ownership::Foreign) | (Location::Query, Kind::Receipt, _) => {
            Expected::RedirectWithoutOutcome
        }
        (Location::Path, Kind::CallbackState, _) => Expected::UnknownStatePage,
        (Location::Path, Kind::Enrollment, _) => Expected::Problem(404, &["not_found"]),
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
        // Names a request, not a thing: to everybody else it is a name that was not used yet.
        (Location::Header, Kind::IdempotencyKey, _) => {
            Expected::Problem(409, &["enrollment_in_progress", "enrollment_not_restartable"])
        }
        unknown => panic!("no rule says what {} answers to {unknown:?}", route.key),
    }
}

impl Expected {
    /// Whether this is the answer, less what only another answer or the principals can tell.
    pub(super) fn is(&self, answer: &Answer) -> bool {
        let (status, body) = (answer.status, &answer.body);
        let code = body["code"].as_str().unwrap_or_default();
        let location = answer.headers.get("location").map_or("", String::as_str);
        match self {
            Self::Served => {
                [200, 201, 303].contains(&status) || status == 409 && code != "request_in_progress"
            }
            Self::Unauthorized => status == 401 && body["message"] == "Unauthorized",
            Self::Problem(wanted, codes) => status == *wanted && codes.contains(&code),
            Self::UnknownStatePage => status == 404 && *body == Value::Null && location.is_empty(),
            Self::RedirectWithoutOutcome => status == 303 && location.ends_with("&outcome=unknown"),
            Self::SameAsUnknown | Self::OwnEnrollments => status == 200,
        }
    }
}
