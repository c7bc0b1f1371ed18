//! Runs a journey for the page: a refresh, then a cardholder with a card that the sample app does not show.

use std::error::Error;

use jiff::Timestamp;
use serde_json::json;
use simulator::{CLICK_TO_PAY, TokenStatus, TokenSummary};

use super::Live;
use crate::{cardholder::Cardholder, identity::STRONG, journey};

const CARDS: std::ops::RangeInclusive<u64> = 70_012..=70_030;

impl Live {
    pub(super) async fn play(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let token = self.identity.token_for(journey::CLIENT_ID, STRONG, Timestamp::now().as_second())?;
        let cardholder = Cardholder::new(self.base_url.clone(), token);
        // Steps 3 and 4 need a new logo.
        self.simulator.rotate_artwork(CLICK_TO_PAY)?;
        self.functions.refresh(json!({})).await?;
        let cards = self.free_cards().await;
        journey::journey_with(&cardholder, &cards).await?;
        Ok(())
    }

    /// Cards without a token. If all cards have one, deletes their tokens first.
    async fn free_cards(&self) -> Vec<String> {
        let client = journey::CLIENT_ID.parse().unwrap_or_default();
        let tokens = self.simulator.tokens_of(client);
        let live = |token: &&TokenSummary| token.status != TokenStatus::Deactivated;
        let enabled = |card: &u64| tokens.iter().filter(live).any(|token| token.card_contract_id == *card);
        let free: Vec<_> = CARDS.filter(|card| !enabled(card)).map(|card| card.to_string()).collect();
        if !free.is_empty() {
            return free;
        }
        for card in CARDS {
            // Fails for a card without a token, which is fine.
            let _ = self.simulator.delete_token(card, CLICK_TO_PAY);
        }
        self.simulator.notifications_settled().await;
        CARDS.map(|card| card.to_string()).collect()
    }
}
