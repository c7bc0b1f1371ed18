//! The tokens of a card, for the bank's staff: where they are, moving them to the card that replaced it, removing one. Token
//! numbers are held in memory for one call, and never printed.

mod relink;
mod row;

use std::time::Duration;

use jiff::Timestamp;
use manage_tokens::TokenChanger;
use mastercard::{
    Deadline, MastercardError,
    card::{CardContractId, ClientId},
    digest::sha256_hex,
    processing::{TokenAction, TokenChangeError},
};
use model::{
    audit::{Actor, ActorKind},
    clock::Clock,
    token_changes::TokenChangeOutcome,
    token_id::TokenId,
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime, Settings, registry},
    http::Problem,
    store::{
        Enrollments, StoreError,
        enrollments::{IdempotencyKey, TokenRef},
    },
};
use serde::Serialize;
use uuid::Uuid;

pub use row::TokenRow;

use crate::aws;

/// How long one command may call Mastercard for one token.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Changes of the tokens of all clients. It needs the rights and keys of `manage-tokens`.
pub struct TokenSupport {
    changer: TokenChanger,
    correlation_id: Uuid,
}

/// A record of a change, for the bank's audit log. It does not contain the client id.
#[derive(Debug, Serialize)]
pub struct TokenChangeRecord {
    event: &'static str,
    timestamp: Timestamp,
    /// SHA-256 of the client id.
    client_sha256: String,
    token_id: TokenId,
    /// Its id at the card that it was moved to; only of a relink.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_token_id: Option<TokenId>,
    outcome: TokenChangeOutcome,
    /// The `correlationId` of the audit trail's lines about this change.
    correlation_id: Uuid,
}

/// A token was not changed, or it is not known whether it was.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The tokens could not be listed.
    #[error("the list of tokens could not be read")]
    List(#[from] MastercardError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A removal failed.
    #[error("the token was not removed, or it is not known whether it was; list the card's tokens")]
    Remove(#[source] Problem),
    /// The card has no such token.
    #[error("the card has no such token, or Mastercard states no number for it")]
    NotFound,
    /// Another change of the token runs, or there were too many on this day.
    #[error("the token is being changed, or was changed too often today; try again later")]
    Busy,
    /// A relink failed.
    #[error("the token was not moved, or it is not known whether it was; list the tokens of both cards")]
    Relink(#[source] TokenChangeError),
    /// Mastercard accepted a relink, and the list does not show the token at the other card, or cannot be read.
    #[error("Mastercard accepted the move, and its list does not confirm it; list the tokens of both cards")]
    NotListed(#[source] Option<MastercardError>),
}

impl TokenSupport {
    /// Reads the settings of the table `Enrollments` and of Processing, as `manage-tokens` does.
    ///
    /// # Errors
    /// When a setting is missing or invalid, or a key cannot be used.
    pub async fn connect(settings: Settings) -> Result<Self, ConfigError> {
        let aws = aws::config(&settings, "AWS_ENDPOINT_URL_DYNAMODB").await;
        let runtime = Runtime::new(settings, aws, Clock::default());
        let (processing, status_words, enrollments) = runtime.read_settings(|settings| {
            let processing = ProcessingSettings::from_settings(settings);
            let status_words = settings.value(&registry::PROCESSING_TOKEN_STATUSES);
            let enrollments = Enrollments::from_settings(settings, &runtime);
            Some((processing?, status_words?, enrollments?))
        })?;
        // CloudTrail records which operator it was.
        let correlation_id = Uuid::new_v4();
        let actor = || Actor::internal(ActorKind::Operator, &correlation_id.to_string());
        let enrollments = enrollments.for_actor(actor);
        let processing = processing.connect(&runtime).await?;
        let changer = TokenChanger { processing, status_words, enrollments, clock: runtime.clock };
        Ok(Self { changer, correlation_id })
    }

    /// The tokens of one of the client's cards, also those that are removed.
    ///
    /// # Errors
    /// When Processing's list or the store cannot be read.
    pub async fn list(&self, client: ClientId, card: CardContractId) -> Result<Vec<TokenRow>, TokenError> {
        let deadline = Deadline::after(TIMEOUT);
        let tokens = self.changer.processing.get_tokens_by_client(client, deadline).await?;
        let mut rows = Vec::new();
        for token in tokens.into_iter().filter(|token| token.card_contract_id == card) {
            let now = self.changer.clock.now();
            let made_by = self.changer.enrollments.enrollment_of_token(client, &token, now).await?;
            rows.push(TokenRow::new(client, token, made_by.as_ref().map(|stored| stored.enrollment())));
        }
        Ok(rows)
    }

    /// Removes a token for good. The same removal may be repeated.
    ///
    /// # Errors
    /// When it was not removed, or Mastercard's answer was lost and the list does not tell.
    pub async fn remove(&self, token: TokenRef) -> Result<TokenChangeRecord, TokenError> {
        let key = IdempotencyKey::random();
        let changed = self.changer.change(token, &key, TokenAction::Remove, Deadline::after(TIMEOUT)).await;
        let outcome = changed.map_err(TokenError::Remove)?.outcome;
        Ok(self.record("token_removed", token, None, outcome))
    }

    fn record(
        &self,
        event: &'static str,
        token: TokenRef,
        new_token_id: Option<TokenId>,
        outcome: TokenChangeOutcome,
    ) -> TokenChangeRecord {
        TokenChangeRecord {
            event,
            timestamp: self.changer.clock.now(),
            client_sha256: sha256_hex(token.client.to_string().as_bytes()),
            token_id: token.token,
            new_token_id,
            outcome,
            correlation_id: self.correlation_id,
        }
    }
}
