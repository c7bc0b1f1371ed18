//! `doctor tokens`: lists a card's tokens, moves them to another card, removes one. Changes are shown and confirmed first.

use std::io::{self, Write as _};

use doctor::support::{TokenChangeRecord, TokenRow, TokenSupport};
use mastercard::card::{CardContractId, ClientId};
use model::token_id::TokenId;
use runtime::{config::Settings, store::enrollments::TokenRef};

use super::{CommandError, is_confirmed, print_rows};

/// The variable with the address at which tokens are changed.
const PROCESSING: &str = "PROCESSING_URL";

/// A card of a client.
#[derive(Clone, Copy)]
pub(crate) struct Card {
    pub(crate) client: ClientId,
    pub(crate) card: CardContractId,
}

pub(crate) async fn list(settings: Settings, card: Card, json: bool) -> Result<(), CommandError> {
    let rows = TokenSupport::connect(settings).await?.list(card.client, card.card).await?;
    print_rows(&rows, json, "tokens.")
}

/// `false` if nothing was moved. A line of JSON on standard output for each token that was; without `token` all of the card that
/// are not removed.
pub(crate) async fn relink(
    settings: Settings,
    card: Card,
    to: CardContractId,
    token: Option<TokenId>,
    yes: bool,
) -> Result<bool, CommandError> {
    let support = TokenSupport::connect(settings.clone()).await?;
    let Some(tokens) = chosen(&support, card, token).await? else { return Ok(false) };
    let what = format!("move these tokens from card contract {} to card contract {to}", card.card);
    if !is_confirmed(&settings, PROCESSING, yes, &what)? {
        return Ok(false);
    }
    for (moved, token) in tokens.iter().enumerate() {
        match support.relink(card.token(*token), to).await {
            Ok(record) => print_line(&record)?,
            Err(error) => {
                let all = tokens.len();
                writeln!(
                    io::stderr(),
                    "{moved} of {all} tokens were moved. Token {token} was the last one tried:"
                )?;
                return Err(error.into());
            }
        }
    }
    Ok(true)
}

/// `false` if it was not removed.
pub(crate) async fn remove(
    settings: Settings,
    card: Card,
    token: TokenId,
    yes: bool,
) -> Result<bool, CommandError> {
    let support = TokenSupport::connect(settings.clone()).await?;
    if chosen(&support, card, Some(token)).await?.is_none() {
        return Ok(false);
    }
    let what = format!("remove this token of card contract {} for good", card.card);
    if !is_confirmed(&settings, PROCESSING, yes, &what)? {
        return Ok(false);
    }
    print_line(&support.remove(card.token(token)).await?)?;
    Ok(true)
}

/// The tokens that are to be changed, shown to the person who runs it; `None` if there are none.
async fn chosen(
    support: &TokenSupport,
    card: Card,
    token: Option<TokenId>,
) -> Result<Option<Vec<TokenId>>, CommandError> {
    let mut rows = support.list(card.client, card.card).await?;
    let is_chosen = |row: &TokenRow| match token {
        Some(token) => row.token_id == Some(token),
        None => row.token_id.is_some(),
    };
    rows.retain(|row| !row.is_removed() && is_chosen(row));
    if rows.is_empty() {
        writeln!(io::stderr(), "Client {} has no such token at card contract {}.", card.client, card.card)?;
        return Ok(None);
    }
    for row in &rows {
        writeln!(io::stderr(), "{row}")?;
    }
    Ok(Some(rows.iter().filter_map(|row| row.token_id).collect()))
}

impl Card {
    fn token(self, token: TokenId) -> TokenRef {
        TokenRef { client: self.client, card: self.card, token }
    }
}

fn print_line(record: &TokenChangeRecord) -> Result<(), CommandError> {
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, record)?;
    Ok(writeln!(output)?)
}
