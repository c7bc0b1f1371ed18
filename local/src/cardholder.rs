//! A cardholder with the bank's app and a browser: everything through public routes, as the two would do it.

mod browser;
mod error;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{Client, Method, header};
use serde_json::{Value, json};
use simulator::{Exchange, Party};
use tokio::time::{Instant, sleep};
use url::Url;
use uuid::Uuid;

pub use browser::{Page, Returned};
pub use error::JourneyError;

/// How long an enrollment is followed until it is final.
const PATIENCE: Duration = Duration::from_secs(5);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status code.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its JSON; null when there is none.
    pub body: Value,
}

/// Somebody who may be served under one client id.
#[derive(Clone)]
pub struct Cardholder {
    http: Client,
    base_url: Url,
    token: String,
    steps: Arc<Mutex<Vec<Exchange>>>,
}

impl Cardholder {
    /// Of the API at `base_url`, with that bearer token.
    pub fn new(base_url: Url, token: String) -> Self {
        Self { http: browser::client(), base_url, token, steps: Arc::default() }
    }

    /// The same person with another token, or, with an empty one, without.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: token.into(), ..self.clone() }
    }

    /// The same person, of whom nothing is noted yet.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self { steps: Arc::default(), ..self.clone() }
    }

    /// Step 5: `GET /token-requestors`.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn token_requestors(&self, platform: &str) -> Result<Answer, JourneyError> {
        self.step(5, Party::IssuerApp, Party::IssuerServer, "GET /token-requestors");
        self.get(&format!("/token-requestors?platform={platform}")).await
    }

    /// The tip after step 4: `GET /cards` for card contracts, each with or without `:accountRange`.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn cards(&self, cards: &[&str]) -> Result<Answer, JourneyError> {
        self.step(5, Party::IssuerApp, Party::IssuerServer, "GET /cards");
        let query: Vec<_> = cards.iter().map(|card| format!("cardContractId={card}")).collect();
        self.get(&format!("/cards?{}", query.join("&"))).await
    }

    /// Steps 6 to 12 with the smallest request and a fresh key; the redirect is in the answer.
    ///
    /// # Errors
    /// When nobody answers, or it is not a 201.
    pub async fn enrolls(&self, card_contract_id: &str) -> Result<Value, JourneyError> {
        let request = Self::smallest_request(card_contract_id);
        let answer = self.enroll_request(&Uuid::new_v4().to_string(), &request).await?;
        if answer.status == 201 {
            Ok(answer.body)
        } else {
            Err(JourneyError::refused("POST /enrollments", answer))
        }
    }

    /// The body of [`Self::enrolls`], for a test to change.
    pub fn smallest_request(card_contract_id: &str) -> Value {
        json!({
            "cardContractId": card_contract_id,
            "platform": "ios",
            "callback": "mobile-app",
            "consent": { "termsVersion": "2026-01", "acceptedAt": Timestamp::now().to_string() },
        })
    }

    /// `POST /enrollments`, any body under any key.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn enroll_request(&self, idempotency_key: &str, body: &Value) -> Result<Answer, JourneyError> {
        let began = Timestamp::now();
        self.step(6, Party::IssuerApp, Party::IssuerServer, "POST /enrollments");
        let headers = [("idempotency-key", idempotency_key), ("content-type", "application/json")];
        let answer = self.request(Method::POST, "/enrollments", &headers, body.to_string()).await?;
        let what = format!("{} {}", answer.status, told(&answer.body));
        self.step_since(12, Party::IssuerServer, Party::IssuerApp, what, began);
        Ok(answer)
    }

    /// `POST /enrollments/{enrollmentId}/attempts`: the cardholder begins anew.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn restarts(&self, enrollment_id: &str, idempotency_key: &str) -> Result<Answer, JourneyError> {
        self.restart_request(enrollment_id, idempotency_key, &Self::restart_body()).await
    }

    /// The body of [`Self::restarts`], for a test to send twice.
    pub fn restart_body() -> Value {
        let mut body = Self::smallest_request("");
        body.as_object_mut().map(|fields| fields.remove("cardContractId"));
        body
    }

    /// `POST /enrollments/{enrollmentId}/attempts`, any body under any key.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn restart_request(
        &self,
        enrollment_id: &str,
        idempotency_key: &str,
        body: &Value,
    ) -> Result<Answer, JourneyError> {
        let headers = [("idempotency-key", idempotency_key), ("content-type", "application/json")];
        let path = format!("/enrollments/{enrollment_id}/attempts");
        self.request(Method::POST, &path, &headers, body.to_string()).await
    }

    /// Step 13: the app opens the redirect in the system browser.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn opens(&self, redirect: &str) -> Result<Page, JourneyError> {
        Page::open(self.clone(), redirect).await
    }

    /// `GET /enrollments/{enrollmentId}`, once.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn asks_about(&self, enrollment_id: &str) -> Result<Answer, JourneyError> {
        self.get(&format!("/enrollments/{enrollment_id}")).await
    }

    /// Asks until the enrollment is final, for five seconds at most; answers it as it then is.
    ///
    /// # Errors
    /// When nobody answers, or it is not a 200.
    pub async fn follows(&self, enrollment_id: &str) -> Result<Value, JourneyError> {
        let (began, until) = (Timestamp::now(), Instant::now() + PATIENCE);
        loop {
            let answer = self.asks_about(enrollment_id).await?;
            if answer.status != 200 {
                return Err(JourneyError::refused("GET /enrollments/{enrollmentId}", answer));
            }
            if answer.body["final"] == true || Instant::now() >= until {
                let what = format!("GET /enrollments/{{enrollmentId}}: {}", told(&answer.body));
                self.step_since(0, Party::IssuerApp, Party::IssuerServer, what, began);
                return Ok(answer.body);
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Any other `GET`; the path begins with a slash.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn get(&self, path: &str) -> Result<Answer, JourneyError> {
        self.request(Method::GET, path, &[], String::new()).await
    }

    /// Any request, with the token.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, JourneyError> {
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
        Ok(Answer { status, headers, body: serde_json::from_slice(&content).unwrap_or_default() })
    }

    /// What app and browser did so far.
    pub fn steps(&self) -> Vec<Exchange> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn step(&self, step: u8, from: Party, to: Party, what: impl Into<String>) {
        self.step_since(step, from, to, what, Timestamp::now());
    }

    fn step_since(&self, step: u8, from: Party, to: Party, what: impl Into<String>, began: Timestamp) {
        let took = Duration::try_from(Timestamp::now().duration_since(began)).unwrap_or_default();
        let exchange = Exchange {
            step,
            from,
            to,
            summary: what.into(),
            started_at: began,
            duration: took,
            messages: Vec::new(),
        };
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}

/// The word of an answer that matters: a status or a problem's code.
fn told(body: &Value) -> &str {
    ["status", "code"].iter().find_map(|name| body[*name].as_str()).unwrap_or_default()
}
