//! The pages of a session.

use askama::Template;

use super::session::{Headline, Phase, Session};
use super::texts::Texts;
use crate::{html::render, world::records::AccountHolder};

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
    /// Be authenticated, or return to the issuer without; with the session's path.
    Authenticate(String),
    /// Return to the issuer; with the session's path.
    Return(String),
    None,
}

#[derive(Template)]
#[template(path = "session.html")]
struct SessionPage<'a> {
    t: &'static Texts,
    name: &'a str,
    /// The operating system of the requestor's app.
    system: Option<&'a str>,
    /// Whether an authentication can be made up for after it was put off.
    can_authenticate: bool,
    /// The sign of the outcome: its class and its line.
    mark: Option<(&'static str, &'static str)>,
    headline: &'a str,
    /// Position in [`Texts::steps`].
    current_step: Option<usize>,
    problem: Option<&'a str>,
    cards: Vec<&'a str>,
    account_holder: Vec<(&'static str, &'a str)>,
    locale: Option<&'a str>,
    next_step: NextStep,
    other_results: [(&'a str, &'a str); 6],
}

/// The page of a session in its current phase.
pub(super) fn session(session: &Session) -> String {
    let t = Texts::of(session.locale.as_deref());
    let base = format!("/click-to-pay/sessions/{}", session.id);
    let next_step = match session.phase {
        Phase::Terms => NextStep::Terms(base),
        Phase::Authentication => NextStep::Authenticate(base),
        Phase::Finished if session.callback_url.is_some() => NextStep::Return(base),
        Phase::Finished => NextStep::None,
    };
    let cards = session.cards.iter().map(|card| card.get(card.len().saturating_sub(4)..).unwrap_or_default());
    render(&SessionPage {
        t,
        name: &session.requestor_name,
        system: session.system,
        can_authenticate: session.can_authenticate(),
        mark: mark(session.headline()),
        headline: (t.headline)(session.headline()),
        current_step: Some(if session.phase == Phase::Finished { 2 } else { 1 }),
        problem: session.problem,
        cards: cards.collect(),
        account_holder: supplied(&session.account_holder, t),
        locale: session.locale.as_deref(),
        next_step,
        other_results: OTHER_RESULTS,
    })
}

/// The sign of an outcome, as in the sample bank app: its class and its line in a square of 48.
fn mark(headline: Headline) -> Option<(&'static str, &'static str)> {
    match headline {
        Headline::Terms => None,
        Headline::Enabled | Headline::Duplicate => Some(("done", "M14 25 l7 7 l13 -15")),
        Headline::Authentication => Some(("person", "M24 24 a5 5 0 1 0 -.1 0 M15 34 c1 -10 17 -10 18 0")),
        Headline::Cancelled => Some(("new", "M17 24 h14")),
        Headline::Declined | Headline::Error => Some(("call", "M24 15 v11 m0 6 v.5")),
    }
}

/// What the issuer supplied of the cardholder, with its labels.
fn supplied<'a>(account_holder: &'a AccountHolder, t: &Texts) -> Vec<(&'static str, &'a str)> {
    let AccountHolder { name, email_address, phone_number } = account_holder;
    let fields = [(t.name, name), (t.email_address, email_address), (t.phone_number, phone_number)];
    fields.into_iter().filter_map(|(label, value)| Some((label, value.as_deref()?))).collect()
}

/// The page for a redirect or request that is rejected.
pub(super) fn error(detail: &str) -> String {
    notice("Token requestor", "This link does not work", detail)
}

/// The page in place of a closed tab.
pub(super) fn closed(session: &Session) -> String {
    let detail = "The terms were neither accepted nor declined. The card was tokenized when this page opened, so the \
        bank is notified nevertheless. Open the bank's app again to see the result.";
    notice(&session.requestor_name, "Tab closed", detail)
}

/// A page of the simulator itself, in English.
fn notice(name: &str, headline: &str, problem: &str) -> String {
    render(&SessionPage {
        t: Texts::of(None),
        name,
        system: None,
        can_authenticate: false,
        mark: None,
        headline,
        current_step: None,
        problem: Some(problem),
        cards: Vec::new(),
        account_holder: Vec::new(),
        locale: None,
        next_step: NextStep::None,
        other_results: OTHER_RESULTS,
    })
}
