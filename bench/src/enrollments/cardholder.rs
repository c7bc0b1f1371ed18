//! One cardholder: enables a card, then the next one, or deletes the token and enables the same card again.

use std::{sync::Arc, time::Duration};

use local::{
    World,
    cardholder::{Cardholder, JourneyError},
};
use runtime::telemetry;
use serde_json::Value;
use simulator::CLICK_TO_PAY;
use tokio::time::{Instant, sleep};

use crate::error::BenchError;

/// Client ids from here on are nobody's in the sample world; each client has room for so many cards.
const FIRST_CLIENT: u64 = 100_000;
const CARDS: u64 = 100;
/// How often the app asks how it went, and for how long.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody with an app, a browser and cards without number.
pub(super) struct Life {
    world: Arc<World>,
    app: Cardholder,
    client: u64,
    /// For how long the terms are read, on average.
    reading: Duration,
    lived: Lived,
}

/// What became of it.
#[derive(Default)]
pub(super) struct Lived {
    pub(super) client: u64,
    /// What each 201 took.
    pub(super) taps: Vec<Duration>,
    /// From the tap to the final answer, less the time for which the terms were read.
    pub(super) journeys: Vec<Duration>,
    /// When each ended.
    pub(super) ends: Vec<Instant>,
    /// Enrollments that a 201 told of.
    pub(super) begun: usize,
    /// Tokens that were deleted afterwards.
    pub(super) deleted: usize,
    /// Enrollments whose app was told of more than one TAR and one TCN.
    pub(super) repeated: usize,
    /// What went wrong, in a sentence.
    pub(super) errors: Vec<String>,
}

/// The journey ended otherwise than with an enabled card.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("the journey stopped")]
    Stopped(#[from] JourneyError),
    #[error("POST /enrollments was answered with {0} {1}")]
    Refused(u16, String),
    #[error("the callback was answered with {0}")]
    NotReturned(u16),
    #[error("the enrollment ended as {0}")]
    As(String),
}

impl Life {
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
            lived: Lived { client, ..Lived::default() },
        })
    }

    /// Comes some time within the first journey's length, and begins no enrollment after `until`.
    pub(super) async fn live(mut self, until: Instant) -> Lived {
        sleep(self.reading.mul_f64(1.5 * rand::random::<f64>())).await;
        let mut card = self.client * CARDS;
        self.world.simulator().add_card(self.client, card);
        while Instant::now() < until {
            if let Err(ended) = self.enables(card).await {
                self.lived.errors.push(telemetry::chain(&ended));
            }
            let deletes = self.lived.begun % 2 == 1;
            if deletes && self.world.simulator().delete_token(card, CLICK_TO_PAY).is_ok() {
                self.lived.deleted += 1;
            } else {
                card += 1;
                self.world.simulator().add_card(self.client, card);
            }
        }
        self.lived
    }

    async fn enables(&mut self, card: u64) -> Result<(), Ended> {
        // What is noted of this journey is forgotten with it.
        let cardholder = self.app.anew();
        let key = format!("{card}-{}", self.lived.begun + self.lived.errors.len());
        let request = Cardholder::smallest_request(&card.to_string());
        let began = Instant::now();
        let ready = cardholder.enroll_request(&key, &request).await?;
        if ready.status != 201 {
            return Err(Ended::Refused(ready.status, word(&ready.body, "code")));
        }
        self.lived.begun += 1;
        self.lived.taps.push(began.elapsed());
        let page = cardholder.opens(&word(&ready.body, "redirectUrl")).await?;
        let reading = self.reading.mul_f64(0.5 + rand::random::<f64>());
        sleep(reading).await;
        let returned = page.accepts().await?.returns().await?;
        if returned.status != 303 {
            return Err(Ended::NotReturned(returned.status));
        }
        let ended = follow(&cardholder, &word(&ready.body, "enrollmentId")).await?;
        if ended["status"] != "ENABLED" || ended["final"] != true {
            return Err(Ended::As(word(&ended, "status")));
        }
        self.lived.ends.push(Instant::now());
        self.lived.journeys.push(began.elapsed().saturating_sub(reading));
        let told = |event: &str| {
            let timeline = ended["timeline"].as_array().into_iter().flatten();
            timeline.filter(|entry| entry["event"] == event).count()
        };
        self.lived.repeated += usize::from(told("tokenization_decided") > 1 || told("token_created") > 1);
        Ok(())
    }
}

impl Lived {
    /// All lives as one.
    pub(super) fn together(lived: Vec<Self>) -> Self {
        lived.into_iter().fold(Self::default(), |mut all, one| {
            all.taps.extend(one.taps);
            all.journeys.extend(one.journeys);
            all.ends.extend(one.ends);
            all.begun += one.begun;
            all.deleted += one.deleted;
            all.repeated += one.repeated;
            all.errors.extend(one.errors);
            all
        })
    }
}

async fn follow(cardholder: &Cardholder, enrollment: &str) -> Result<Value, JourneyError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let answer = cardholder.asks_about(enrollment).await?;
        if answer.body["final"] == true || Instant::now() >= until {
            return Ok(answer.body);
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

fn word(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}
