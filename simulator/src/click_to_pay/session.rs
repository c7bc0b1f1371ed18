//! A cardholder's session at a token requestor.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::callback::{CallbackResult, Outcome};
use crate::world::records::AccountHolder;

/// The sessions so far, by id.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Uuid, Session>>);

impl Sessions {
    /// Must not be held across an `.await`.
    pub(crate) fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The phase of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Terms and conditions are shown; the card is tokenized already.
    Terms,
    /// Only the return to the issuer is left.
    Finished,
}

pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) requestor_name: String,
    pub(crate) callback_url: Option<String>,
    pub(crate) results: Vec<Outcome>,
    pub(crate) phase: Phase,
    /// Why a receipt could not be used, as shown to the cardholder.
    pub(crate) problem: Option<&'static str>,
    /// Masked numbers of the pushed cards.
    pub(crate) cards: Vec<String>,
    /// What the issuer supplied of the cardholder, with the last card.
    pub(crate) account_holder: AccountHolder,
    /// Language and country that the issuer asked for: `de_DE`.
    pub(crate) locale: Option<String>,
}

impl Session {
    /// Replaces the result of the approved receipts; returns the references of the tokens to remove.
    pub(crate) fn finish_with(&mut self, result: CallbackResult) -> Vec<String> {
        self.phase = Phase::Finished;
        let mut removed = Vec::new();
        for outcome in self.results.iter_mut().filter(|outcome| outcome.result == CallbackResult::Approved) {
            outcome.result = result;
            if !result.keeps_token() {
                removed.extend(outcome.token_unique_reference.take());
            }
        }
        removed
    }

    /// What the page says about the session.
    pub(crate) fn headline(&self) -> Headline {
        use CallbackResult as R;
        if self.phase == Phase::Terms {
            return Headline::Terms;
        }
        let has = |result: R| self.results.iter().any(|outcome| outcome.result == result);
        if has(R::Approved) || has(R::Authenticated) {
            Headline::Enabled
        } else if has(R::RequireAdditionalAuthentication) {
            Headline::Authentication
        } else if has(R::DuplicateRequest) {
            Headline::Duplicate
        } else if has(R::Cancelled) || has(R::Deleted) {
            Headline::Cancelled
        } else if has(R::Declined) {
            Headline::Declined
        } else {
            Headline::Error
        }
    }
}

/// The headline of a session's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Headline {
    Terms,
    Enabled,
    Authentication,
    Duplicate,
    Cancelled,
    Declined,
    Error,
}

impl Headline {
    /// The text in English, also for the journal and the panel.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Terms => "Add your card",
            Self::Enabled => "Your card is enabled",
            Self::Authentication => "Your bank needs to verify your identity",
            Self::Duplicate => "Your card was enabled already",
            Self::Cancelled => "Your card was not added",
            Self::Declined => "Your card cannot be added",
            Self::Error => "Something went wrong",
        }
    }
}
