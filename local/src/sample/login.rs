//! The sample login: no password, a token like one of the bank's own login, and the details of the cardholder's cards.
//! The last four digits come from the simulator; the issuer server does not have them.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simulator::CardSummary;

use super::Bank;
use crate::identity::{PASSWORD, STRONG};

/// A cardholder of the simulator, as the bank knows them.
pub(crate) struct SampleCardholder {
    pub(crate) client_id: &'static str,
    name: &'static str,
    /// The class of authentication of their first login.
    acr: &'static str,
}

/// The simulator's sample cardholders. One logs in with a password only, so that a step-up can be seen.
pub(crate) const CARDHOLDERS: [SampleCardholder; 4] = [
    SampleCardholder { client_id: "40000", name: "Alex Example", acr: STRONG },
    SampleCardholder { client_id: "40001", name: "Sam Sample", acr: PASSWORD },
    SampleCardholder { client_id: "40002", name: "Kim Newcomer", acr: STRONG },
    SampleCardholder { client_id: "650971000", name: "Robin Placeholder", acr: STRONG },
];
/// Number of cards that are shown.
const CARDS: usize = 6;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginRequest {
    client_id: String,
    /// The classes of authentication that the challenge of RFC 9470 names. A bank's login is an OpenID provider, which gets
    /// them as `acr_values`, and asks for the second factor.
    #[serde(default)]
    acr_values: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoginResponse {
    access_token: String,
    client_id: &'static str,
    person: Person,
    cards: Vec<CardResponse>,
}

/// What the bank knows of the cardholder, in the form of the API's `accountHolder`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    name: &'static str,
    email_address: String,
    mobile_phone_number: Value,
    address: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CardResponse {
    card_contract_id: String,
    last_four: String,
    holder: String,
    expiry: String,
    product: &'static str,
    account_range: Option<String>,
    /// What will happen when the card is enabled, if that is not a success at once.
    sample: Option<&'static str>,
}

pub(super) fn router(bank: Bank) -> Router {
    Router::new()
        .route("/sample/cardholders", get(cardholders))
        .route("/sample/login", post(log_in))
        .with_state(bank)
}

async fn cardholders(State(bank): State<Bank>) -> Json<Value> {
    let all = CARDHOLDERS.iter().map(|it| {
        json!({
            "clientId": it.client_id, "name": it.name, "cards": cards_of(&bank, it.client_id).count().min(CARDS),
            "needsStepUp": bank.step_up && it.acr == PASSWORD,
        })
    });
    Json(all.collect())
}

/// Accepts JSON only, so that a form of another site cannot log in.
async fn log_in(
    State(bank): State<Bank>,
    Json(request): Json<LoginRequest>,
) -> Result<Json<LoginResponse>, StatusCode> {
    let cardholder = CARDHOLDERS.iter().find(|it| it.client_id == request.client_id);
    let cardholder = cardholder.ok_or(StatusCode::NOT_FOUND)?;
    let client_id = cardholder.client_id;
    let acr = if request.acr_values.iter().any(|acr| acr == STRONG) { STRONG } else { cardholder.acr };
    let now = Timestamp::now().as_second();
    let access_token = bank.identity.token_for(client_id, acr, now).map_err(|error| {
        tracing::error!(%error, "a sample token could not be signed");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    let needs_step_up = bank.step_up && acr == PASSWORD;
    let cards = cards_of(&bank, client_id).take(CARDS).map(|card| card_response(card, needs_step_up));
    Ok(Json(LoginResponse {
        access_token,
        client_id,
        person: person(cardholder.name),
        cards: cards.collect(),
    }))
}

/// Invented, with a phone number of the range that Ofcom reserves for drama.
fn person(name: &'static str) -> Person {
    let local_part = name.to_lowercase().replace(' ', ".");
    Person {
        name,
        email_address: format!("{local_part}@mail.example"),
        mobile_phone_number: json!({"countryDialInCode": "44", "phoneNumber": "7700900123"}),
        address: json!({"line1": "1 Example Street", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GBR"}),
    }
}

fn cards_of(bank: &Bank, client_id: &str) -> impl Iterator<Item = CardSummary> {
    let client: Option<u64> = client_id.parse().ok();
    bank.simulator.cards().into_iter().filter(move |card| Some(card.client_id) == client)
}

fn card_response(card: CardSummary, needs_step_up: bool) -> CardResponse {
    let last_four = card.masked.chars().filter(char::is_ascii_digit).skip(6).collect();
    CardResponse {
        card_contract_id: card.card_contract_id.to_string(),
        last_four,
        sample: match card.status.as_str() {
            "41" | "43" => Some("stolen"),
            "00" if !card.approves => Some("declined"),
            "00" if needs_step_up => Some("stepUp"),
            "00" => card.needs_authentication.then_some("authentication"),
            _ => Some("blocked"),
        },
        holder: card.holder,
        expiry: card.expiry,
        product: card.product,
        account_range: card.account_range,
    }
}
