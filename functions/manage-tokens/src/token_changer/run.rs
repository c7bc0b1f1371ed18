//! One run of a change: reads, sends and records it. [`TokenChanger::change`] starts and ends it.

use crate::{
    action::{self, Effect},
    owned_tokens::{self, OwnedToken},
};
use jiff::Timestamp;
use mastercard::{
    Deadline, MastercardError, Processing,
    call::{Call, CallLog},
    processing::{ClientToken, TokenAction, TokenChangeError, TokenChangeResult},
};
use model::{
    enrollment::{Fact, PushFailure, TokenState},
    token_changes::{RunEnd, TokenChangeOutcome},
};
use runtime::{
    http::{Code, Problem},
    store::{
        Enrollments, StoreError,
        enrollments::{RunningChange, TokenRef, Versioned},
    },
    telemetry,
};

use super::{ChangedToken, TokenChanger};

/// Until then the list may be read again, or the same request sent again.
const UNKNOWN_RETRY_SECONDS: u64 = 5;
/// How far the clocks of two processes may differ.
const CLOCK_SKEW_SECONDS: i64 = 5;

/// What is needed to send a change.
pub(super) struct Change {
    pub(super) token: TokenRef,
    pub(super) action: TokenAction,
    pub(super) enrollments: Enrollments,
    pub(super) processing: Processing,
    pub(super) calls: CallLog,
    pub(super) deadline: Deadline,
}

impl Change {
    /// The state of the token in the list; `None` if the list cannot be read. One that is not listed any more is deactivated.
    async fn read_again(&self) -> Option<TokenState> {
        let found = owned_tokens::find(&self.processing, self.token, self.deadline).await.ok()?;
        Some(found.map_or(TokenState::Deactivated, |owned| owned.state))
    }
}

/// A run without an outcome: how it ends, and what the caller reads.
pub(super) struct Failure {
    pub(super) end: RunEnd,
    pub(super) problem: Problem,
}

impl Failure {
    fn not_changed(problem: impl Into<Problem>) -> Self {
        Self { end: RunEnd::NotChanged, problem: problem.into() }
    }

    fn unknown(problem: impl Into<Problem>) -> Self {
        Self { end: RunEnd::Unknown, problem: problem.into() }
    }
}

impl TokenChanger {
    /// Makes the change, or finds out that it is not necessary. Whatever comes of it, the caller ends the run.
    pub(super) async fn run(
        &self,
        change: &Change,
        listed: Option<OwnedToken>,
        running: &RunningChange,
        started_at: Timestamp,
    ) -> Result<ChangedToken, Failure> {
        let Some(mut listed) = listed else { return self.repeat_of_gone_token(change).await };
        let is_old = |ended_at| started_at.duration_since(ended_at).as_secs() > CLOCK_SKEW_SECONDS;
        if running.last_ended_at.is_some_and(|ended_at| !is_old(ended_at)) {
            // Another change ended while the list was read.
            let again = owned_tokens::find(&change.processing, change.token, change.deadline).await;
            match again.map_err(Failure::not_changed)? {
                Some(again) => listed = again,
                None => listed.state = TokenState::Deactivated,
            }
        }
        match action::effect(change.action, &listed.state) {
            Effect::Change => self.send(change, listed).await,
            Effect::Nothing => {
                // Of a request whose answer was lost, the first run has made the change.
                let outcome = match running.is_repetition {
                    true => TokenChangeOutcome::Changed,
                    false => TokenChangeOutcome::Unchanged,
                };
                Ok(ChangedToken { state: listed.state, outcome })
            }
            Effect::NotPossible => Err(Failure::not_changed(Code::TokenNotChangeable)),
        }
    }

    /// A change that was requested before, of a token that is not listed any more.
    async fn repeat_of_gone_token(&self, change: &Change) -> Result<ChangedToken, Failure> {
        let (action, token_id) = (change.action, change.token.token);
        if action != TokenAction::Remove {
            return Err(Failure::not_changed(Code::NotFound));
        }
        let requested = change.enrollments.enrollment_of_requested_change(change.token).await;
        if let Some(enrollment) = requested.map_err(Failure::unknown)? {
            let listed = Some(TokenState::Deactivated);
            let confirmed = Fact::TokenChangeConfirmed { action, token_id, listed };
            self.record_confirmation(change, Some(enrollment), None, confirmed).await;
        }
        Ok(ChangedToken { state: TokenState::Deactivated, outcome: TokenChangeOutcome::Changed })
    }

    /// Sends a change.
    async fn send(&self, change: &Change, owned: OwnedToken) -> Result<ChangedToken, Failure> {
        let (action, token_id) = (change.action, change.token.token);
        let Some(number) = owned.listed.number else {
            let problem = Problem::from(Code::MastercardUnreadable).with_source("the token has no number");
            return Err(Failure::not_changed(problem));
        };
        let listed = &owned.listed.token;
        let requested = Fact::TokenChangeRequested { action, token_id };
        let enrollment = self
            .record(change, None, Some(listed), requested, Vec::new())
            .await
            .map_err(Failure::not_changed)?;
        let word = self.status_words.of(action);
        let sent =
            change.processing.set_token_status(change.token.card, &number, word, change.deadline).await;
        drop(number);
        if let Err(TokenChangeError::NotChanged(error)) = sent {
            return Err(Failure::not_changed(change_refused(error)));
        }
        let after = change.read_again().await;
        let is_made = match &sent {
            Ok(_) => true,
            // The list shows whether it was made.
            Err(_) => after.as_ref() == Some(&action::target(action)),
        };
        if !is_made {
            let problem = Problem::from(Code::TokenChangeUnknown).retry_after(UNKNOWN_RETRY_SECONDS);
            return Err(Failure::unknown(match sent {
                Err(error) => problem.with_source(error),
                Ok(_) => problem,
            }));
        }
        let is_gone = matches!(sent, Ok(TokenChangeResult::Gone));
        let after = if is_gone { Some(TokenState::Deactivated) } else { after };
        let confirmed = Fact::TokenChangeConfirmed { action, token_id, listed: after.clone() };
        self.record_confirmation(change, enrollment, Some(listed), confirmed).await;
        let outcome = match (action, &after) {
            (TokenAction::Remove, _) if is_gone => TokenChangeOutcome::Unchanged,
            (_, Some(TokenState::Deactivated)) if action != TokenAction::Remove => {
                return Err(Failure::not_changed(Code::TokenNotChangeable));
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
}

/// Codes about the card tell why it cannot be enabled, which nobody asked for.
fn change_refused(error: MastercardError) -> Problem {
    match PushFailure::from(&error) {
        PushFailure::CardNotEligible => Problem::from(Code::MastercardRefused).with_source(error),
        _ => error.into(),
    }
}
