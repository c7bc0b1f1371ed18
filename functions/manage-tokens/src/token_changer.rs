//! Changes a token: once for each key, and one change of a token at a time.
//!
//! Before a change is sent, the request is recorded at the enrollment that made the token, if there is one: after a crash or a lost
//! answer, reconciliation reads the token list.

use crate::{
    action::{self, Effect},
    owned_tokens::{self, OwnedToken},
    response::state_name,
};
use mastercard::{
    Deadline, MastercardError, Processing,
    call::{Call, CallLog},
    processing::{ClientToken, TokenAction, TokenChangeError, TokenChangeResult, TokenStatusWords},
};
use model::{
    clock::Clock,
    enrollment::{Fact, PushFailure, TokenState},
    token_changes::{RunEnd, TokenChangeOutcome, TokenChangeRefusal},
};
use runtime::{
    http::{self, Code, Problem},
    store::{
        Enrollments, StoreError,
        enrollments::{IdempotencyKey, RunningChange, TokenRef, Versioned},
    },
    telemetry,
};

/// A change runs a few seconds.
const RUNNING_RETRY_SECONDS: u64 = 2;
/// Until then the list may be read again, or the same request sent again.
const UNKNOWN_RETRY_SECONDS: u64 = 5;
/// How far the clocks of two processes may differ.
const CLOCK_SKEW_SECONDS: i64 = 5;

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
        let Some(mut listed) = listed else { return self.repeat_of_gone_token(change, &running).await };
        let is_old = |ended_at| now.duration_since(ended_at).as_secs() > CLOCK_SKEW_SECONDS;
        if running.last_ended_at.is_some_and(|ended_at| !is_old(ended_at)) {
            // Another change ended while the list was read.
            match owned_tokens::find(&change.processing, token, deadline).await {
                Ok(Some(again)) => listed = again,
                Ok(None) => listed.state = TokenState::Deactivated,
                Err(error) => {
                    self.end(&running, RunEnd::NotChanged).await;
                    return Err(error.into());
                }
            }
        }
        let done = match action::effect(action, &listed.state) {
            Effect::Change => self.send(change, listed, &running).await?,
            Effect::Nothing => {
                // Of a request whose answer was lost, the first run has made the change.
                let outcome = match running.is_repetition {
                    true => TokenChangeOutcome::Changed,
                    false => TokenChangeOutcome::Unchanged,
                };
                ChangedToken { state: listed.state, outcome }
            }
            Effect::NotPossible => {
                self.end(&running, RunEnd::NotChanged).await;
                return Err(Code::TokenNotChangeable.into());
            }
        };
        self.end(&running, RunEnd::Ended(done.outcome)).await;
        tracing::info!(
            event = "token_changed", action = action.as_str(), token_id = %token.token,
            state = state_name(&done.state), "token changed"
        );
        Ok(done)
    }

    /// Ends a change that was requested before, of a token that is not listed any more.
    async fn repeat_of_gone_token(
        &self,
        change: Change,
        running: &RunningChange,
    ) -> Result<ChangedToken, Problem> {
        let (action, token_id) = (change.action, change.token.token);
        if action != TokenAction::Remove {
            self.end(running, RunEnd::NotChanged).await;
            return Err(Code::NotFound.into());
        }
        match change.enrollments.enrollment_of_requested_change(change.token).await {
            Ok(None) => {}
            Ok(enrollment) => {
                let listed = Some(TokenState::Deactivated);
                let confirmed = Fact::TokenChangeConfirmed { action, token_id, listed };
                self.record_confirmation(&change, enrollment, None, confirmed).await;
            }
            Err(error) => {
                self.end(running, RunEnd::Unknown).await;
                return Err(error.into());
            }
        }
        let outcome = TokenChangeOutcome::Changed;
        self.end(running, RunEnd::Ended(outcome)).await;
        Ok(ChangedToken { state: TokenState::Deactivated, outcome })
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

    /// Sends a change. On an error the run has ended.
    async fn send(
        &self,
        change: Change,
        owned: OwnedToken,
        running: &RunningChange,
    ) -> Result<ChangedToken, Problem> {
        let (action, token_id) = (change.action, change.token.token);
        let Some(number) = owned.listed.number else {
            self.end(running, RunEnd::NotChanged).await;
            return Err(Problem::from(Code::MastercardUnreadable).with_source("the token has no number"));
        };
        let listed = &owned.listed.token;
        let requested = Fact::TokenChangeRequested { action, token_id };
        let enrollment = match self.record(&change, None, Some(listed), requested, Vec::new()).await {
            Ok(enrollment) => enrollment,
            Err(error) => {
                self.end(running, RunEnd::NotChanged).await;
                return Err(error.into());
            }
        };
        let word = self.status_words.of(action);
        let sent =
            change.processing.set_token_status(change.token.card, &number, word, change.deadline).await;
        drop(number);
        if let Err(TokenChangeError::NotChanged(error)) = sent {
            self.end(running, RunEnd::NotChanged).await;
            return Err(change_refused(error));
        }
        let after = change.read_again().await;
        let is_made = match &sent {
            Ok(_) => true,
            // The list shows whether it was made.
            Err(_) => after.as_ref() == Some(&action::target(action)),
        };
        if !is_made {
            self.end(running, RunEnd::Unknown).await;
            let problem = Problem::from(Code::TokenChangeUnknown).retry_after(UNKNOWN_RETRY_SECONDS);
            return Err(match sent {
                Err(error) => problem.with_source(error),
                Ok(_) => problem,
            });
        }
        let is_gone = matches!(sent, Ok(TokenChangeResult::Gone));
        let after = if is_gone { Some(TokenState::Deactivated) } else { after };
        let confirmed = Fact::TokenChangeConfirmed { action, token_id, listed: after.clone() };
        self.record_confirmation(&change, enrollment, Some(listed), confirmed).await;
        let outcome = match (action, &after) {
            (TokenAction::Remove, _) if is_gone => TokenChangeOutcome::Unchanged,
            (_, Some(TokenState::Deactivated)) if action != TokenAction::Remove => {
                self.end(running, RunEnd::NotChanged).await;
                return Err(Code::TokenNotChangeable.into());
            }
            (TokenAction::Resume, Some(TokenState::Suspended | TokenState::Inactive)) => {
                TokenChangeOutcome::StillSuspended
            }
            _ => TokenChangeOutcome::Changed,
        };
        let state = match outcome {
            TokenChangeOutcome::StillSuspended => TokenState::Suspended,
            TokenChangeOutcome::Changed | TokenChangeOutcome::Unchanged => action::target(action),
        };
        Ok(ChangedToken { state, outcome })
    }

    /// Records that a change was made. If that fails, reconciliation finds the request that nothing confirmed.
    async fn record_confirmation(
        &self,
        change: &Change,
        enrollment: Option<Versioned>,
        listed: Option<&ClientToken>,
        fact: Fact,
    ) {
        // A notification may have brought the token to its enrollment since the request.
        let recorded = self.record(change, enrollment, listed, fact, change.calls.take()).await;
        if let Err(error) = recorded {
            tracing::error!(
                event = "token_change_not_recorded", action = change.action.as_str(),
                token_id = %change.token.token, cause = telemetry::chain(&error), "token change not recorded"
            );
        }
    }

    /// Records a fact at `enrollment`, or else at the one that made the listed token; `None` if none did.
    async fn record(
        &self,
        change: &Change,
        enrollment: Option<Versioned>,
        listed: Option<&ClientToken>,
        fact: Fact,
        calls: Vec<Call>,
    ) -> Result<Option<Versioned>, StoreError> {
        let now = self.clock.now();
        let enrollment = match (enrollment, listed) {
            (None, Some(listed)) => {
                change.enrollments.enrollment_of_token(change.token.client, listed, now).await?
            }
            (enrollment, _) => enrollment,
        };
        let Some(enrollment) = enrollment else { return Ok(None) };
        let at = enrollment.enrollment().after_facts(now);
        let recorded = [fact.recorded(at, &at.to_string()).with_calls(calls)];
        let recorded = change.enrollments.record(enrollment, &recorded, None, now).await?;
        Ok(recorded.map(|recorded| recorded.stored))
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

/// What is needed to send a change.
struct Change {
    token: TokenRef,
    action: TokenAction,
    enrollments: Enrollments,
    processing: Processing,
    calls: CallLog,
    deadline: Deadline,
}

impl Change {
    /// The state of the token in the list; `None` if the list cannot be read. One that is not listed any more is deactivated.
    async fn read_again(&self) -> Option<TokenState> {
        let found = owned_tokens::find(&self.processing, self.token, self.deadline).await.ok()?;
        Some(found.map_or(TokenState::Deactivated, |owned| owned.state))
    }
}

/// Codes about the card tell why it cannot be enabled, which nobody asked for.
fn change_refused(error: MastercardError) -> Problem {
    match PushFailure::from(&error) {
        PushFailure::CardNotEligible => Problem::from(Code::MastercardRefused).with_source(error),
        _ => error.into(),
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
