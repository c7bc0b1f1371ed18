//! A cardholder with the bank's app and a browser, which use the public routes only.

mod app;
mod browser;
mod error;
mod tokens;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{Client, Method, header};
use serde_json::Value;
use simulator::{Exchange, Party};
use url::Url;

pub use browser::{BrowserReturn, Page};
pub use error::JourneyError;

/// A response of the API.
#[derive(Clone, Debug)]
pub struct Response {
    /// Its status code.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its JSON; null without a JSON body.
    pub body: Value,
}

/// A cardholder with a token for one client id.
#[derive(Clone)]
pub struct Cardholder {
    http: Client,
    base_url: Url,
    token: String,
    steps: Arc<Mutex<Vec<Exchange>>>,
}

impl Cardholder {
    /// A cardholder of the API at `base_url`, with a bearer token.
    pub fn new(base_url: Url, token: String) -> Self {
        Self { http: browser::client(), base_url, token, steps: Arc::default() }
    }

    /// The same cardholder with another token; an empty one removes it.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: token.into(), ..self.clone() }
    }

    /// The same cardholder with an empty list of steps.
    #[must_use]
    pub fn without_steps(&self) -> Self {
        Self { steps: Arc::default(), ..self.clone() }
    }

    /// Step 13: the app opens the redirect in the system browser.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn open_redirect(&self, redirect: &str) -> Result<Page, JourneyError> {
        Page::open(self.clone(), redirect).await
    }

    /// Any other `GET`; the path begins with a slash.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn get(&self, path: &str) -> Result<Response, JourneyError> {
        self.request(Method::GET, path, &[], String::new()).await
    }

    /// Any request, with the cardholder's token.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Response, JourneyError> {
        let url = format!("{}{path}", self.base_url.as_str().trim_end_matches('/'));
        let mut request = self.http.request(method, url).body(body);
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.map_err(JourneyError::Unreachable)?;
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let content = response.bytes().await.map_err(JourneyError::Unreachable)?;
        Ok(Response { status, headers, body: serde_json::from_slice(&content).unwrap_or_default() })
    }

    /// The steps of app and browser so far.
    pub fn steps(&self) -> Vec<Exchange> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn step(&self, step: u8, from: Party, to: Party, summary: impl Into<String>) {
        self.step_since(step, from, to, summary, Timestamp::now());
    }

    fn step_since(
        &self,
        step: u8,
        from: Party,
        to: Party,
        summary: impl Into<String>,
        started_at: Timestamp,
    ) {
        let duration = Duration::try_from(Timestamp::now().duration_since(started_at)).unwrap_or_default();
        let exchange =
            Exchange { step, from, to, summary: summary.into(), started_at, duration, messages: Vec::new() };
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}
