//! What a test can do to the simulated world, in code and, by the routes in `http`, from outside.

mod cards;
mod http;
mod panel;

use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

pub use self::cards::CardSummary;
pub(crate) use self::http::router;
use crate::{
    click_to_pay::{
        callback::CallbackStyle,
        session::{Phase, Session},
    },
    faults::{Fault, Times},
    mdes,
    operation::Operation,
    simulator::Simulator,
    world::{records::TokenStatus, requestor::TokenRequestor},
};

/// There is no such thing in the simulated world.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such {0}")]
pub struct Unknown(&'static str);

impl Simulator {
    /// Makes the next calls of an operation fail (`2`, or [`Times::Always`]); replaces what was set before.
    pub fn set_fault(&self, operation: Operation, fault: Fault, times: impl Into<Times>) {
        self.mastercard.faults.set(operation, "", fault, times.into());
    }

    /// The same for those calls alone that hold this text in their path or, as it travels, in their body: an account
    /// range, an asset id.
    pub fn set_fault_about(&self, operation: Operation, about: &str, fault: Fault, times: impl Into<Times>) {
        self.mastercard.faults.set(operation, about, fault, times.into());
    }

    /// Nothing fails any more.
    pub fn clear_faults(&self) {
        self.mastercard.faults.clear();
    }

    /// Calls of an operation so far, failed ones too.
    #[must_use]
    pub fn calls(&self, operation: Operation) -> usize {
        self.mastercard.calls().get(&operation).copied().unwrap_or_default()
    }

    /// Every receipt issued so far is expired from now on.
    pub fn expire_receipts(&self) {
        let now = Timestamp::now();
        self.mastercard.records().receipts.values_mut().for_each(|receipt| receipt.expires = now);
    }

    /// Every receipt issued so far expires sooner by this much, as if that time had passed.
    pub fn age_receipts(&self, by: SignedDuration) {
        for receipt in self.mastercard.records().receipts.values_mut() {
            receipt.expires = receipt.expires.saturating_sub(by).unwrap_or(Timestamp::MIN);
        }
    }

    /// The tokens of a client, as Processing lists them but without token numbers.
    #[must_use]
    pub fn tokens_of(&self, client_id: u64) -> Vec<TokenSummary> {
        let records = self.mastercard.records();
        let tokens = records.tokens.iter().filter(|token| token.client_id == client_id);
        tokens
            .map(|token| TokenSummary {
                card_contract_id: token.card_contract_id,
                token_requestor_id: token.token_requestor_id.clone(),
                token_unique_reference: token.token_unique_reference.clone(),
                status: token.status,
            })
            .collect()
    }

    /// Suspends a token and sends a TVN.
    ///
    /// # Errors
    /// When the requestor holds no live token of the card.
    pub fn suspend_token(&self, card_contract_id: u64, token_requestor_id: &str) -> Result<(), Unknown> {
        self.change_token(card_contract_id, token_requestor_id, TokenStatus::Suspended)
    }

    /// Resumes a token and sends a TVN.
    ///
    /// # Errors
    /// When the requestor holds no live token of the card.
    pub fn resume_token(&self, card_contract_id: u64, token_requestor_id: &str) -> Result<(), Unknown> {
        self.change_token(card_contract_id, token_requestor_id, TokenStatus::Active)
    }

    /// Deactivates a token for good and sends a TVN; it stays in the list as `Deactivated`.
    ///
    /// # Errors
    /// When the requestor holds no live token of the card.
    pub fn delete_token(&self, card_contract_id: u64, token_requestor_id: &str) -> Result<(), Unknown> {
        self.change_token(card_contract_id, token_requestor_id, TokenStatus::Deactivated)
    }

    pub(crate) fn change_token(
        &self,
        card: u64,
        requestor: &str,
        status: TokenStatus,
    ) -> Result<(), Unknown> {
        let found = mdes::change_status(&self.mastercard, card, requestor, status);
        if found { Ok(()) } else { Err(Unknown("token")) }
    }

    /// The token requestors as they are now.
    #[must_use]
    pub fn requestors(&self) -> Vec<TokenRequestor> {
        self.mastercard.records().requestors.clone()
    }

    /// Adds a token requestor, or replaces the one with its id. Without an asset id it gets a fresh logo.
    pub fn add_requestor(&self, mut requestor: TokenRequestor) {
        let asset = requestor.image_asset_id.get_or_insert_with(|| Uuid::new_v4().to_string()).clone();
        let mut records = self.mastercard.records();
        records.assets.insert(asset);
        records.requestors.retain(|known| known.token_requestor_id != requestor.token_requestor_id);
        records.requestors.push(requestor);
    }

    /// Takes a token requestor away; its logo stays.
    ///
    /// # Errors
    /// When there is no such token requestor.
    pub fn remove_requestor(&self, token_requestor_id: &str) -> Result<(), Unknown> {
        let requestors = &mut self.mastercard.records().requestors;
        let before = requestors.len();
        requestors.retain(|known| known.token_requestor_id != token_requestor_id);
        if requestors.len() < before { Ok(()) } else { Err(Unknown("token requestor")) }
    }

    /// Draws a token requestor a new logo under a new asset id, which is answered; the old asset stays.
    ///
    /// # Errors
    /// When there is no such token requestor.
    pub fn rotate_artwork(&self, token_requestor_id: &str) -> Result<String, Unknown> {
        let asset = Uuid::new_v4().to_string();
        let mut records = self.mastercard.records();
        let mut requestors = records.requestors.iter_mut();
        let requestor = requestors.find(|known| known.token_requestor_id == token_requestor_id);
        requestor.ok_or(Unknown("token requestor"))?.image_asset_id = Some(asset.clone());
        records.assets.insert(asset.clone());
        Ok(asset)
    }

    /// Makes an asset, known or not, answer these `mediaContents` as they stand: `[{"type", "data"}, …]`, the data in
    /// Base64. Nothing of them is checked.
    pub fn set_asset(&self, asset_id: &str, media_contents: Value) {
        let mut records = self.mastercard.records();
        records.assets.insert(asset_id.to_owned());
        records.given_contents.insert(asset_id.to_owned(), media_contents);
    }

    /// The visits so far, in no particular order.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionSummary> {
        let records = self.mastercard.records();
        let summary = |session: &Session| SessionSummary {
            id: session.id,
            requestor_name: session.requestor_name.clone(),
            headline: session.headline(),
            over: session.phase == Phase::Over,
        };
        records.sessions.values().map(summary).collect()
    }

    /// How the way back is written from now on.
    pub fn set_callback_style(&self, style: CallbackStyle) {
        *self.mastercard.callback_style.lock().unwrap_or_else(PoisonError::into_inner) = style;
    }
}

/// A token without its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSummary {
    /// The card behind it.
    pub card_contract_id: u64,
    /// Who holds it.
    pub token_requestor_id: String,
    /// 48 characters, also in the callback and the TCN.
    pub token_unique_reference: String,
    /// Its state.
    pub status: TokenStatus,
}

/// A cardholder's visit to a token requestor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    /// As in `/click-to-pay/sessions/{id}`.
    pub id: Uuid,
    /// Name of the token requestor.
    pub requestor_name: String,
    /// What the page says.
    pub headline: &'static str,
    /// Whether only the way back is left.
    pub over: bool,
}
