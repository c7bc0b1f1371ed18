//! Tokens and their status.

use jiff::Timestamp;
use serde::Serialize;

use super::not_found::NotFound;
use crate::{
    mdes::{self, Tokenization},
    simulator::Simulator,
    world::token::{Suspender, TokenStatus},
};

impl Simulator {
    /// The tokens of a client, as in Processing's list but without token numbers.
    #[must_use]
    pub fn tokens_of(&self, client_id: u64) -> Vec<TokenSummary> {
        let records = self.mastercard.records();
        let tokens = records.tokens.iter().filter(|token| token.client_id == client_id);
        tokens
            .map(|token| TokenSummary {
                card_contract_id: token.card_contract_id,
                token_requestor_id: token.token_requestor_id.clone(),
                token_unique_reference: token.token_unique_reference.clone(),
                status: token.status(),
            })
            .collect()
    }

    /// The cardholder enables an active card without the bank's app, for example in a wallet, and is authenticated if the bank
    /// asks for it: tokenizes the card, and sends TAR and TCN. `wallet_name` is that of a token requestor that is not in the sample world.
    ///
    /// # Errors
    /// If there is no such card, it is not active, or the requestor has a token of it.
    pub fn add_token(
        &self,
        card_contract_id: u64,
        token_requestor_id: &str,
        wallet_name: &str,
    ) -> Result<(), NotFound> {
        let card = self.mastercard.records().cards.get(&card_contract_id).map(|card| card.number.clone());
        let number = card.ok_or(NotFound("card contract"))?;
        let tokenization = mdes::tokenize(&self.mastercard, &number, token_requestor_id);
        let reference = match tokenization {
            Tokenization::Approved(reference) => reference,
            Tokenization::NeedsAuthentication(reference) => {
                mdes::activate_token(&self.mastercard, &reference);
                reference
            }
            Tokenization::Declined | Tokenization::Duplicate => {
                return Err(NotFound("card that can be enabled there"));
            }
        };
        let mut records = self.mastercard.records();
        let added = records.tokens.iter_mut().find(|token| token.token_unique_reference == reference);
        if let Some(token) = added.filter(|token| token.wallet_name.is_empty()) {
            token.wallet_name = wallet_name.into();
        }
        Ok(())
    }

    /// Sets when a token was created, for tests whose clock is not the real one.
    pub fn set_token_created(&self, token_unique_reference: &str, created: Timestamp) {
        let mut records = self.mastercard.records();
        let token = records.tokens.iter_mut().find(|it| it.token_unique_reference == token_unique_reference);
        if let Some(token) = token {
            token.created = created;
        }
    }

    /// The token requestor suspends a token; sends a TVN.
    ///
    /// # Errors
    /// If the requestor has no token of the card, or only a deactivated one.
    pub fn suspend_token(&self, card_contract_id: u64, token_requestor_id: &str) -> Result<(), NotFound> {
        self.change_token(card_contract_id, token_requestor_id, TokenStatus::Suspended)
    }

    /// The same by another party.
    ///
    /// # Errors
    /// If the requestor has no token of the card, or only a deactivated one.
    pub fn suspend_token_by(
        &self,
        card_contract_id: u64,
        token_requestor_id: &str,
        by: Suspender,
    ) -> Result<(), NotFound> {
        self.change_token_by(card_contract_id, token_requestor_id, TokenStatus::Suspended, &[by])
    }

    /// Resumes a token on behalf of everybody who suspended it, and sends a TVN.
    ///
    /// # Errors
    /// If the requestor has no token of the card, or only a deactivated one.
    pub fn resume_token(&self, card_contract_id: u64, token_requestor_id: &str) -> Result<(), NotFound> {
        self.change_token(card_contract_id, token_requestor_id, TokenStatus::Active)
    }

    /// Deactivates a token and sends a TVN; the token stays in the list as `Deactivated`.
    ///
    /// # Errors
    /// If the requestor has no token of the card, or only a deactivated one.
    pub fn delete_token(&self, card_contract_id: u64, token_requestor_id: &str) -> Result<(), NotFound> {
        self.change_token(card_contract_id, token_requestor_id, TokenStatus::Deactivated)
    }

    /// Deactivated tokens are in no list any more. For how long Mastercard lists them is not published.
    pub fn drop_deactivated_tokens(&self) {
        self.mastercard.records().tokens.retain(|token| token.status() != TokenStatus::Deactivated);
    }

    pub(crate) fn change_token(
        &self,
        card: u64,
        requestor: &str,
        status: TokenStatus,
    ) -> Result<(), NotFound> {
        use Suspender::{Cardholder, Issuer, TokenRequestor};
        match status {
            TokenStatus::Active => {
                self.change_token_by(card, requestor, status, &[Issuer, TokenRequestor, Cardholder])
            }
            _ => self.change_token_by(card, requestor, status, &[TokenRequestor]),
        }
    }

    pub(crate) fn change_token_by(
        &self,
        card: u64,
        requestor: &str,
        status: TokenStatus,
        by: &[Suspender],
    ) -> Result<(), NotFound> {
        let found = mdes::change_status(&self.mastercard, card, requestor, status, by);
        if found { Ok(()) } else { Err(NotFound("token")) }
    }
}

/// A token without its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSummary {
    /// Its card.
    pub card_contract_id: u64,
    /// Its token requestor.
    pub token_requestor_id: String,
    /// 48 characters, the same in the callback and the TCN.
    pub token_unique_reference: String,
    /// Its status.
    pub status: TokenStatus,
}
