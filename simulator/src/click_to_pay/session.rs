//! One cardholder's visit to a token requestor.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::callback::{CallbackResult, Outcome};
use crate::{
    crypto::jws,
    mastercard::Mastercard,
    mdes::{self, Tokenization},
    world::requestor::{CLICK_TO_PAY, TokenRequestor},
};

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Terms and conditions are shown; the card is tokenized already.
    Terms,
    /// Only the way back is left.
    Over,
}

pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) requestor_name: String,
    pub(crate) callback_url: Option<String>,
    pub(crate) results: Vec<Outcome>,
    pub(crate) phase: Phase,
    /// What the page says of a receipt that could not be used.
    pub(crate) problem: Option<&'static str>,
    /// Masked numbers of the cards that came.
    pub(crate) cards: Vec<String>,
}

/// The redirect is not one that the requestor accepts: HTTP 400.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("There is no such token requestor.")]
    Requestor,
    #[error("The only parameter must be pushAccountData.")]
    Parameters,
    #[error("The signature does not verify.")]
    Signature,
}

impl Session {
    /// Verifies the redirect and tokenizes every receipt in it that is good.
    pub(crate) fn open(mastercard: &Mastercard, requestor_id: &str, query: &str) -> Result<Self, Refused> {
        let name = |r: &TokenRequestor| r.consumer_facing_entity_name.clone();
        let requestor_name =
            mastercard.records().requestor(requestor_id).map(name).ok_or(Refused::Requestor)?;
        let signature = only_parameter(query, requestor_id).ok_or(Refused::Parameters)?;
        let keys = mastercard.portal.keys();
        let payload =
            jws::verify(&signature, keys.receipt_signing.as_public_key(), &keys.receipt_signing_kid)
                .map_err(|_| Refused::Signature)?;

        let receipts = payload["pushAccountReceipts"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut session = Self {
            id: Uuid::new_v4(),
            requestor_name,
            callback_url: payload["callbackURL"].as_str().map(str::to_owned),
            results: Vec::new(),
            phase: Phase::Over,
            problem: None,
            cards: Vec::new(),
        };
        for receipt in receipts.iter().filter_map(Value::as_str) {
            session.redeem(mastercard, requestor_id, receipt);
        }
        Ok(session)
    }

    fn redeem(&mut self, mastercard: &Mastercard, requestor_id: &str, receipt: &str) {
        let number = {
            let records = mastercard.records();
            match records.receipts.get(receipt) {
                None => Err("This invitation is unknown."),
                Some(known) if known.token_requestor_id != requestor_id => {
                    Err("This invitation is meant for somebody else.")
                }
                Some(known) if known.used => Err("This invitation was used before."),
                Some(known) if known.expires <= Timestamp::now() => Err("This invitation has expired."),
                Some(known) => Ok(known.number.clone()),
            }
        };
        let (result, token_unique_reference) = match number {
            Err(problem) => {
                self.problem = Some(problem);
                (CallbackResult::Error, None)
            }
            Ok(number) => {
                self.cards.push(number.masked());
                match mdes::tokenize(mastercard, &number, requestor_id) {
                    Tokenization::Approved(reference) => {
                        // A receipt is good for one success.
                        if let Some(known) = mastercard.records().receipts.get_mut(receipt) {
                            known.used = true;
                        }
                        self.phase = Phase::Terms;
                        (CallbackResult::Approved, Some(reference))
                    }
                    Tokenization::Declined => (CallbackResult::Declined, None),
                    Tokenization::Duplicate => (CallbackResult::DuplicateRequest, None),
                }
            }
        };
        self.results.push(Outcome { receipt: receipt.to_owned(), result, token_unique_reference });
    }

    /// Gives the approved receipts another result; answers the references of tokens that go with it.
    pub(crate) fn end_with(&mut self, result: CallbackResult) -> Vec<String> {
        self.phase = Phase::Over;
        let mut discarded = Vec::new();
        for outcome in self.results.iter_mut().filter(|outcome| outcome.result == CallbackResult::Approved) {
            outcome.result = result;
            if !result.keeps_token() {
                discarded.extend(outcome.token_unique_reference.take());
            }
        }
        discarded
    }

    /// The page's headline, in the cardholder's words.
    pub(crate) fn headline(&self) -> &'static str {
        use CallbackResult as R;
        if self.phase == Phase::Terms {
            return "Add your card";
        }
        let has = |wanted: R| self.results.iter().any(|outcome| outcome.result == wanted);
        if has(R::Approved) || has(R::Authenticated) {
            "Your card is enabled"
        } else if has(R::RequireAdditionalAuthentication) {
            "Your bank wants to be sure that it is you"
        } else if has(R::DuplicateRequest) {
            "Your card was enabled already"
        } else if has(R::Cancelled) || has(R::Deleted) {
            "Your card was not added"
        } else if has(R::Declined) {
            "Your card cannot be added"
        } else {
            "Something went wrong"
        }
    }
}

/// The value of `pushAccountData`, if it is there once and nothing else is. The `app` of some push URIs is the other
/// requestors' own.
fn only_parameter(query: &str, requestor_id: &str) -> Option<String> {
    let own = |name: &str| name == "app" && requestor_id != CLICK_TO_PAY;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !own(name));
    match (pairs.next(), pairs.next()) {
        (Some((name, value)), None) if name == "pushAccountData" => Some(value.into_owned()),
        _ => None,
    }
}
