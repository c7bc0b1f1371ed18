//! One enrollment through the binaries, from the list of token requestors to the enabled card, and the capacity that
//! DynamoDB says each step consumed.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use serde::Serialize;
use serde_json::Value;
use simulator::NotificationTarget;
use tokio::{net::TcpListener, sync::Mutex};

use super::stage::{Stage, asks_about, asks_for_cards, body, came_back, client_of, delivered, read, word};
use crate::{
    count::Count,
    error::BenchError,
    function::{Answered, Function},
};

/// One step, and what it consumed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    pub(super) step: &'static str,
    pub(super) function: &'static str,
    pub(super) dynamodb: Count,
    pub(super) token_connect: usize,
    pub(super) processing: usize,
}

impl Step {
    /// Whether the app only shows what there is: no part of an enrollment, from the tap to the answer.
    pub(super) fn is_list(&self) -> bool {
        self.function.starts_with("list-")
    }
}

/// A running function of each kind that a journey needs.
struct Binaries<'a> {
    stage: &'a Stage,
    running: BTreeMap<&'static str, Function>,
    steps: Vec<Step>,
}

/// The steps in order. Notifications reach the binary, not the functions of the local world.
pub(super) async fn steps(folder: PathBuf) -> Result<Vec<Step>, BenchError> {
    let stage = Stage::start(folder, true).await?;
    let deliveries = deliveries(&stage).await?;
    let mut binaries = Binaries { stage: &stage, running: BTreeMap::new(), steps: Vec::new() };
    let (card, tap) = stage.tap()?;
    let client = client_of(card);

    binaries
        .ask("the app shows the token requestors", "list-requestors", read("list-requestors.json")?)
        .await?;
    binaries.ask("and the cards", "list-cards", asks_for_cards(client)?).await?;
    let enrolled = body(&binaries.ask("the cardholder taps", "enroll", tap).await?);
    let enrollment = word(&enrolled, "enrollmentId");
    let page = stage.cardholder(card)?.opens(&word(&enrolled, "redirectUrl")).await?.accepts().await?;
    stage.world.simulator().notifications_settled().await;
    let delivered = std::mem::take(&mut *deliveries.lock().await);
    for (step, text) in ["TAR arrives", "TCN arrives"].into_iter().zip(delivered) {
        binaries.ask(step, "receive-notification", self::delivered(&text)?).await?;
    }
    binaries.ask("the browser comes back", "receive-callback", came_back(&page.way_back().await?)?).await?;
    let last =
        binaries.ask("the app asks how it went", "get-enrollment", asks_about(client, &enrollment)?).await?;
    binaries.ask("the app shows the cards again", "list-cards", asks_for_cards(client)?).await?;
    match body(&last)["status"].as_str() {
        Some("ENABLED") => Ok(binaries.steps),
        status => Err(BenchError::Unusable { what: format!("the journey ended as {status:?}") }),
    }
}

impl Binaries<'_> {
    async fn ask(
        &mut self,
        step: &'static str,
        function: &'static str,
        event: Value,
    ) -> Result<Value, BenchError> {
        if !self.running.contains_key(function) {
            let started = Function::start(&self.stage.binaries, function, &self.stage.variables).await?;
            self.running.insert(function, started);
        }
        let Some(running) = self.running.get_mut(function) else { return Ok(Value::Null) };
        // What came before it, and what its start asked, is not the step's.
        let _ = (self.stage.dynamodb.take(), self.stage.mastercard());
        let Answered { answer, .. } = running.invoke(event).await?;
        let [token_connect, processing] = self.stage.mastercard().map(|count| count.requests);
        self.steps.push(Step {
            step,
            function,
            dynamodb: self.stage.dynamodb.take(),
            token_connect,
            processing,
        });
        match answer["statusCode"].as_u64() {
            Some(status) if status < 400 => Ok(answer),
            status => Err(BenchError::Unusable {
                what: format!("{function} answers {status:?}: {}", answer["body"]),
            }),
        }
    }
}

type Deliveries = Arc<Mutex<Vec<String>>>;

/// Takes every notification and keeps it, for the binary to be handed.
async fn deliveries(stage: &Stage) -> Result<Deliveries, BenchError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
    let address = listener.local_addr().map_err(BenchError::Port)?;
    let deliveries = Deliveries::default();
    let router = Router::new().route("/", post(keep)).with_state(Arc::clone(&deliveries));
    tokio::spawn(axum::serve(listener, router).into_future());
    let target = NotificationTarget::plain(format!("http://{address}/").parse()?);
    stage.world.simulator().set_notifications(Some(target))?;
    Ok(deliveries)
}

async fn keep(State(deliveries): State<Deliveries>, text: String) -> StatusCode {
    deliveries.lock().await.push(text);
    StatusCode::OK
}
