//! What apps and browsers hold: redirects to Click to Pay, open pages there, URLs of the callback; and what they do next.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use local::cardholder::{Page, Response};
use url::Url;
use uuid::Uuid;

use super::{
    event::Event,
    invocation::{Function, Invocation},
    run::Run,
};

#[derive(Default)]
pub(super) struct BrowserState {
    pub(super) redirects: Vec<Redirect>,
    pub(super) visits: Vec<Visit>,
    pub(super) returns: Vec<Return>,
    /// The first request with each idempotency key.
    pub(super) first_requests: Vec<Invocation>,
    /// Enrollments that an app has seen: index of its principal, enrollment id.
    pub(super) known_enrollments: Vec<(usize, String)>,
}

/// A `redirectUrl` that an app received.
pub(super) struct Redirect {
    principal: usize,
    /// Name of the enrollment in the trace.
    name: String,
    url: String,
    /// How often it will still be opened.
    pub(super) openings: usize,
}

/// An open page at Click to Pay.
pub(super) struct Visit {
    principal: usize,
    name: String,
    page: Page,
}

/// A URL of the callback, to which Click to Pay sent a browser.
pub(super) struct Return {
    principal: usize,
    name: String,
    url: Url,
    /// How often a browser will still follow it.
    pub(super) times: usize,
}

/// Results with which a browser may replace the real one.
const FORGED_RESULTS: [&str; 6] =
    ["APPROVED", "DECLINED", "CANCELLED", "ERROR", "DUPLICATE_REQUEST", "SOMETHING_NEW"];
/// Buttons at Click to Pay besides accept and cancel.
const OTHER_RESULTS: [&str; 5] =
    ["result/DECLINED", "result/DELETED", "result/AUTHENTICATED", "result/DUPLICATE_REQUEST", "result/ERROR"];

impl BrowserState {
    /// Remembers the first request with each idempotency key; see [`Run::quiesce`].
    pub(super) fn remember(&mut self, invocation: &Invocation) {
        let path = |invocation: &Invocation| invocation.event.as_ref().map(|event| event.path().to_owned());
        let is_same = |first: &Invocation| {
            (first.principal, first.card, &first.key, path(first))
                == (invocation.principal, invocation.card, &invocation.key, path(invocation))
        };
        let is_enroll = invocation.function == Function::Enroll && !invocation.unauthorized;
        if is_enroll && !self.first_requests.iter().any(is_same) {
            self.first_requests.push(invocation.clone());
        }
    }
}

impl Run<'_> {
    /// Records the enrollment and redirect in a response.
    pub(super) fn record_known_enrollment(&mut self, invocation: &Invocation, response: &Response) {
        let id = response.body["enrollmentId"].as_str();
        let (Some(principal), Some(id)) = (invocation.principal, id) else { return };
        let known = (principal, id.to_owned());
        if !self.browsers.known_enrollments.contains(&known) {
            self.browsers.known_enrollments.push(known);
        }
        let Some(url) = response.body["redirectUrl"].as_str() else { return };
        if self.browsers.redirects.iter().all(|redirect| redirect.url != url) {
            let (name, openings) = (self.trace.enrollment(id), self.rng.choose(&[0, 1, 1, 1, 1, 1, 2]));
            self.browsers.redirects.push(Redirect { principal, name, url: url.to_owned(), openings });
        }
    }

    /// Steps 13 to 22: the app opens the redirect.
    pub(super) async fn open_redirect(&mut self, index: usize) {
        let Redirect { principal, name, url, openings } = &mut self.browsers.redirects[index];
        *openings -= 1;
        let (principal, name, url) = (*principal, name.clone(), url.clone());
        self.note(format!("{name}: the redirect is opened"));
        let page = self.harness.browser.open_redirect(&url).await.expect("a page of Click to Pay");
        self.collect_notifications().await;
        self.browsers.visits.push(Visit { principal, name, page });
    }

    /// Steps 23 and 24: the cardholder presses a button, or closes the tab.
    pub(super) async fn end_visit(&mut self, index: usize) {
        let Visit { principal, name, page } = self.browsers.visits.remove(index);
        if self.rng.chance(10) {
            return self.note(format!("{name}: the tab is closed"));
        }
        let page = if page.html.contains("/accept\"") {
            let button = match self.rng.below(10) {
                0..6 => "accept",
                6..8 => "cancel",
                _ => self.rng.choose(&OTHER_RESULTS),
            };
            self.note(format!("{name}: at Click to Pay, {button}"));
            page.press(button).await.expect("a button")
        } else {
            page
        };
        self.collect_notifications().await;
        if let Ok(url) = page.callback_url().await {
            let times = self.rng.choose(&[0, 1, 1, 1, 2]);
            self.browsers.returns.push(Return { principal, name, url, times });
        }
    }

    /// Step 25: a browser returns to our callback, with the real result, a forged one or none. Returns the number of the
    /// actor.
    pub(super) async fn return_to_bank(&mut self, index: usize) -> usize {
        let current = &mut self.browsers.returns[index];
        current.times -= 1;
        let (principal, name, url) = (current.principal, current.name.clone(), current.url.clone());
        let real = url.query().unwrap_or_default().to_owned();
        let others: Vec<_> = self.browsers.returns.iter().filter(|it| it.principal != principal).collect();
        let (label, query) = match self.rng.below(10) {
            0 => {
                let result = self.rng.choose(&FORGED_RESULTS);
                let (receipt, _) = real.split_once('=').unwrap();
                (format!("with {result}"), format!("{receipt}={result}"))
            }
            1 if !others.is_empty() => {
                let other = others[self.rng.below(others.len())];
                let query = other.url.query().unwrap_or_default().to_owned();
                (format!("with receipts of {}", other.name), query)
            }
            2 => ("without a result".into(), String::new()),
            _ => (format!("with {}", results(&real)), real),
        };
        let event = Event::new("GET /callback/{state}", &format!("{}?{query}", url.path()));
        let invocation = Invocation::new(Function::ReceiveCallback, format!("{name}, the browser {label}"));
        self.start(invocation.with_principal(principal).with_event(event)).await
    }

    /// A browser calls the callback with a guessed state: the id of an enrollment, if it knows one, and a guessed secret. Returns
    /// the number of the actor.
    pub(super) async fn guess_state(&mut self, principal: usize) -> usize {
        let known = self.browsers.known_enrollments.last();
        let id = known.and_then(|(_, id)| id.parse::<Uuid>().ok()).unwrap_or_default();
        let secret = [u8::try_from(self.rng.below(256)).unwrap(); 16];
        let state = URL_SAFE_NO_PAD.encode([*id.as_bytes(), secret].concat());
        let path = format!("/callback/{state}?results%5BMCC-1%5D=APPROVED");
        let invocation = Invocation::new(Function::ReceiveCallback, "a guessed state").unauthorized();
        let event = Event::new("GET /callback/{state}", &path);
        self.start(invocation.with_principal(principal).with_event(event)).await
    }
}

/// The results in a callback's query, without receipts and token references.
fn results(query: &str) -> String {
    let results = query.split('&').filter_map(|pair| pair.split_once('=')?.1.split('%').next());
    results.collect::<Vec<_>>().join(", ")
}
