//! What `getTokensByClient` says of one card at one token requestor (the tip after use-case step 4).

use crate::enrollment::{Enrollment, Fact, TokenState};
use mastercard::{
    card::CardContractId,
    processing::{ClientToken, TokenStatus},
    token_requestor::TokenRequestorId,
};

/// The best token of this card at this requestor: an active one before any other.
///
/// The use case also names the wallet (`MDES for Merchants`); the requestor's id alone already says whose it is.
pub fn token(
    tokens: &[ClientToken],
    card: CardContractId,
    requestor: &TokenRequestorId,
) -> Option<TokenState> {
    let its = |token: &&ClientToken| {
        token.card_contract_id == card && token.token_requestor_id.as_ref() == Some(requestor)
    };
    best(tokens.iter().filter(its))
}

/// The token of this enrollment: the one that its TCN named, even under another card after relinking; else the
/// card's.
pub fn token_of(tokens: &[ClientToken], enrollment: &Enrollment) -> Option<TokenState> {
    let named = |token: &&ClientToken| {
        token.token_unique_reference.as_deref().is_some_and(|reference| enrollment.has_token(reference))
    };
    best(tokens.iter().filter(named))
        .or_else(|| token(tokens, enrollment.card_contract_id, &enrollment.token_requestor_id))
}

/// The fact that reading the list tells.
pub fn fact(tokens: &[ClientToken], enrollment: &Enrollment) -> Fact {
    Fact::TokenList { token: token_of(tokens, enrollment) }
}

fn best<'a>(tokens: impl Iterator<Item = &'a ClientToken>) -> Option<TokenState> {
    let states = tokens.map(|token| match &token.status {
        TokenStatus::Active => TokenState::Active,
        TokenStatus::Suspended => TokenState::Suspended,
        TokenStatus::Deactivated => TokenState::Deactivated,
        TokenStatus::Inactive => TokenState::Other("INACTIVE".into()),
        TokenStatus::Other(word) => TokenState::Other(word.chars().take(32).collect()),
    });
    states.min_by_key(|state| match state {
        TokenState::Active => 0,
        TokenState::Suspended => 1,
        TokenState::Other(_) => 2,
        TokenState::Deactivated => 3,
    })
}
