//! The query of `GET /cards`.

use lambda_http::Request;
use mastercard::{
    card::{AccountRange, CardContractId},
    token_requestor::TokenRequestorId,
};
use model::card_number::CardNumberDetector;
use runtime::http::{self, Problem};

/// The most cards in one request.
const MAX_CARDS: usize = 50;

/// A card, with the start of its account range if the app knows it.
pub(crate) struct Card {
    pub(crate) id: CardContractId,
    pub(crate) account_range: Option<AccountRange>,
}

/// The query, parsed.
pub(crate) struct ListCardsQuery {
    pub(crate) cards: Vec<Card>,
    pub(crate) token_requestor_id: TokenRequestorId,
}

impl ListCardsQuery {
    pub(crate) fn parse(
        request: &Request,
        default_requestor: &TokenRequestorId,
        card_numbers: &CardNumberDetector,
    ) -> Result<Self, Problem> {
        let mut cards = Vec::new();
        let mut token_requestor_id = None;
        for (name, value) in http::query(request, &["cardContractId", "tokenRequestorId"])? {
            match name.as_str() {
                "cardContractId" => cards.push(card(&value, card_numbers)?),
                _ if token_requestor_id.is_some() => {
                    return Err(Problem::parameter(name, "must not be repeated"));
                }
                _ => {
                    token_requestor_id = Some(value.parse().map_err(|error| Problem::parameter(name, error))?)
                }
            }
        }
        if cards.is_empty() || cards.len() > MAX_CARDS {
            return Err(Problem::parameter(
                "cardContractId",
                format!("must be given 1 to {MAX_CARDS} times"),
            ));
        }
        Ok(Self {
            cards,
            token_requestor_id: token_requestor_id.unwrap_or_else(|| default_requestor.clone()),
        })
    }
}

fn card(value: &str, card_numbers: &CardNumberDetector) -> Result<Card, Problem> {
    let (id, range) = value.split_once(':').map_or((value, None), |(id, range)| (id, Some(range)));
    let id = id.parse().map_err(|error| Problem::parameter("cardContractId", error))?;
    let invalid_range = |message: &str| Problem::parameter("cardContractId", message);
    let account_range = match range.map(str::parse::<AccountRange>).transpose() {
        Ok(Some(range)) if !card_numbers.is_range_start(range.as_str()) => {
            return Err(invalid_range(
                "must have the start of an account range after the colon, not a card number",
            ));
        }
        Ok(range) => range,
        Err(error) => return Err(invalid_range(&error.to_string())),
    };
    Ok(Card { id, account_range })
}
