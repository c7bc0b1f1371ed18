//! The tokens of one of the client's cards. The list is the client's own, so a card of another client has none in it.

use lambda_http::Request;
use mastercard::{
    Deadline, MastercardError, Processing,
    card::{CardContractId, ClientId},
    processing::NumberedToken,
};
use model::{enrollment::TokenState, token_id::TokenId, token_list};
use runtime::{
    http::{self, Problem},
    store::enrollments::TokenRef,
};

/// The token that a request names.
///
/// # Errors
/// `not_found` if an id is ill-formed: it names nothing that exists.
pub(crate) fn named(request: &Request, client: ClientId) -> Result<TokenRef, Problem> {
    let card: CardContractId = http::path_parameter(request, "cardContractId")?;
    let token: TokenId = http::path_parameter(request, "tokenId")?;
    Ok(TokenRef { client, card, token })
}

/// A token as the client's list shows it now. With its number: drop it after the change.
pub struct OwnedToken {
    /// As the list has it.
    pub listed: NumberedToken,
    /// What its status in the list means.
    pub state: TokenState,
}

/// Finds the token in the client's own list; `None` if it is not there.
pub(crate) async fn find(
    processing: &Processing,
    token: TokenRef,
    deadline: Deadline,
) -> Result<Option<OwnedToken>, MastercardError> {
    let tokens = processing.get_numbered_tokens_by_client(token.client, deadline).await?;
    let is_named = |listed: &NumberedToken| {
        listed.token.card_contract_id == token.card
            && TokenId::of(token.client, &listed.token) == Some(token.token)
    };
    Ok(tokens.into_iter().find(is_named).map(|listed| {
        let state = token_list::state(&listed.token.status);
        OwnedToken { listed, state }
    }))
}
