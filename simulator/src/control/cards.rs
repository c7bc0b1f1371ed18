//! Card contracts and their status.

use serde::Serialize;

use super::not_found::NotFound;
use crate::{
    mdes,
    simulator::Simulator,
    world::{
        card::CardContract,
        token::{Suspender, TokenStatus},
    },
};

impl Simulator {
    /// Adds an active debit card contract for an existing or new client, or replaces the one with the same id. The id
    /// has at most nine digits, since the generated card number contains it.
    pub fn add_card(&self, client_id: u64, card_contract_id: u64) {
        let mut records = self.mastercard.records();
        records.clients.insert(client_id);
        records.cards.insert(card_contract_id, CardContract::debit(card_contract_id, client_id));
    }

    /// Sets a card contract's status, two digits: `00` is active. `05` suspends its active tokens, as documented, and
    /// sends a TVN for each.
    ///
    /// # Errors
    /// If there is no such card contract.
    pub fn set_card_status(&self, card_contract_id: u64, status: &str) -> Result<(), NotFound> {
        let suspended: Vec<String> = {
            let mut records = self.mastercard.records();
            let card = records.cards.get_mut(&card_contract_id).ok_or(NotFound("card contract"))?;
            status.clone_into(&mut card.status);
            let tokens = records.tokens.iter().filter(|token| token.card_contract_id == card_contract_id);
            let active = tokens.filter(|token| token.status() == TokenStatus::Active && status == "05");
            active.map(|token| token.token_requestor_id.clone()).collect()
        };
        for requestor in suspended {
            mdes::change_status(
                &self.mastercard,
                card_contract_id,
                &requestor,
                TokenStatus::Suspended,
                &[Suspender::Issuer],
            );
        }
        Ok(())
    }

    /// Sets whether Processing asks token requestors other than Click to Pay to authenticate the cardholder before the token of
    /// this card is active.
    ///
    /// # Errors
    /// If there is no such card contract.
    pub fn set_authentication(&self, card_contract_id: u64, required: bool) -> Result<(), NotFound> {
        let mut records = self.mastercard.records();
        let card = records.cards.get_mut(&card_contract_id).ok_or(NotFound("card contract"))?;
        card.needs_authentication = required;
        Ok(())
    }

    /// The current card contracts.
    #[must_use]
    pub fn cards(&self) -> Vec<CardSummary> {
        let records = self.mastercard.records();
        let summary = |card: &CardContract| CardSummary {
            card_contract_id: card.id,
            client_id: card.client_id,
            masked: card.number.masked(),
            status: card.status.clone(),
            approves: card.approves,
            needs_authentication: card.needs_authentication,
            holder: card.holder.clone(),
            expiry: format!("{:02}/{:02}", card.expiry.1, card.expiry.0),
            product: card.number.range().map_or("unknown", |(_, product)| product.name()),
            account_range: card.number.range().map(|(start, _)| start.to_string()),
        };
        records.cards.values().map(summary).collect()
    }
}

/// A card contract without its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardSummary {
    /// Card contract id.
    pub card_contract_id: u64,
    /// The client that owns it.
    pub client_id: u64,
    /// First six digits, underscores, last four.
    pub masked: String,
    /// Two digits; `00` is active.
    pub status: String,
    /// Whether a tokenization is approved while the card is active.
    pub approves: bool,
    /// Whether token requestors other than Click to Pay have to authenticate the cardholder.
    pub needs_authentication: bool,
    /// As printed on the card.
    pub holder: String,
    /// As printed on the card, `MM/YY`.
    pub expiry: String,
    /// `credit`, `debit` or `privateLabel`; `unknown` outside of the sample's account ranges.
    pub product: &'static str,
    /// First number, 19 digits, of its account range.
    pub account_range: Option<String>,
}
