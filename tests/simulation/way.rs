//! The cardholder's way between our answers and our callback: redirects that an app holds, visits to Click to Pay, URLs
//! with which a browser comes back.

use local::cardholder::{Answer, Page};
use url::Url;

use super::{
    deed::{Deed, Function},
    event::Event,
    run::Run,
};

#[derive(Default)]
pub(super) struct Ways {
    pub(super) redirects: Vec<Redirect>,
    pub(super) visits: Vec<Visit>,
    pub(super) returns: Vec<Return>,
    /// The first tap under each key.
    pub(super) tapped: Vec<Deed>,
    /// Enrollments that somebody was told of, with their place in the cast.
    pub(super) known: Vec<(usize, String)>,
}

/// An answer's redirect, in an app's hands.
pub(super) struct Redirect {
    who: usize,
    name: String,
    url: String,
    /// How often it is still to be opened.
    pub(super) openings: usize,
}

/// A page that is open at Click to Pay.
pub(super) struct Visit {
    who: usize,
    name: String,
    page: Page,
}

/// A way back.
pub(super) struct Return {
    who: usize,
    name: String,
    /// Path and query of our callback.
    url: Url,
    pub(super) times: usize,
}

/// What a browser may say in place of the truth.
const WORDS: [&str; 6] = ["APPROVED", "DECLINED", "CANCELLED", "ERROR", "DUPLICATE_REQUEST", "SOMETHING_NEW"];
/// What Click to Pay may end in besides accepting and cancelling.
const ENDINGS: [&str; 5] =
    ["result/DECLINED", "result/DELETED", "result/AUTHENTICATED", "result/DUPLICATE_REQUEST", "result/ERROR"];

impl Ways {
    /// Keys come again in the calm.
    pub(super) fn remember(&mut self, deed: &Deed) {
        let route = |deed: &Deed| deed.event.as_ref().map(|event| event.path().to_owned());
        let same =
            |tapped: &Deed| (tapped.who, &tapped.key, route(tapped)) == (deed.who, &deed.key, route(deed));
        if deed.function == Function::Enroll && !deed.trespass && !self.tapped.iter().any(same) {
            self.tapped.push(deed.clone());
        }
    }
}

impl Run<'_> {
    /// What an app learns from an answer.
    pub(super) fn learns(&mut self, deed: &Deed, answer: &Answer) {
        let (Some(who), Some(id)) = (deed.who, answer.body["enrollmentId"].as_str()) else { return };
        let known = (who, id.to_owned());
        if !self.ways.known.contains(&known) {
            self.ways.known.push(known);
        }
        let Some(url) = answer.body["redirectUrl"].as_str() else { return };
        if self.ways.redirects.iter().all(|redirect| redirect.url != url) {
            let (name, openings) = (self.trace.enrollment(id), self.dice.of(&[0, 1, 1, 1, 1, 1, 2]));
            self.ways.redirects.push(Redirect { who, name, url: url.to_owned(), openings });
        }
    }

    /// Steps 13 to 22: the app opens the redirect.
    pub(super) async fn opens(&mut self, at: usize) {
        let Redirect { who, name, url, openings } = &mut self.ways.redirects[at];
        *openings -= 1;
        let (who, name, url) = (*who, name.clone(), url.clone());
        self.note(format!("{name}: the redirect is opened"));
        let page = self.stage.browser.opens(&url).await.expect("Click to Pay is there");
        self.hears_from_mastercard().await;
        self.ways.visits.push(Visit { who, name, page });
    }

    /// Steps 23 and 24: the cardholder answers, or closes the tab.
    pub(super) async fn ends_visit(&mut self, at: usize) {
        let Visit { who, name, page } = self.ways.visits.remove(at);
        if self.dice.chance(10) {
            return self.note(format!("{name}: the tab is closed"));
        }
        let page = if page.html.contains("/accept\"") {
            let button = match self.dice.below(10) {
                0..6 => "accept",
                6..8 => "cancel",
                _ => self.dice.of(&ENDINGS),
            };
            self.note(format!("{name}: at Click to Pay, {button}"));
            page.presses(button).await.expect("a button")
        } else {
            page
        };
        self.hears_from_mastercard().await;
        if let Ok(url) = page.way_back().await {
            let times = self.dice.of(&[0, 1, 1, 1, 2]);
            self.ways.returns.push(Return { who, name, url, times });
        }
    }

    /// Step 25: a browser comes back, honestly or not.
    pub(super) async fn comes_back(&mut self, at: usize) -> usize {
        let back = &mut self.ways.returns[at];
        back.times -= 1;
        let (who, name, url) = (back.who, back.name.clone(), back.url.clone());
        let honest = url.query().unwrap_or_default().to_owned();
        let others: Vec<_> = self.ways.returns.iter().filter(|other| other.who != who).collect();
        let (how, query) = match self.dice.below(10) {
            0 => {
                let word = self.dice.of(&WORDS);
                let (receipt, _) = honest.split_once('=').unwrap();
                (format!("says {word}"), format!("{receipt}={word}"))
            }
            1 if !others.is_empty() => {
                let other = others[self.dice.below(others.len())];
                (
                    format!("brings receipts of {}", other.name),
                    other.url.query().unwrap_or_default().to_owned(),
                )
            }
            2 => ("says nothing".into(), String::new()),
            _ => (said(&honest), honest),
        };
        let path = format!("{}?{query}", url.path());
        let deed = Deed::new(Function::ReceiveCallback, format!("{name}, the browser {how}")).by(who);
        self.begins(deed.asking(Event::new("GET /callback/{state}", &path))).await
    }

    /// What a browser could say that never was at Click to Pay.
    pub(super) async fn guesses_a_state(&mut self, who: usize) -> usize {
        let guess = self.dice.between(1_000_000, 9_999_999);
        let path = format!("/callback/state-{guess}-of-nobody?results%5BMCC-1%5D=APPROVED");
        let deed = Deed::new(Function::ReceiveCallback, "a state that was guessed").by(who).trespassing(true);
        self.begins(deed.asking(Event::new("GET /callback/{state}", &path))).await
    }
}

/// The word in a way back, without receipt and token reference.
fn said(query: &str) -> String {
    let words = query.split('&').filter_map(|pair| pair.split_once('=')?.1.split('%').next());
    format!("says {}", words.collect::<Vec<_>>().join(", "))
}
