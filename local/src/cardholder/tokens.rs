//! The app's requests about the tokens of a card.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Cardholder, JourneyError, Response};

impl Cardholder {
    /// `GET /cards/{cardContractId}/tokens`.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn tokens(&self, card_contract_id: &str) -> Result<Response, JourneyError> {
        self.get(&format!("/cards/{card_contract_id}/tokens")).await
    }

    /// The id of the card's token at a token requestor.
    ///
    /// # Errors
    /// When there is no response, or the list has no such token.
    pub async fn token_id(
        &self,
        card_contract_id: &str,
        token_requestor_id: &str,
    ) -> Result<String, JourneyError> {
        let list = self.tokens(card_contract_id).await?;
        let mut tokens = list.body["tokens"].as_array().into_iter().flatten();
        let token = tokens.find(|token| token["tokenRequestorId"] == token_requestor_id);
        let id = token.and_then(|token| token["tokenId"].as_str()).map(str::to_owned);
        id.ok_or_else(|| JourneyError::unexpected("GET /cards/{cardContractId}/tokens", list))
    }

    /// `POST /cards/{cardContractId}/tokens/{tokenId}/{action}`; a removal is confirmed.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn change_token(
        &self,
        card_contract_id: &str,
        token_id: &str,
        action: &str,
        idempotency_key: &str,
    ) -> Result<Response, JourneyError> {
        let path = format!("/cards/{card_contract_id}/tokens/{token_id}/{action}");
        let body = match action {
            "remove" => json!({ "confirm": true }).to_string(),
            _ => String::new(),
        };
        self.request(Method::POST, &path, &Self::token_headers(idempotency_key), body).await
    }

    /// The same with any body.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn change_token_with(
        &self,
        path: &str,
        idempotency_key: &str,
        body: &Value,
    ) -> Result<Response, JourneyError> {
        self.request(Method::POST, path, &Self::token_headers(idempotency_key), body.to_string()).await
    }

    fn token_headers(idempotency_key: &str) -> [(&str, &str); 2] {
        [("idempotency-key", idempotency_key), ("content-type", "application/json")]
    }
}
