//! Moves a token to another card. Only the list says that it is there: Mastercard's answer has no content.

use std::time::Duration;

use mastercard::{
    Deadline, MastercardError,
    card::{CardContractId, ClientId},
    processing::{ClientToken, NumberedToken, TokenChangeError, TokenChangeResult},
};
use model::{
    token_changes::{RunEnd, TokenChangeOutcome},
    token_id::TokenId,
};
use runtime::store::enrollments::{IdempotencyKey, TokenRef};

use super::{TIMEOUT, TokenChangeRecord, TokenError, TokenSupport};

/// Between the reads of the list after a move.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

impl TokenSupport {
    /// Moves a token to another card of the same client and product. It gets another id there.
    ///
    /// # Errors
    /// When it was not moved, or when it is not known: Mastercard's answer was lost, or the list does not show it at the other card.
    pub async fn relink(&self, token: TokenRef, to: CardContractId) -> Result<TokenChangeRecord, TokenError> {
        let new_token = self.id_at(token, to).await?;
        let now = self.changer.clock.now();
        let key = IdempotencyKey::random();
        let started = self.changer.enrollments.start_relink(token, new_token, &key, now);
        let running = started.await?.map_err(|_| TokenError::Busy)?;
        let (end, result) = self.send_relink(token, to, new_token).await;
        self.changer.end(&running, end).await;
        result.map(|outcome| self.record("token_relinked", token, Some(new_token), outcome))
    }

    /// The id that a token of the client will have at another card. It is audited before anything is sent.
    async fn id_at(&self, token: TokenRef, to: CardContractId) -> Result<TokenId, TokenError> {
        let deadline = Deadline::after(TIMEOUT);
        let tokens = self.changer.processing.get_tokens_by_client(token.client, deadline).await?;
        let is_named = |listed: &ClientToken| TokenId::of(token.client, listed) == Some(token.token);
        let found = tokens.into_iter().find(is_named);
        let moved = found.map(|listed| ClientToken { card_contract_id: to, ..listed });
        moved.and_then(|moved| TokenId::of(token.client, &moved)).ok_or(TokenError::NotFound)
    }

    /// Sends the relink, and how the change ends.
    async fn send_relink(
        &self,
        token: TokenRef,
        to: CardContractId,
        new_token: TokenId,
    ) -> (RunEnd, Result<TokenChangeOutcome, TokenError>) {
        let deadline = Deadline::after(TIMEOUT);
        // Read after the start: no other change of this server comes between.
        let found = match self.changer.find(token, deadline).await {
            Ok(found) => found.map(|owned| owned.listed),
            Err(error) => return (RunEnd::NotChanged, Err(error.into())),
        };
        let Some(NumberedToken { number: Some(number), .. }) = found else {
            return (RunEnd::NotChanged, Err(TokenError::NotFound));
        };
        let sent = self.changer.processing.relink_tokens(token.card, to, Some(&number), deadline).await;
        drop(number);
        let lost = match sent {
            Ok(TokenChangeResult::Changed) => None,
            Ok(TokenChangeResult::Gone) => return (RunEnd::NotChanged, Err(TokenError::NotFound)),
            Err(error @ TokenChangeError::NotChanged(_)) => {
                return (RunEnd::NotChanged, Err(TokenError::Relink(error)));
            }
            Err(error @ TokenChangeError::Unknown(_)) => Some(error),
        };
        let listed = self.is_listed_soon(token.client, new_token, deadline).await;
        let error = match (listed, lost) {
            (Ok(true), _) => {
                let outcome = TokenChangeOutcome::Changed;
                return (RunEnd::Ended(outcome), Ok(outcome));
            }
            (_, Some(lost)) => TokenError::Relink(lost),
            (listed, None) => TokenError::NotListed(listed.err()),
        };
        (RunEnd::Unknown, Err(error))
    }

    /// The list may show the move a little later.
    async fn is_listed_soon(
        &self,
        client: ClientId,
        token: TokenId,
        deadline: Deadline,
    ) -> Result<bool, MastercardError> {
        for pause in PAUSES {
            if self.is_listed(client, token, deadline).await? {
                return Ok(true);
            }
            tokio::time::sleep(pause).await;
        }
        self.is_listed(client, token, deadline).await
    }

    /// Whether the client's list has a token with this id, which is bound to its card.
    async fn is_listed(
        &self,
        client: ClientId,
        token: TokenId,
        deadline: Deadline,
    ) -> Result<bool, MastercardError> {
        let tokens = self.changer.processing.get_tokens_by_client(client, deadline).await?;
        Ok(tokens.iter().any(|listed| TokenId::of(client, listed) == Some(token)))
    }
}
