//! The pages themselves: plain HTML without a script. Each says that it is a simulator's.

use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;

use super::session::{Phase, Session};

const STYLE: &str = include_str!("../../templates/style.css");

/// Nothing but the one style sheet, and forms of its own.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Results that the simulator's own row of buttons offers, and what they mean.
const OTHER_ENDINGS: [(&str, &str); 6] = [
    ("DECLINED", "Decline the card"),
    ("REQUIRE_ADDITIONAL_AUTHENTICATION", "Ask for authentication"),
    ("AUTHENTICATED", "Authenticate, and keep the token"),
    ("DELETED", "Authenticate in vain, and delete the token"),
    ("DUPLICATE_REQUEST", "Say that it was enabled already"),
    ("ERROR", "Report a technical error"),
];

/// What is left to do on a page.
enum Door {
    /// Terms to accept or not; where the visit is.
    Terms(String),
    /// The way back; where the visit is.
    Back(String),
    None,
}

#[derive(Template)]
#[template(path = "visit.html")]
struct Visit<'a> {
    name: &'a str,
    headline: &'a str,
    problem: Option<&'a str>,
    cards: Vec<&'a str>,
    door: Door,
    endings: [(&'a str, &'a str); 6],
}

/// The page of a visit as it stands.
pub(super) fn of(session: &Session) -> String {
    let base = format!("/click-to-pay/sessions/{}", session.id);
    let door = match session.phase {
        Phase::Terms => Door::Terms(base),
        Phase::Over if session.callback_url.is_some() => Door::Back(base),
        Phase::Over => Door::None,
    };
    let cards = session.cards.iter().map(|card| card.get(card.len().saturating_sub(4)..).unwrap_or_default());
    render(&Visit {
        name: &session.requestor_name,
        headline: session.headline(),
        problem: session.problem,
        cards: cards.collect(),
        door,
        endings: OTHER_ENDINGS,
    })
}

/// The page of a visit that never began.
pub(super) fn refused(why: &str) -> String {
    told("Token requestor", "This link does not work", why)
}

/// The cardholder is gone, and so is the page: this is what stands in its place.
pub(super) fn closed(requestor_name: &str) -> String {
    let why = "It heard neither yes nor no. The card was tokenized when this page opened, so the bank hears of it all \
        the same. Open the bank's app again to see.";
    told(requestor_name, "As if the tab were closed", why)
}

fn told(name: &str, headline: &str, problem: &str) -> String {
    let (problem, cards) = (Some(problem), Vec::new());
    render(&Visit { name, headline, problem, cards, door: Door::None, endings: OTHER_ENDINGS })
}

/// Rendering into a `String` fails only where a value does not print, which none of ours does.
pub(crate) fn render(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// The answer with a page in it.
pub(crate) fn answer(status: StatusCode, html: String) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (status, headers, html).into_response()
}

/// The style sheet of all pages.
pub(crate) async fn style() -> Response<Body> {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], STYLE)
        .into_response()
}
