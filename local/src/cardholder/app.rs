//! The app's requests to the API.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Party;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{Answer, Cardholder, JourneyError};

/// How long an enrollment is polled until it is final.
const TIMEOUT: Duration = Duration::from_secs(5);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

impl Cardholder {
    /// Step 5: `GET /token-requestors`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn token_requestors(&self, platform: &str) -> Result<Answer, JourneyError> {
        self.step(5, Party::IssuerApp, Party::IssuerServer, "GET /token-requestors");
        self.get(&format!("/token-requestors?platform={platform}")).await
    }

    /// The tip after step 4: `GET /cards` for card contracts, each with or without `:accountRange`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn cards(&self, cards: &[&str]) -> Result<Answer, JourneyError> {
        self.step(5, Party::IssuerApp, Party::IssuerServer, "GET /cards");
        let query: Vec<_> = cards.iter().map(|card| format!("cardContractId={card}")).collect();
        self.get(&format!("/cards?{}", query.join("&"))).await
    }

    /// Steps 6 to 12, with the smallest request and a new idempotency key. Returns the response's body.
    ///
    /// # Errors
    /// When there is no response, or it is not a 201.
    pub async fn enrolls(&self, card_contract_id: &str) -> Result<Value, JourneyError> {
        let request = Self::smallest_request(card_contract_id);
        let answer = self.enroll_request(&Uuid::new_v4().to_string(), &request).await?;
        if answer.status == 201 {
            Ok(answer.body)
        } else {
            Err(JourneyError::unexpected("POST /enrollments", answer))
        }
    }

    /// The body of [`Self::enrolls`].
    pub fn smallest_request(card_contract_id: &str) -> Value {
        json!({
            "cardContractId": card_contract_id,
            "platform": "ios",
            "callback": "mobile-app",
            "consent": { "termsVersion": "2026-01", "acceptedAt": Timestamp::now().to_string() },
        })
    }

    /// `POST /enrollments` with any body and idempotency key.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn enroll_request(&self, idempotency_key: &str, body: &Value) -> Result<Answer, JourneyError> {
        let began = Timestamp::now();
        self.step(6, Party::IssuerApp, Party::IssuerServer, "POST /enrollments");
        let headers = [("idempotency-key", idempotency_key), ("content-type", "application/json")];
        let answer = self.request(Method::POST, "/enrollments", &headers, body.to_string()).await?;
        let what = format!("{} {}", answer.status, summary(&answer.body));
        self.step_since(12, Party::IssuerServer, Party::IssuerApp, what, began);
        Ok(answer)
    }

    /// `POST /enrollments/{enrollmentId}/attempts`: the cardholder restarts the enrollment.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn restarts(&self, enrollment_id: &str, idempotency_key: &str) -> Result<Answer, JourneyError> {
        self.restart_request(enrollment_id, idempotency_key, &Self::restart_body()).await
    }

    /// The body of [`Self::restarts`].
    pub fn restart_body() -> Value {
        let mut body = Self::smallest_request("");
        body.as_object_mut().map(|fields| fields.remove("cardContractId"));
        body
    }

    /// `POST /enrollments/{enrollmentId}/attempts` with any body and idempotency key.
    ///
    /// # Errors
    /// When there is no response.
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

    /// `GET /enrollments/{enrollmentId}`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn asks_about(&self, enrollment_id: &str) -> Result<Answer, JourneyError> {
        self.get(&format!("/enrollments/{enrollment_id}")).await
    }

    /// Polls the enrollment until it is final, for five seconds at most. Returns the last response's body.
    ///
    /// # Errors
    /// When there is no response, or it is not a 200.
    pub async fn follows(&self, enrollment_id: &str) -> Result<Value, JourneyError> {
        let (began, deadline) = (Timestamp::now(), Instant::now() + TIMEOUT);
        loop {
            let answer = self.asks_about(enrollment_id).await?;
            if answer.status != 200 {
                return Err(JourneyError::unexpected("GET /enrollments/{enrollmentId}", answer));
            }
            if answer.body["final"] == true || Instant::now() >= deadline {
                let what = format!("GET /enrollments/{{enrollmentId}}: {}", summary(&answer.body));
                self.step_since(0, Party::IssuerApp, Party::IssuerServer, what, began);
                return Ok(answer.body);
            }
            sleep(POLL_INTERVAL).await;
        }
    }
}

/// The status of an enrollment, or the code of a problem.
fn summary(body: &Value) -> &str {
    ["status", "code"].iter().find_map(|name| body[*name].as_str()).unwrap_or_default()
}
