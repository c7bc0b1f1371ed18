//! Tokens and their status.

use serde::Serialize;

use super::not_found::NotFound;
use crate::{mdes, simulator::Simulator, world::records::TokenStatus};

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
                status: token.status,
            })
            .collect()
    }

    /// Suspends a token and sends a TVN.
    ///
    /// # Errors
    /// If the requestor has no token of the card, or only a deactivated one.
    pub fn suspend_token(&self, card_contract_id: u64, token_requestor_id: &str) -> Result<(), NotFound> {
        self.change_token(card_contract_id, token_requestor_id, TokenStatus::Suspended)
    }

    /// Resumes a token and sends a TVN.
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

    pub(crate) fn change_token(
        &self,
        card: u64,
        requestor: &str,
        status: TokenStatus,
    ) -> Result<(), NotFound> {
        let found = mdes::change_status(&self.mastercard, card, requestor, status);
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
