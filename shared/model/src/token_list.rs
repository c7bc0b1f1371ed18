//! The token of one card at one token requestor in the response of `getTokensByClient` (tip after use-case step 4).

use crate::enrollment::{Enrollment, Fact, TokenState};
use mastercard::{
    card::CardContractId,
    processing::{ClientToken, TokenStatus},
    token_requestor::TokenRequestorId,
};

/// The state of the token of this card at this requestor. Of several tokens an active one is preferred, then a suspended
/// one.
///
/// The use case also compares the wallet name (`MDES for Merchants`). The requestor's id is enough to find the token.
pub fn token(
    tokens: &[ClientToken],
    card: CardContractId,
    requestor: &TokenRequestorId,
) -> Option<TokenState> {
    let matches = |token: &&ClientToken| {
        token.card_contract_id == card && token.token_requestor_id.as_ref() == Some(requestor)
    };
    best(tokens.iter().filter(matches))
}

/// The state of this enrollment's token: the one that its TCN names, even if it was relinked to another card, or else
/// the one of its card.
pub fn token_of(tokens: &[ClientToken], enrollment: &Enrollment) -> Option<TokenState> {
    let named = |token: &&ClientToken| {
        token.token_unique_reference.as_deref().is_some_and(|reference| enrollment.has_token(reference))
    };
    best(tokens.iter().filter(named))
        .or_else(|| token(tokens, enrollment.card_contract_id, &enrollment.token_requestor_id))
}

/// The fact to record after the list was read.
pub fn fact(tokens: &[ClientToken], enrollment: &Enrollment) -> Fact {
    Fact::TokenList { token: token_of(tokens, enrollment) }
}

fn best<'a>(tokens: impl Iterator<Item = &'a ClientToken>) -> Option<TokenState> {
    let states = tokens.map(|token| match &token.status {
        TokenStatus::Active => TokenState::Active,
        TokenStatus::Suspended => TokenState::Suspended,
        TokenStatus::Deactivated => TokenState::Deactivated,
        TokenStatus::Inactive => TokenState::Other("INACTIVE".into()),
        TokenStatus::Other(status) => TokenState::Other(status.chars().take(32).collect()),
    });
    states.min_by_key(|state| match state {
        TokenState::Active => 0,
        TokenState::Suspended => 1,
        TokenState::Other(_) => 2,
        TokenState::Deactivated => 3,
    })
}
