//! Plays one case after the other. A later case uses what an earlier one brought: a logo's id, a token's number.

use std::time::Duration;

use mastercard::{
    Deadline, MastercardError, Processing, TokenConnect,
    asset::AssetId,
    call::CallLog,
    card::{AccountRange, CardContractId, ClientId},
    processing::{
        NumberedToken, SearchConfig, TokenAction, TokenChangeError, TokenChangeResult, TokenNumber,
        TokenStatus, TokenStatusWords,
    },
    token_connect::EligibleTokenRequestors,
    token_requestor::TokenRequestorId,
};

use super::{
    cases::Request,
    outcome::{Came, Content, Played},
};
use crate::trial_search::trial_search;

/// How long one case may take.
const TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Player {
    token_connect: TokenConnect,
    processing: Processing,
    search: SearchConfig,
    ranges: Vec<AccountRange>,
    token_requestor_id: TokenRequestorId,
    calls: CallLog,
    logo: Option<AssetId>,
    /// Kept until the last change; never printed.
    number: Option<TokenNumber>,
}

impl Player {
    pub(super) fn new(
        token_connect: TokenConnect,
        processing: Processing,
        search: SearchConfig,
        ranges: Vec<AccountRange>,
        token_requestor_id: TokenRequestorId,
    ) -> Self {
        let calls = CallLog::default();
        Self {
            token_connect: token_connect.with_call_log(&calls),
            processing: processing.with_call_log(&calls),
            search,
            ranges,
            token_requestor_id,
            calls,
            logo: None,
            number: None,
        }
    }

    pub(super) async fn play(&mut self, request: Request) -> Played {
        let deadline = Deadline::after(TIMEOUT);
        let content = match (request, &self.logo, &self.number) {
            (Request::TokenRequestors, ..) => self.token_requestors(deadline).await,
            (Request::ListedLogo, Some(logo), _) => self.asset(logo, deadline).await,
            (Request::ListedLogo, None, _) => return Played::Skipped("no token requestor with a logo came"),
            (Request::UnknownAsset(id), ..) => match id.parse() {
                Ok(id) => self.asset(&id, deadline).await,
                Err(_) => return Played::Skipped("it is no asset id"),
            },
            (Request::Search { client, card }, ..) => self.search(client.into(), card.into(), deadline).await,
            (Request::Tokens { client, card }, ..) => self.tokens(client.into(), card.into(), deadline).await,
            (Request::Resume { card }, _, Some(number)) => {
                let words = TokenStatusWords::default();
                let word = words.of(TokenAction::Resume);
                changed(self.processing.set_token_status(card.into(), number, word, deadline).await)
            }
            (Request::Relink { from, to }, _, Some(number)) => {
                changed(self.processing.relink_tokens(from.into(), to.into(), Some(number), deadline).await)
            }
            (Request::Resume { .. } | Request::Relink { .. }, _, None) => {
                return Played::Skipped(
                    "no token number came, and without one all tokens of a card would change",
                );
            }
        };
        // Of several attempts the last one decided.
        let call = self.calls.take().pop();
        let status = call.as_ref().and_then(|call| call.status);
        let correlation_id = call.map(|call| call.correlation_id).unwrap_or_default();
        content.map_or_else(Played::Failed, |content| Played::Came(Came { status, correlation_id, content }))
    }

    async fn token_requestors(&mut self, deadline: Deadline) -> Result<Content, MastercardError> {
        let eligible = self.token_connect.get_eligible_token_requestors(&self.ranges, deadline).await?;
        let EligibleTokenRequestors { token_requestors: requestors, unreadable } = eligible;
        let count = requestors.len();
        self.logo = requestors.into_iter().find_map(|requestor| requestor.image_asset_id);
        Ok(Content::TokenRequestors { count, unreadable })
    }

    async fn asset(&self, id: &AssetId, deadline: Deadline) -> Result<Content, MastercardError> {
        self.token_connect.get_asset(id, deadline).await.map(Content::Media)
    }

    /// Nothing is pushed.
    async fn search(
        &self,
        client: ClientId,
        card_contract_id: CardContractId,
        deadline: Deadline,
    ) -> Result<Content, MastercardError> {
        let search = trial_search(card_contract_id, self.token_requestor_id.clone());
        self.processing.search_funding_accounts(client, &search, &self.search, deadline).await?;
        Ok(Content::EncryptedCard)
    }

    /// Keeps the number of a token for the changes: of this card and active, if there is one, so that resuming it changes nothing.
    async fn tokens(
        &mut self,
        client: ClientId,
        card: CardContractId,
        deadline: Deadline,
    ) -> Result<Content, MastercardError> {
        let tokens = self.processing.get_numbered_tokens_by_client(client, deadline).await?;
        let statuses = tokens.iter().map(|it| it.token.status.clone()).collect();
        let preference = |NumberedToken { token, .. }: &NumberedToken| {
            (token.card_contract_id == card, token.status == TokenStatus::Active)
        };
        let numbered = tokens.into_iter().filter(|it| it.number.is_some());
        self.number = numbered.max_by_key(preference).and_then(|it| it.number);
        Ok(Content::Tokens(statuses))
    }
}

fn changed(result: Result<TokenChangeResult, TokenChangeError>) -> Result<Content, MastercardError> {
    match result {
        Ok(TokenChangeResult::Changed) => Ok(Content::TokenChanged),
        Ok(TokenChangeResult::Gone) => Ok(Content::InvalidToken),
        Err(TokenChangeError::NotChanged(error) | TokenChangeError::Unknown(error)) => Err(error),
    }
}
