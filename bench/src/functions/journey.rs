//! One enrollment through the binaries, from the list of token requestors to the enabled card, and the changes of its token, with
//! the DynamoDB capacity units of each step.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use serde::Serialize;
use serde_json::Value;
use simulator::NotificationTarget;
use tokio::{net::TcpListener, sync::Mutex};

use super::events::{
    body, callback_event, client_of_card, get_enrollment_event, list_cards_event, list_tokens_event,
    notification_event, read_event, text, token_change_event,
};
use super::harness::{Harness, HarnessOptions};
use crate::{
    counter::Count,
    error::BenchError,
    function::{Function, Invocation},
};

const SECOND_LIST: &str = "the app lists the cards again";
/// Statuses that are no events with `StatusEvents=outcomes`, unless they are final.
const IN_PROGRESS: [&str; 3] = ["READY", "AUTHORIZED", "TOKENIZED"];

/// A step and its consumption.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    pub(super) step: &'static str,
    pub(super) function: &'static str,
    pub(super) dynamodb: Count,
    pub(super) token_connect: usize,
    pub(super) processing: usize,
    /// Bytes that the function logs at its default level, in UTF-8.
    pub(super) log_bytes: u64,
}

/// The steps of an enrollment, and what follows from them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Journey {
    pub(super) steps: Vec<Step>,
    /// Events `EnrollmentStatusChanged` of the enrollment, before its token is changed.
    pub(super) status_changes: usize,
    /// Those of them that become events by default.
    pub(super) outcomes: usize,
}

/// What a step is part of; units are summed for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// From the tap to the final status.
    Enrollment,
    /// Lists of the app before and after it.
    Lists,
    /// The list of the card's tokens, and one of each change.
    Tokens,
}

impl Step {
    /// Whether an app can do without it, because it knows the enrollment's status.
    pub(super) fn is_second_list(&self) -> bool {
        self.step == SECOND_LIST
    }

    pub(super) fn part(&self) -> Part {
        match self.function {
            "list-requestors" | "list-cards" => Part::Lists,
            "manage-tokens" => Part::Tokens,
            _ => Part::Enrollment,
        }
    }
}

/// The running functions of the journey.
struct Binaries<'a> {
    harness: &'a Harness,
    running: BTreeMap<&'static str, Function>,
    steps: Vec<Step>,
}

/// Measures the journey. Notifications go to the binary, not to the functions of the local world.
pub(super) async fn measure(folder: PathBuf) -> Result<Journey, BenchError> {
    let harness = Harness::start(folder, HarnessOptions { units: true, ..HarnessOptions::default() }).await?;
    let deliveries = deliveries(&harness).await?;
    let mut binaries = Binaries { harness: &harness, running: BTreeMap::new(), steps: Vec::new() };
    let (card, mut request) = harness.enroll_request()?;
    let client = client_of_card(card);
    let earlier_changes = harness.world.status_changes().await?.len();

    binaries
        .invoke("the app lists the token requestors", "list-requestors", read_event("list-requestors.json")?)
        .await?;
    let listed = binaries.invoke("the app lists the cards", "list-cards", list_cards_event(client)?).await?;
    let mut fields = body(&request);
    fields["cardsAsOf"] = body(&listed)["cardsAsOf"].clone();
    request["body"] = fields.to_string().into();
    let enrolled = body(&binaries.invoke("the cardholder enrolls a card", "enroll", request).await?);
    let enrollment = text(&enrolled, "enrollmentId");
    let page = harness
        .cardholder(card)?
        .open_redirect(&text(&enrolled, "redirectUrl"))
        .await?
        .accept_terms()
        .await?;
    harness.world.simulator().notifications_settled().await;
    let notifications = std::mem::take(&mut *deliveries.lock().await);
    for (step, text) in ["TAR arrives", "TCN arrives"].into_iter().zip(notifications) {
        binaries.invoke(step, "receive-notification", notification_event(&text)?).await?;
    }
    binaries
        .invoke("the browser returns", "receive-callback", callback_event(&page.callback_url().await?)?)
        .await?;
    let last = binaries
        .invoke("the app reads the status", "get-enrollment", get_enrollment_event(client, &enrollment)?)
        .await?;
    binaries.invoke(SECOND_LIST, "list-cards", list_cards_event(client)?).await?;
    let status = &body(&last)["status"];
    if status != "ENABLED" {
        return Err(BenchError::InvalidResult { detail: format!("the journey ended as {status}") });
    }
    let changes = harness.world.status_changes().await?;
    let changes = changes.get(earlier_changes..).unwrap_or_default();
    let outcomes = changes.iter().filter(|change| is_outcome(change)).count();
    let status_changes = changes.len();
    binaries.change_token(client, card).await?;
    Ok(Journey { steps: binaries.steps, status_changes, outcomes })
}

/// Whether the change passes the pipe's filters with `StatusEvents=outcomes`.
fn is_outcome(change: &Value) -> bool {
    change["final"] == true || !IN_PROGRESS.iter().any(|status| change["to"] == *status)
}

impl Binaries<'_> {
    /// Every change of the card's only token, as the cardholder makes them.
    async fn change_token(&mut self, client: u64, card: u64) -> Result<(), BenchError> {
        let listed = list_tokens_event(client, card)?;
        let listed = self.invoke("the app lists where the card is enabled", "manage-tokens", listed).await?;
        let token = text(&body(&listed)["tokens"][0], "tokenId");
        for (step, action) in [
            ("the cardholder suspends it", "suspend"),
            ("the cardholder resumes it", "resume"),
            ("the cardholder removes it", "remove"),
        ] {
            let event = token_change_event(client, card, &token, action)?;
            self.invoke(step, "manage-tokens", event).await?;
        }
        Ok(())
    }

    async fn invoke(
        &mut self,
        step: &'static str,
        function: &'static str,
        event: Value,
    ) -> Result<Value, BenchError> {
        if !self.running.contains_key(function) {
            let process = Function::start(&self.harness.binaries, function, &self.harness.variables).await?;
            self.running.insert(function, process);
        }
        let Some(running) = self.running.get_mut(function) else { return Ok(Value::Null) };
        // Excludes the requests of earlier steps and of the startup.
        let _ = (self.harness.dynamodb.take(), self.harness.mastercard());
        let logged = running.log_bytes();
        let Invocation { response, .. } = running.invoke(event).await?;
        let [token_connect, processing] = self.harness.mastercard().map(|count| count.requests);
        self.steps.push(Step {
            step,
            function,
            dynamodb: self.harness.dynamodb.take(),
            token_connect,
            processing,
            log_bytes: running.log_bytes().saturating_sub(logged),
        });
        match response["statusCode"].as_u64() {
            Some(status) if status < 400 => Ok(response),
            status => Err(BenchError::InvalidResult {
                detail: format!("{function} responded {status:?}: {}", response["body"]),
            }),
        }
    }
}

type Deliveries = Arc<Mutex<Vec<String>>>;

/// Starts an endpoint that stores every notification for the binary.
async fn deliveries(harness: &Harness) -> Result<Deliveries, BenchError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
    let address = listener.local_addr().map_err(BenchError::Port)?;
    let deliveries = Deliveries::default();
    let router = Router::new().route("/", post(store)).with_state(Arc::clone(&deliveries));
    tokio::spawn(axum::serve(listener, router).into_future());
    let target = NotificationTarget::plain(format!("http://{address}/").parse()?);
    harness.world.simulator().set_notifications(Some(target))?;
    Ok(deliveries)
}

async fn store(State(deliveries): State<Deliveries>, text: String) -> StatusCode {
    deliveries.lock().await.push(text);
    StatusCode::OK
}
