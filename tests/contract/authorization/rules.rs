//! What a cell's answer has to be, by rule.

use local::cardholder::Answer;
use serde_json::Value;

use super::{
    cells::{Given, Token, Whose},
    routes::{Kind, Part, Route},
};

/// What the one who asks gets to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// What the owner may have: an answer, or the conflict that the owner's own enrollment makes.
    Served,
    /// API Gateway's own 401.
    NoEntry,
    /// A problem of this status and one of these codes.
    Problem(u16, &'static [&'static str]),
    /// The page that says nothing.
    Farewell,
    /// On to the app, which learns nothing from the results.
    OnWithoutOutcome,
    /// What would be answered for an id that nobody has.
    AsIfNobodys,
    /// Only enrollments of the one who asks.
    OwnEnrollments,
}

/// A cell's answer. Panics at a place that it does not know.
pub(super) fn expected(route: &Route, given: Option<&Given>, token: Token) -> Expected {
    if !route.public && !token.enters() {
        return Expected::NoEntry;
    }
    // The catalog is the same for everybody.
    if !route.public && token == Token::WithoutClient && route.key != "GET /token-requestors" {
        return Expected::Problem(401, &["unauthenticated"]);
    }
    let Some(given) = given else { return Expected::Served };
    let (place, whose) = (&given.place, given.whose(token.caller()));
    match (place.part, place.kind, whose) {
        (_, _, Whose::Own) => Expected::Served,
        // Both are good, they do not belong together.
        (Part::Path, Kind::CallbackState, Whose::Foreign) | (Part::Query, Kind::Receipt, _) => {
            Expected::OnWithoutOutcome
        }
        (Part::Path, Kind::CallbackState, _) => Expected::Farewell,
        (Part::Path, Kind::Enrollment, _) => Expected::Problem(404, &["not_found"]),
        (_, Kind::IdempotencyKey, Whose::LeftOut) => Expected::Problem(400, &["idempotency_key_missing"]),
        (Part::Query | Part::Header | Part::Body, _, Whose::Garbage | Whose::LeftOut) => {
            Expected::Problem(400, &["invalid_request", "card_number_refused"])
        }
        (_, Kind::TokenRequestor, Whose::Nobodys) => Expected::Problem(404, &["token_requestor_not_found"]),
        (Part::Body, Kind::Card, _) => Expected::Problem(404, &["card_not_found"]),
        (Part::Query, Kind::Card, _) => Expected::AsIfNobodys,
        (Part::Query, Kind::Page, _) => Expected::OwnEnrollments,
        // Names a request, not a thing: to everybody else it is a name that was not used yet.
        (Part::Header, Kind::IdempotencyKey, _) => {
            Expected::Problem(409, &["enrollment_in_progress", "enrollment_not_restartable"])
        }
        unknown => panic!("no rule says what {} answers to {unknown:?}", route.key),
    }
}

impl Expected {
    /// Whether this is the answer, less what only another answer or the parties can tell.
    pub(super) fn is(&self, answer: &Answer) -> bool {
        let (status, body) = (answer.status, &answer.body);
        let code = body["code"].as_str().unwrap_or_default();
        let location = answer.headers.get("location").map_or("", String::as_str);
        match self {
            Self::Served => {
                [200, 201, 303].contains(&status) || status == 409 && code != "request_in_progress"
            }
            Self::NoEntry => status == 401 && body["message"] == "Unauthorized",
            Self::Problem(wanted, codes) => status == *wanted && codes.contains(&code),
            Self::Farewell => status == 404 && *body == Value::Null && location.is_empty(),
            Self::OnWithoutOutcome => status == 303 && location.ends_with("&outcome=unknown"),
            Self::AsIfNobodys | Self::OwnEnrollments => status == 200,
        }
    }
}
