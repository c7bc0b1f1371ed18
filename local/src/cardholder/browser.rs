//! The cardholder's browser: opens pages, submits forms, follows links. It follows each redirect itself, so that tests can
//! check each.

use jiff::Timestamp;
use reqwest::{Client, Response, header, redirect};
use simulator::Party;
use url::Url;

use super::{Cardholder, JourneyError};

/// An open page.
pub struct Page {
    cardholder: Cardholder,
    url: Url,
    /// Its status code.
    pub status: u16,
    /// Its text.
    pub html: String,
}

/// The browser's return from the token requestor.
#[derive(Clone, Debug)]
pub struct BrowserReturn {
    /// Our callback URL with the token requestor's results.
    pub callback: Url,
    /// Status code of our callback's response.
    pub status: u16,
    /// The app link that our callback redirected to, if any.
    pub app_link: Option<Url>,
}

/// A client that follows no redirects and uses no proxy.
pub(super) fn client() -> Client {
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build();
    client.unwrap_or_default()
}

impl Page {
    pub(super) async fn open(cardholder: Cardholder, url: &str) -> Result<Self, JourneyError> {
        let url: Url = url.parse().map_err(|_| JourneyError::Missing("redirect URL"))?;
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
    pub async fn accept_terms(self) -> Result<Self, JourneyError> {
        self.press("accept").await
    }

    /// Cancels instead of accepting the terms and conditions.
    ///
    /// # Errors
    /// When the page has no such button.
    pub async fn cancel(self) -> Result<Self, JourneyError> {
        self.press("cancel").await
    }

    /// Submits the form whose action ends in `/button`, such as `accept` or the simulator's `result/DECLINED`.
    ///
    /// # Errors
    /// When the page has no such form.
    pub async fn press(self, button: &str) -> Result<Self, JourneyError> {
        let ending = format!("/{button}");
        let action = attributes(&self.html, "action").find(|action| action.ends_with(&ending));
        let action = action.ok_or(JourneyError::Missing("button"))?;
        let url = self.url.join(&action).map_err(|_| JourneyError::Missing("button"))?;
        let http = &self.cardholder.http;
        let response = http.post(url.clone()).send().await.map_err(JourneyError::Unreachable)?;
        match location(&response) {
            Some(next) => Self::open(self.cardholder, next.as_str()).await,
            None => Self::read(self.cardholder, url, response).await,
        }
    }

    /// Step 25: follows the link back, through our callback, to the app link.
    ///
    /// # Errors
    /// When the page has no link back.
    pub async fn return_to_bank(self) -> Result<BrowserReturn, JourneyError> {
        let callback = self.callback_url().await?;
        self.cardholder.open_callback(callback).await
    }

    /// The target of the link back: our callback URL with the results.
    ///
    /// # Errors
    /// When the page has no link back.
    pub async fn callback_url(&self) -> Result<Url, JourneyError> {
        let link = attributes(&self.html, "href").find(|link| link.ends_with("/return"));
        let url =
            link.and_then(|link| self.url.join(&link).ok()).ok_or(JourneyError::Missing("link back"))?;
        let response = self.cardholder.http.get(url).send().await.map_err(JourneyError::Unreachable)?;
        location(&response).ok_or(JourneyError::Missing("redirect back"))
    }
}

impl Cardholder {
    /// Instead of step 13: the bank's app hands issuer-initiated digitization data to the token requestor's app, whose URL in the
    /// simulator is `/requestors/{id}/digitization-data`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn hand_over(&self, url: Url, data: &str) -> Result<Page, JourneyError> {
        let request = self.http.post(url.clone()).body(data.to_owned());
        let response = request.send().await.map_err(JourneyError::Unreachable)?;
        Page::read(self.clone(), url, response).await
    }

    /// Opens a callback URL, without a token, as browsers do; may be repeated.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn open_callback(&self, callback: Url) -> Result<BrowserReturn, JourneyError> {
        let started_at = Timestamp::now();
        let response = self.http.get(callback.clone()).send().await.map_err(JourneyError::Unreachable)?;
        let status = response.status().as_u16();
        let app_link = location(&response);
        let scheme = app_link.as_ref().map_or("none", Url::scheme);
        let summary = format!("GET /callback: {status}, redirects to {scheme}:");
        self.step_since(25, Party::Cardholder, Party::IssuerServer, summary, started_at);
        Ok(BrowserReturn { callback, status, app_link })
    }
}

fn location(response: &Response) -> Option<Url> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    response.url().join(location).ok()
}

/// The values of an attribute, in document order.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = String> + 'a {
    let opening = format!(" {name}=\"");
    let parts: Vec<&str> = html.split(opening.as_str()).skip(1).collect();
    parts.into_iter().filter_map(|part| part.split_once('"')).map(|(value, _)| value.replace("&amp;", "&"))
}
