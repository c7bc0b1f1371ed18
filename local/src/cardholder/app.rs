//! The app's requests to the API.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Party;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{Cardholder, JourneyError, Response};

/// How long an enrollment is polled until it is final.
const TIMEOUT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

impl Cardholder {
    /// Step 5: `GET /token-requestors`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn token_requestors(&self, platform: &str) -> Result<Response, JourneyError> {
        self.step(5, Party::IssuerApp, Party::IssuerServer, "GET /token-requestors");
        self.get(&format!("/token-requestors?platform={platform}")).await
    }

    /// The tip after step 4: `GET /cards` for card contracts, each with or without `:accountRange`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn cards(&self, cards: &[&str]) -> Result<Response, JourneyError> {
        self.step(5, Party::IssuerApp, Party::IssuerServer, "GET /cards");
        let query: Vec<_> = cards.iter().map(|card| format!("cardContractId={card}")).collect();
        self.get(&format!("/cards?{}", query.join("&"))).await
    }

    /// Steps 6 to 12, with the smallest request and a new idempotency key. Returns the response's body.
    ///
    /// # Errors
    /// When there is no response, or it is not a 201.
    pub async fn enroll(&self, card_contract_id: &str) -> Result<Value, JourneyError> {
        let request = Self::smallest_request(card_contract_id);
        let response = self.enroll_request(&Uuid::new_v4().to_string(), &request).await?;
        if response.status == 201 {
            Ok(response.body)
        } else {
            Err(JourneyError::unexpected("POST /enrollments", response))
        }
    }

    /// The body of [`Self::enroll`].
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
    pub async fn enroll_request(
        &self,
        idempotency_key: &str,
        body: &Value,
    ) -> Result<Response, JourneyError> {
        let started_at = Timestamp::now();
        self.step(6, Party::IssuerApp, Party::IssuerServer, "POST /enrollments");
        let headers = [("idempotency-key", idempotency_key), ("content-type", "application/json")];
        let response = self.request(Method::POST, "/enrollments", &headers, body.to_string()).await?;
        let text = format!("{} {}", response.status, summary(&response.body));
        self.step_since(12, Party::IssuerServer, Party::IssuerApp, text, started_at);
        Ok(response)
    }

    /// `POST /enrollments/{enrollmentId}/attempts`: the cardholder restarts the enrollment.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn restart(
        &self,
        enrollment_id: &str,
        idempotency_key: &str,
    ) -> Result<Response, JourneyError> {
        self.restart_request(enrollment_id, idempotency_key, &Self::restart_body()).await
    }

    /// The body of [`Self::restart`].
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
    ) -> Result<Response, JourneyError> {
        let headers = [("idempotency-key", idempotency_key), ("content-type", "application/json")];
        let path = format!("/enrollments/{enrollment_id}/attempts");
        self.request(Method::POST, &path, &headers, body.to_string()).await
    }

    /// `GET /enrollments/{enrollmentId}`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn get_enrollment(&self, enrollment_id: &str) -> Result<Response, JourneyError> {
        self.get(&format!("/enrollments/{enrollment_id}")).await
    }

    /// Polls the enrollment until it is final, for half a minute at most. Returns the last response's body.
    ///
    /// # Errors
    /// When there is no response, or it is not a 200, or the enrollment is not final in time.
    pub async fn poll_until_final(&self, enrollment_id: &str) -> Result<Value, JourneyError> {
        let (started_at, deadline) = (Timestamp::now(), Instant::now() + TIMEOUT);
        loop {
            let response = self.get_enrollment(enrollment_id).await?;
            if response.status != 200 {
                return Err(JourneyError::unexpected("GET /enrollments/{enrollmentId}", response));
            }
            let is_final = response.body["final"] == true;
            if is_final || Instant::now() >= deadline {
                let text = format!("GET /enrollments/{{enrollmentId}}: {}", summary(&response.body));
                self.step_since(0, Party::IssuerApp, Party::IssuerServer, text, started_at);
                let missing = JourneyError::Missing("final status of the enrollment");
                return if is_final { Ok(response.body) } else { Err(missing) };
            }
            sleep(POLL_INTERVAL).await;
        }
    }
}

/// The status of an enrollment, or the code of a problem.
fn summary(body: &Value) -> &str {
    ["status", "code"].iter().find_map(|name| body[*name].as_str()).unwrap_or_default()
}
