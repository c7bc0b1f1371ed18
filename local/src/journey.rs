//! One cardholder's whole journey, steps 5 to 25, through public routes.

use serde_json::Value;

use crate::cardholder::{Cardholder, JourneyError};

/// The sample client id, and its active cards.
pub const CLIENT_ID: &str = "40000";
const CARDS: [&str; 8] = ["70001", "70002", "70006", "70007", "70008", "70009", "70010", "70011"];

/// The outcome of a journey.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The card.
    pub card_contract_id: String,
    /// Id of the enrollment.
    pub enrollment_id: String,
    /// The enrollment's last status.
    pub status: String,
}

/// The cardholder chooses Click to Pay and the first eligible card, accepts the terms, and returns to the app.
///
/// # Errors
/// When a response lacks what the next step needs.
pub async fn journey(cardholder: &Cardholder) -> Result<Outcome, JourneyError> {
    journey_with(cardholder, &CARDS).await
}

/// The same with the given cards.
pub(crate) async fn journey_with(
    cardholder: &Cardholder,
    cards: &[impl AsRef<str>],
) -> Result<Outcome, JourneyError> {
    let cards: Vec<&str> = cards.iter().map(AsRef::as_ref).collect();
    let requestors = cardholder.token_requestors("ios").await?;
    let offered = |requestor: &Value| requestor["tokenRequestorId"] == simulator::CLICK_TO_PAY;
    if !list(&requestors.body, "tokenRequestors").any(offered) {
        return Err(JourneyError::Missing("Click to Pay among the token requestors"));
    }
    let cards = cardholder.cards(&cards).await?;
    let card = list(&cards.body, "cards").find(|card| card["state"] == "eligible");
    let card = text(card, "cardContractId").ok_or(JourneyError::Missing("card that can be enabled"))?;
    let enrollment = cardholder.enroll(&card).await?;
    let redirect = text(Some(&enrollment), "redirectUrl").ok_or(JourneyError::Missing("redirect"))?;
    let enrollment_id = text(Some(&enrollment), "enrollmentId").ok_or(JourneyError::Missing("enrollment"))?;
    cardholder.open_redirect(&redirect).await?.accept_terms().await?.return_to_bank().await?;
    let last = cardholder.poll_until_final(&enrollment_id).await?;
    let status = text(Some(&last), "status").unwrap_or_default();
    Ok(Outcome { card_contract_id: card, enrollment_id, status })
}

fn list<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    body[name].as_array().into_iter().flatten()
}

fn text(value: Option<&Value>, name: &str) -> Option<String> {
    value?[name].as_str().map(str::to_owned)
}
