//! `GET /cards/{cardContractId}/tokens`

use std::collections::BTreeMap;

use futures_util::{TryFutureExt as _, future::try_join_all};
use lambda_http::{Body, Request, Response};
use mastercard::{
    card::CardContractId,
    processing::{ClientToken, TokenStatus},
    token_requestor::TokenRequestorId,
};
use runtime::http::{self, Problem, StatusCode};

use crate::{
    ManageTokens, TIMEOUT,
    response::{Requestor, TokenResponse, TokensResponse},
};

impl ManageTokens {
    pub(crate) async fn list(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let client = self.readers.client(request)?;
        let card: CardContractId = http::path_parameter(request, "cardContractId")?;
        http::query(request, &[])?;
        let mut tokens =
            self.processing.get_tokens_by_client(client, http::deadline(request, TIMEOUT)).await?;
        tokens.retain(|token| token.card_contract_id == card && token.status != TokenStatus::Deactivated);
        let requestors = self.requestors_of(&tokens).await?;
        let mut responses = Vec::with_capacity(tokens.len());
        for token in &tokens {
            let requestor = token.token_requestor_id.as_ref().and_then(|id| requestors.get(id));
            responses.push(TokenResponse::new(client, token, requestor, &self.logo_base_url));
        }
        responses.sort_by(|one, other| {
            (one.display_name, one.created_at).cmp(&(other.display_name, other.created_at))
        });
        http::json(StatusCode::OK, &TokensResponse { tokens: responses })
    }

    /// Names and logos of the token requestors, as far as the catalog has them.
    async fn requestors_of(
        &self,
        tokens: &[ClientToken],
    ) -> Result<BTreeMap<TokenRequestorId, Requestor>, Problem> {
        let mut ids: Vec<_> = tokens.iter().filter_map(|token| token.token_requestor_id.clone()).collect();
        ids.sort();
        ids.dedup();
        let reads = ids.into_iter().map(async |id| {
            let found = self.requestors.get_with_logos(&id).map_err(Problem::from).await?;
            Ok::<_, Problem>(found.map(|(requestor, logos)| {
                (id, Requestor { name: requestor.consumer_facing_entity_name, logos })
            }))
        });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}
