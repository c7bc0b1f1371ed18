//! The redirect to a token requestor (steps 13 and 22): verification and tokenization of its receipts.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::callback::{CallbackResult, Outcome};
use super::session::{Phase, Session};
use crate::{
    crypto::jws,
    mastercard::Mastercard,
    mdes::{self, Tokenization},
    world::{
        records::AccountHolder,
        requestor::{CLICK_TO_PAY, TokenRequestor},
    },
};

/// Why the token requestor rejects a redirect with HTTP 400.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidRedirect {
    #[error("There is no such token requestor.")]
    Requestor,
    #[error("The only parameter must be pushAccountData.")]
    Parameters,
    #[error("The signature does not verify.")]
    Signature,
}

/// Verifies the redirect and tokenizes the card of every valid receipt in it.
pub(super) fn redeem(
    mastercard: &Mastercard,
    requestor_id: &str,
    query: &str,
) -> Result<Session, InvalidRedirect> {
    let name = |r: &TokenRequestor| r.consumer_facing_entity_name.clone();
    let requestor_name =
        mastercard.records().requestor(requestor_id).map(name).ok_or(InvalidRedirect::Requestor)?;
    let signature = only_parameter(query, requestor_id).ok_or(InvalidRedirect::Parameters)?;
    let keys = mastercard.portal.keys();
    let payload = jws::verify(&signature, keys.receipt_signing.as_public_key(), &keys.receipt_signing_kid)
        .map_err(|_| InvalidRedirect::Signature)?;

    let receipts = payload["pushAccountReceipts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut session = Session {
        id: Uuid::new_v4(),
        requestor_name,
        callback_url: payload["callbackURL"].as_str().map(str::to_owned),
        results: Vec::new(),
        phase: Phase::Finished,
        problem: None,
        cards: Vec::new(),
        account_holder: AccountHolder::default(),
        locale: payload["locale"].as_str().map(str::to_owned),
    };
    for receipt in receipts.iter().filter_map(Value::as_str) {
        redeem_receipt(&mut session, mastercard, requestor_id, receipt);
    }
    Ok(session)
}

fn redeem_receipt(session: &mut Session, mastercard: &Mastercard, requestor_id: &str, receipt: &str) {
    let number = {
        let records = mastercard.records();
        match records.receipts.get(receipt) {
            None => Err("This invitation is unknown."),
            Some(stored) if stored.token_requestor_id != requestor_id => {
                Err("This invitation is for another token requestor.")
            }
            Some(stored) if stored.used => Err("This invitation was used before."),
            Some(stored) if stored.expires <= Timestamp::now() => Err("This invitation has expired."),
            Some(stored) => Ok((stored.number.clone(), stored.account_holder.clone())),
        }
    };
    let (result, token_unique_reference) = match number {
        Err(problem) => {
            session.problem = Some(problem);
            (CallbackResult::Error, None)
        }
        Ok((number, account_holder)) => {
            session.cards.push(number.masked());
            session.account_holder = account_holder;
            match mdes::tokenize(mastercard, &number, requestor_id) {
                Tokenization::Approved(reference) => {
                    // A receipt can be used for one success.
                    if let Some(stored) = mastercard.records().receipts.get_mut(receipt) {
                        stored.used = true;
                    }
                    session.phase = Phase::Terms;
                    (CallbackResult::Approved, Some(reference))
                }
                Tokenization::Declined => (CallbackResult::Declined, None),
                Tokenization::Duplicate => (CallbackResult::DuplicateRequest, None),
            }
        }
    };
    session.results.push(Outcome { receipt: receipt.to_owned(), result, token_unique_reference });
}

/// The value of `pushAccountData`, if it is the only parameter and occurs once. The parameter `app` belongs to the push
/// URIs of requestors other than Click to Pay.
fn only_parameter(query: &str, requestor_id: &str) -> Option<String> {
    let is_app = |name: &str| name == "app" && requestor_id != CLICK_TO_PAY;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !is_app(name));
    match (pairs.next(), pairs.next()) {
        (Some((name, value)), None) if name == "pushAccountData" => Some(value.into_owned()),
        _ => None,
    }
}
