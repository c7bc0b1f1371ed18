//! The cardholder's browser: opens a page, presses its buttons, follows its links. It reads forms and links as the
//! page has them, and goes from one redirect to the next itself, so that each can be looked at.

use jiff::Timestamp;
use reqwest::{Client, Response, header, redirect};
use simulator::Party;
use url::Url;

use super::{Cardholder, JourneyError};

/// A page that is open.
pub struct Page {
    cardholder: Cardholder,
    url: Url,
    /// Its status code.
    pub status: u16,
    /// Its text.
    pub html: String,
}

/// Back from the token requestor.
#[derive(Clone, Debug)]
pub struct Returned {
    /// Our callback as the token requestor built it, with its results.
    pub callback: Url,
    /// The status code that our callback answered.
    pub status: u16,
    /// The app link that it passed the cardholder on to, if it did.
    pub app_link: Option<Url>,
}

/// Follows nothing by itself and goes through no proxy.
pub(super) fn client() -> Client {
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build();
    client.unwrap_or_default()
}

impl Page {
    pub(super) async fn open(cardholder: Cardholder, url: &str) -> Result<Self, JourneyError> {
        let url: Url = url.parse().map_err(|_| JourneyError::NoWay("redirect URL"))?;
        let response = cardholder.http.get(url.clone()).send().await.map_err(JourneyError::Unreachable)?;
        Self::read(cardholder, url, response).await
    }

    async fn read(cardholder: Cardholder, url: Url, response: Response) -> Result<Self, JourneyError> {
        let status = response.status().as_u16();
        let content = response.bytes().await.map_err(JourneyError::Unreachable)?;
        Ok(Self { cardholder, url, status, html: String::from_utf8_lossy(&content).into_owned() })
    }

    /// Steps 22 to 24: accepts the terms and conditions.
    ///
    /// # Errors
    /// When the page has no such button.
    pub async fn accepts(self) -> Result<Self, JourneyError> {
        self.presses("accept").await
    }

    /// Does not accept them after all.
    ///
    /// # Errors
    /// When the page has no such button.
    pub async fn cancels(self) -> Result<Self, JourneyError> {
        self.presses("cancel").await
    }

    /// Submits the form whose action ends in `button`; the simulator's `result/DECLINED` and its like too.
    ///
    /// # Errors
    /// When the page has no such form.
    pub async fn presses(self, button: &str) -> Result<Self, JourneyError> {
        let ending = format!("/{button}");
        let action = attributes(&self.html, "action").find(|action| action.ends_with(&ending));
        let action = action.ok_or(JourneyError::NoWay("button"))?;
        let url = self.url.join(&action).map_err(|_| JourneyError::NoWay("button"))?;
        let http = &self.cardholder.http;
        let pressed = http.post(url.clone()).send().await.map_err(JourneyError::Unreachable)?;
        match location(&pressed) {
            Some(next) => Self::open(self.cardholder, next.as_str()).await,
            None => Self::read(self.cardholder, url, pressed).await,
        }
    }

    /// Step 25: follows the link back, through our callback, to the app link.
    ///
    /// # Errors
    /// When the page has no way back.
    pub async fn returns(self) -> Result<Returned, JourneyError> {
        let callback = self.way_back().await?;
        self.cardholder.comes_back(callback).await
    }

    /// Where the link back leads: our callback with the results.
    ///
    /// # Errors
    /// When the page has no way back.
    pub async fn way_back(&self) -> Result<Url, JourneyError> {
        let link = attributes(&self.html, "href").find(|link| link.ends_with("/return"));
        let url = link.and_then(|link| self.url.join(&link).ok()).ok_or(JourneyError::NoWay("link back"))?;
        let response = self.cardholder.http.get(url).send().await.map_err(JourneyError::Unreachable)?;
        location(&response).ok_or(JourneyError::NoWay("redirect back"))
    }
}

impl Cardholder {
    /// The browser comes back to a callback URL, now or again; without a token, as browsers do.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn comes_back(&self, callback: Url) -> Result<Returned, JourneyError> {
        let began = Timestamp::now();
        let response = self.http.get(callback.clone()).send().await.map_err(JourneyError::Unreachable)?;
        let status = response.status().as_u16();
        let app_link = location(&response);
        let scheme = app_link.as_ref().map_or("nowhere", Url::scheme);
        let what = format!("GET /callback: {status}, on to {scheme}:");
        self.step_since(25, Party::Cardholder, Party::IssuerServer, what, began);
        Ok(Returned { callback, status, app_link })
    }
}

fn location(response: &Response) -> Option<Url> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    response.url().join(location).ok()
}

/// The values of an attribute, in the page's order.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = String> + 'a {
    let opening = format!(" {name}=\"");
    let parts: Vec<&str> = html.split(opening.as_str()).skip(1).collect();
    parts.into_iter().filter_map(|part| part.split_once('"')).map(|(value, _)| value.replace("&amp;", "&"))
}
