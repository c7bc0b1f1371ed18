//! A journey for the page: a refresh, then a cardholder with a card that the sample app does not show.

use std::error::Error;

use jiff::Timestamp;
use simulator::{CLICK_TO_PAY, TokenStatus, TokenSummary};

use super::Live;
use crate::{cardholder::Cardholder, journey};

const CARDS: std::ops::RangeInclusive<u64> = 70_012..=70_030;

impl Live {
    pub(super) async fn play(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let token = self.identity.token_for(journey::CLIENT_ID, Timestamp::now().as_second())?;
        let cardholder = Cardholder::new(self.base_url.clone(), token);
        // Without a new logo there would be none to fetch, and no steps 3 and 4.
        self.simulator.rotate_artwork(CLICK_TO_PAY)?;
        self.functions.refresh().await?;
        let cards = self.free_cards().await;
        journey::journey_with(&cardholder, &cards).await?;
        Ok(())
    }

    /// Once every card has played, all of them leave Click to Pay and begin again.
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
            // A card without a live token there has none to lose.
            let _ = self.simulator.delete_token(card, CLICK_TO_PAY);
        }
        self.simulator.notifications_settled().await;
        CARDS.map(|card| card.to_string()).collect()
    }
}
