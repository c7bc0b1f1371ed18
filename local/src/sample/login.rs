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

/// Client ids and names of the simulator's sample cardholders.
pub(crate) const CARDHOLDERS: [(&str, &str); 4] = [
    ("40000", "Alex Example"),
    ("40001", "Sam Sample"),
    ("40002", "Kim Newcomer"),
    ("650971000", "Robin Placeholder"),
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
    name: &'static str,
    cards: Vec<CardResponse>,
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
}

pub(super) fn router(bank: Bank) -> Router {
    Router::new()
        .route("/sample/cardholders", get(cardholders))
        .route("/sample/login", post(log_in))
        .with_state(bank)
}

async fn cardholders(State(bank): State<Bank>) -> Json<Value> {
    let all = CARDHOLDERS.iter().map(
        |(id, name)| json!({ "clientId": id, "name": name, "cards": cards_of(&bank, id).count().min(CARDS) }),
    );
    Json(all.collect())
}

/// Accepts JSON only, so that a form of another site cannot log in.
async fn log_in(
    State(bank): State<Bank>,
    Json(request): Json<LoginRequest>,
) -> Result<Json<LoginResponse>, StatusCode> {
    let cardholder = CARDHOLDERS.iter().find(|(id, _)| *id == request.client_id);
    let (client_id, name) = *cardholder.ok_or(StatusCode::NOT_FOUND)?;
    let acr = if request.acr_values.iter().any(|acr| acr == STRONG) { STRONG } else { PASSWORD };
    let now = Timestamp::now().as_second();
    let access_token = bank.identity.token_for(client_id, acr, now).map_err(|error| {
        tracing::error!(%error, "a sample token could not be signed");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    Ok(Json(LoginResponse {
        access_token,
        client_id,
        name,
        cards: cards_of(&bank, client_id).take(CARDS).map(card_response).collect(),
    }))
}

fn cards_of(bank: &Bank, client_id: &str) -> impl Iterator<Item = CardSummary> {
    let client: Option<u64> = client_id.parse().ok();
    bank.simulator.cards().into_iter().filter(move |card| Some(card.client_id) == client)
}

fn card_response(card: CardSummary) -> CardResponse {
    let last_four = card.masked.chars().filter(char::is_ascii_digit).skip(6).collect();
    CardResponse {
        card_contract_id: card.card_contract_id.to_string(),
        last_four,
        holder: card.holder,
        expiry: card.expiry,
        product: card.product,
        account_range: card.account_range,
    }
}
