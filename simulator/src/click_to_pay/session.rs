//! A cardholder's session at a token requestor.

use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use uuid::Uuid;

use super::callback::{CallbackResult, Outcome};
use crate::world::{
    records::{AccountHolder, KEPT},
    requestor::TokenRequestor,
};

/// The latest sessions, by id.
pub(crate) struct Sessions(Mutex<LruCache<Uuid, Session>>);

impl Default for Sessions {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Sessions {
    /// Must not be held across an `.await`.
    pub(crate) fn lock(&self) -> MutexGuard<'_, LruCache<Uuid, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The phase of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Terms and conditions are shown; the card is tokenized already.
    Terms,
    /// The cardholder has accepted them and has to be authenticated.
    Authentication,
    /// Only the return to the issuer is left.
    Finished,
}

/// Why the cardholder has to be authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// The bank requires it before the token is active. With the result that reports it as done: `AUTHENTICATED` is for
    /// merchants.
    ToActivate(CallbackResult),
    /// The merchant requires it, after the tokenization.
    OfMerchant,
}

/// What a session's end does to a token, identified by its token unique reference.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenChange {
    Activate(String),
    Remove(String),
}

pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) requestor_name: String,
    /// The operating system of the requestor's app in which the session takes place; `None` in a browser.
    pub(crate) system: Option<&'static str>,
    /// The authentication that is not done yet.
    pub(crate) authentication: Option<Authentication>,
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
    /// A session in a browser that has no receipt yet and does not return to the issuer.
    pub(crate) fn new(requestor: &TokenRequestor) -> Self {
        Self {
            id: Uuid::new_v4(),
            requestor_name: requestor.consumer_facing_entity_name.clone(),
            system: None,
            authentication: None,
            callback_url: None,
            results: Vec::new(),
            phase: Phase::Finished,
            problem: None,
            cards: Vec::new(),
            account_holder: AccountHolder::default(),
            locale: None,
        }
    }

    /// The cardholder accepts the terms.
    pub(crate) fn accept(&mut self) {
        self.phase = if self.authentication.is_some() { Phase::Authentication } else { Phase::Finished };
    }

    /// Replaces the result of the receipts with a token, and ends the session; returns the changes of their tokens.
    pub(crate) fn finish_with(&mut self, result: CallbackResult) -> Vec<TokenChange> {
        use CallbackResult::{Approved, Authenticated, RequireAdditionalAuthentication};
        self.phase = Phase::Finished;
        let activates = matches!(result, Approved | Authenticated)
            && matches!(self.authentication, Some(Authentication::ToActivate(_)));
        if result != RequireAdditionalAuthentication {
            self.authentication = None;
        }
        let mut changes = Vec::new();
        for outcome in &mut self.results {
            let Some(reference) = outcome.token_unique_reference.clone() else { continue };
            outcome.result = result;
            if !result.keeps_token() {
                outcome.token_unique_reference = None;
                changes.push(TokenChange::Remove(reference));
            } else if activates {
                changes.push(TokenChange::Activate(reference));
            }
        }
        changes
    }

    /// Whether the cardholder can be authenticated now: also later, after a return to the issuer.
    pub(crate) fn can_authenticate(&self) -> bool {
        self.authentication.is_some() && self.phase != Phase::Terms
    }

    /// The authentication ends with this result; an inactive token waits for another one if it failed.
    pub(crate) fn authenticated(&mut self, succeeded: bool) -> Vec<TokenChange> {
        match (self.authentication, succeeded) {
            (Some(Authentication::ToActivate(result)), true) => self.finish_with(result),
            (Some(Authentication::OfMerchant), true) => self.finish_with(CallbackResult::Authenticated),
            (Some(Authentication::OfMerchant), false) => self.finish_with(CallbackResult::Deleted),
            (Some(Authentication::ToActivate(_)), false) | (None, _) => {
                self.finish_with(CallbackResult::RequireAdditionalAuthentication)
            }
        }
    }

    /// What the page says about the session.
    pub(crate) fn headline(&self) -> Headline {
        use CallbackResult as R;
        match self.phase {
            Phase::Terms => return Headline::Terms,
            Phase::Authentication => return Headline::Authentication,
            Phase::Finished => {}
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
