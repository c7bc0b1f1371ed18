//! The pages of a session.

use askama::Template;

use super::session::{Phase, Session};
use crate::html::render;

/// Results that the simulator's own buttons offer, with their labels.
const OTHER_RESULTS: [(&str, &str); 6] = [
    ("DECLINED", "Decline the card"),
    ("REQUIRE_ADDITIONAL_AUTHENTICATION", "Require authentication"),
    ("AUTHENTICATED", "Authenticate and keep the token"),
    ("DELETED", "Fail authentication and delete the token"),
    ("DUPLICATE_REQUEST", "Report that the card was enabled already"),
    ("ERROR", "Report a technical error"),
];

/// The next step that a page offers to the cardholder.
enum NextStep {
    /// Accept or decline the terms; with the session's path.
    Terms(String),
    /// Return to the issuer; with the session's path.
    Return(String),
    None,
}

#[derive(Template)]
#[template(path = "session.html")]
struct SessionPage<'a> {
    name: &'a str,
    headline: &'a str,
    problem: Option<&'a str>,
    cards: Vec<&'a str>,
    next_step: NextStep,
    other_results: [(&'a str, &'a str); 6],
}

/// The page of a session in its current phase.
pub(super) fn session(session: &Session) -> String {
    let base = format!("/click-to-pay/sessions/{}", session.id);
    let next_step = match session.phase {
        Phase::Terms => NextStep::Terms(base),
        Phase::Finished if session.callback_url.is_some() => NextStep::Return(base),
        Phase::Finished => NextStep::None,
    };
    let cards = session.cards.iter().map(|card| card.get(card.len().saturating_sub(4)..).unwrap_or_default());
    render(&SessionPage {
        name: &session.requestor_name,
        headline: session.headline(),
        problem: session.problem,
        cards: cards.collect(),
        next_step,
        other_results: OTHER_RESULTS,
    })
}

/// The page for a redirect or request that is rejected.
pub(super) fn error(detail: &str) -> String {
    notice("Token requestor", "This link does not work", detail)
}

/// The page in place of a closed tab.
pub(super) fn closed(requestor_name: &str) -> String {
    let detail = "The terms were neither accepted nor declined. The card was tokenized when this page opened, so the \
        bank is notified nevertheless. Open the bank's app again to see the result.";
    notice(requestor_name, "Tab closed", detail)
}

fn notice(name: &str, headline: &str, problem: &str) -> String {
    let (problem, cards, next_step) = (Some(problem), Vec::new(), NextStep::None);
    render(&SessionPage { name, headline, problem, cards, next_step, other_results: OTHER_RESULTS })
}
