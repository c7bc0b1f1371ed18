//! A virtual user: enrolls a card, then deletes its token and enrolls it again, or enrolls the next card.

use std::{sync::Arc, time::Duration};

use local::{
    World,
    cardholder::{Cardholder, JourneyError},
};
use runtime::telemetry;
use serde_json::Value;
use simulator::CLICK_TO_PAY;
use tokio::time::{Instant, sleep};

use super::results::UserResults;
use crate::error::BenchError;

/// Client ids from here on are not in the sample world.
const FIRST_CLIENT: u64 = 100_000;
/// Card contract ids per client.
const CARDS_PER_CLIENT: u64 = 100;
/// Interval between the app's reads of the status.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// Longest time of waiting for a final status.
const POLL_TIMEOUT: Duration = Duration::from_secs(30);

/// A cardholder with an app, a browser and any number of cards.
pub(super) struct VirtualUser {
    world: Arc<World>,
    app: Cardholder,
    client: u64,
    /// Mean time of reading the terms.
    reading: Duration,
    results: UserResults,
}

/// Why a journey did not enable the card.
#[derive(Debug, thiserror::Error)]
enum JourneyFailure {
    #[error("the journey stopped")]
    Stopped(#[from] JourneyError),
    #[error("POST /enrollments returned {0} {1}")]
    Rejected(u16, String),
    #[error("the callback returned {0}")]
    Callback(u16),
    #[error("the enrollment ended as {0}")]
    FinalStatus(String),
}

impl VirtualUser {
    pub(super) fn new(
        world: &Arc<World>,
        app: &Cardholder,
        number: u64,
        reading: Duration,
    ) -> Result<Self, BenchError> {
        let client = FIRST_CLIENT + number;
        let app = app.with_token(world.token_for(&client.to_string())?);
        Ok(Self {
            world: Arc::clone(world),
            app,
            client,
            reading,
            results: UserResults { client, ..UserResults::default() },
        })
    }

    /// Starts at a random time within the length of the first journey, and starts no enrollment after `deadline`.
    pub(super) async fn run(mut self, deadline: Instant) -> UserResults {
        sleep(self.reading.mul_f64(1.5 * rand::random::<f64>())).await;
        let mut card = self.client * CARDS_PER_CLIENT;
        self.world.simulator().add_card(self.client, card);
        while Instant::now() < deadline {
            if let Err(failure) = self.enroll(card).await {
                self.results.errors.push(telemetry::chain(&failure));
            }
            let deletes = self.results.started % 2 == 1;
            if deletes && self.world.simulator().delete_token(card, CLICK_TO_PAY).is_ok() {
                self.results.deleted += 1;
            } else {
                card += 1;
                self.world.simulator().add_card(self.client, card);
            }
        }
        self.results
    }

    async fn enroll(&mut self, card: u64) -> Result<(), JourneyFailure> {
        // A new cardholder, whose recorded steps are dropped with it.
        let cardholder = self.app.without_steps();
        let key = format!("{card}-{}", self.results.started + self.results.errors.len());
        let request = Cardholder::smallest_request(&card.to_string());
        let started_at = Instant::now();
        let ready = cardholder.enroll_request(&key, &request).await?;
        if ready.status != 201 {
            return Err(JourneyFailure::Rejected(ready.status, text(&ready.body, "code")));
        }
        self.results.started += 1;
        self.results.enroll_durations.push(started_at.elapsed());
        let page = cardholder.open_redirect(&text(&ready.body, "redirectUrl")).await?;
        let reading = self.reading.mul_f64(0.5 + rand::random::<f64>());
        sleep(reading).await;
        let returned = page.accept_terms().await?.return_to_bank().await?;
        if returned.status != 303 {
            return Err(JourneyFailure::Callback(returned.status));
        }
        let enrollment = poll_final_status(&cardholder, &text(&ready.body, "enrollmentId")).await?;
        if enrollment["status"] != "ENABLED" || enrollment["final"] != true {
            return Err(JourneyFailure::FinalStatus(text(&enrollment, "status")));
        }
        self.results.completed_at.push(Instant::now());
        self.results.journey_durations.push(started_at.elapsed().saturating_sub(reading));
        let count = |event: &str| {
            let timeline = enrollment["timeline"].as_array().into_iter().flatten();
            timeline.filter(|entry| entry["event"] == event).count()
        };
        self.results.repeated += usize::from(count("tokenization_decided") > 1 || count("token_created") > 1);
        Ok(())
    }
}

async fn poll_final_status(cardholder: &Cardholder, enrollment: &str) -> Result<Value, JourneyError> {
    let deadline = Instant::now() + POLL_TIMEOUT;
    loop {
        let response = cardholder.get_enrollment(enrollment).await?;
        if response.body["final"] == true || Instant::now() >= deadline {
            return Ok(response.body);
        }
        sleep(POLL_INTERVAL).await;
    }
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}
