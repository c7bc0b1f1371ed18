//! Changes a token: once for each key, and one change of a token at a time.
//!
//! Before a change is sent, the request is recorded at the enrollment that made the token, if there is one: after a crash or a lost
//! answer, reconciliation reads the token list.

mod run;

use crate::{
    owned_tokens::{self, OwnedToken},
    response::state_name,
};
use mastercard::{
    Deadline, MastercardError, Processing,
    call::CallLog,
    processing::{TokenAction, TokenStatusWords},
};
use model::{
    clock::Clock,
    enrollment::TokenState,
    token_changes::{RunEnd, TokenChangeOutcome, TokenChangeRefusal},
};
use run::Change;
use runtime::{
    http::{self, Code, Problem},
    store::{
        Enrollments,
        enrollments::{IdempotencyKey, RunningChange, TokenRef},
    },
    telemetry,
};

/// A change runs a few seconds.
const RUNNING_RETRY_SECONDS: u64 = 2;

/// A change that took effect, or that was not necessary.
#[derive(Debug)]
pub struct ChangedToken {
    /// The token's state afterwards.
    pub state: TokenState,
    /// What happened.
    pub outcome: TokenChangeOutcome,
}

/// Changes tokens: for a cardholder by the API, for the bank's staff by `doctor tokens`.
pub struct TokenChanger {
    /// Client of Processing.
    pub processing: Processing,
    /// Mastercard's words for the changes.
    pub status_words: TokenStatusWords,
    /// The store, which writes in the name of whoever requests the change.
    pub enrollments: Enrollments,
    /// The clock.
    pub clock: Clock,
}

impl TokenChanger {
    /// Changes one token of the client's own list, once for its key and while no other change of it runs.
    ///
    /// # Errors
    /// A problem, as the API answers it.
    pub async fn change(
        &self,
        token: TokenRef,
        key: &IdempotencyKey,
        action: TokenAction,
        deadline: Deadline,
    ) -> Result<ChangedToken, Problem> {
        let now = self.clock.now();
        self.processing.load_keys();
        let calls = CallLog::default();
        let processing = self.processing.with_call_log(&calls);
        let listed = owned_tokens::find(&processing, token, deadline).await?;
        // It is gone, or never was this client's. A change that was requested before is repeated all the same.
        if listed.is_none() && !self.enrollments.is_token_change_known(token, key, action, now).await? {
            return Err(Code::NotFound.into());
        }
        let running = match self.enrollments.start_token_change(token, key, action, now).await? {
            Ok(running) => running,
            Err(TokenChangeRefusal::Replayed(outcome)) => {
                let state = listed.map_or(TokenState::Deactivated, |listed| listed.state);
                return Ok(ChangedToken { state, outcome });
            }
            Err(refusal) => return Err(refused(refusal)),
        };
        let enrollments = self.enrollments.clone();
        let change = Change { token, action, enrollments, processing, calls, deadline };
        let result = self.run(&change, listed, &running, now).await;
        let end = match &result {
            Ok(done) => RunEnd::Ended(done.outcome),
            Err(failure) => failure.end,
        };
        self.end(&running, end).await;
        let done = result.map_err(|failure| failure.problem)?;
        tracing::info!(
            event = "token_changed", action = action.as_str(), token_id = %token.token,
            state = state_name(&done.state), "token changed"
        );
        Ok(done)
    }

    /// The token in the client's own list, with its number: drop it after the change. `None` if it is not there.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub async fn find(
        &self,
        token: TokenRef,
        deadline: Deadline,
    ) -> Result<Option<OwnedToken>, MastercardError> {
        owned_tokens::find(&self.processing, token, deadline).await
    }

    /// Ends a run. If that fails, the next request has to wait until the run counts as interrupted.
    pub async fn end(&self, running: &RunningChange, end: RunEnd) {
        if let Err(error) = self.enrollments.end_token_change(running, end, self.clock.now()).await {
            tracing::warn!(
                event = "token_change_not_ended",
                cause = telemetry::chain(&error),
                "token change not ended"
            );
        }
    }
}

fn refused(refusal: TokenChangeRefusal) -> Problem {
    match refusal {
        TokenChangeRefusal::IdempotencyKeyReused => Code::IdempotencyKeyReused.into(),
        TokenChangeRefusal::TooManyChanges => {
            Problem::from(Code::TooManyRequests).retry_after(http::KEYS_RETRY_SECONDS)
        }
        TokenChangeRefusal::Running | TokenChangeRefusal::Replayed(_) => {
            Problem::from(Code::RequestInProgress).retry_after(RUNNING_RETRY_SECONDS)
        }
    }
}
