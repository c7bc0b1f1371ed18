//! The redirect to a token requestor (steps 13 and 22): verification and tokenization of its receipts.

use jiff::Timestamp;
use serde_json::Value;

use super::callback::{CallbackResult, Outcome};
use super::session::{Authentication, Phase, Session};
use crate::{
    crypto::jws,
    mastercard::Mastercard,
    mdes::{self, Tokenization},
    world::requestor::{PushMethod, TokenRequestor},
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
    #[error("The digitization data cannot be read.")]
    DigitizationData,
}

/// Verifies the redirect and tokenizes the card of every valid receipt in it.
pub(super) fn redeem(
    mastercard: &Mastercard,
    requestor_id: &str,
    query: &str,
) -> Result<Session, InvalidRedirect> {
    let requestor =
        mastercard.records().requestor(requestor_id).cloned().ok_or(InvalidRedirect::Requestor)?;
    let (signature, method) = parameters(query, &requestor).ok_or(InvalidRedirect::Parameters)?;
    let keys = mastercard.portal.keys();
    let payload = jws::verify(&signature, &keys.receipt_verification, &keys.receipt_signing_kid)
        .map_err(|_| InvalidRedirect::Signature)?;

    let receipts = payload["pushAccountReceipts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut session = Session {
        system: method.system(),
        callback_url: payload["callbackURL"].as_str().map(str::to_owned),
        locale: payload["locale"].as_str().map(str::to_owned),
        ..Session::new(&requestor)
    };
    for receipt in receipts.iter().filter_map(Value::as_str) {
        redeem_receipt(&mut session, mastercard, &requestor, receipt);
    }
    Ok(session)
}

/// Tokenizes the card of a receipt, if it is valid, and adds its result.
pub(super) fn redeem_receipt(
    session: &mut Session,
    mastercard: &Mastercard,
    requestor: &TokenRequestor,
    receipt: &str,
) {
    let requestor_id = &requestor.token_requestor_id;
    let number = {
        let records = mastercard.records();
        match records.receipts.peek(receipt) {
            None => Err("This invitation is unknown."),
            Some(stored) if stored.token_requestor_id != *requestor_id => {
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
            let tokenization = mdes::tokenize(mastercard, &number, requestor_id);
            if let Tokenization::Approved(_) | Tokenization::NeedsAuthentication(_) = tokenization {
                // A receipt can be used for one success.
                if let Some(stored) = mastercard.records().receipts.get_mut(receipt) {
                    stored.used = true;
                }
                session.phase = Phase::Terms;
            }
            match tokenization {
                Tokenization::Approved(reference) => {
                    if requestor.supports_card_holder_authentication {
                        session.authentication = Some(Authentication::OfMerchant);
                    }
                    (CallbackResult::Approved, Some(reference))
                }
                Tokenization::NeedsAuthentication(reference) => {
                    let done = match requestor.token_requestor_type.as_str() {
                        "WALLET" => CallbackResult::Approved,
                        _ => CallbackResult::Authenticated,
                    };
                    session.authentication = Some(Authentication::ToActivate(done));
                    (CallbackResult::RequireAdditionalAuthentication, Some(reference))
                }
                Tokenization::Declined => (CallbackResult::Declined, None),
                Tokenization::Duplicate => (CallbackResult::DuplicateRequest, None),
            }
        }
    };
    session.results.push(Outcome { receipt: receipt.to_owned(), result, token_unique_reference });
}

/// The value of `pushAccountData`, and the push method whose URI was opened. There may be no other parameter than the one that
/// belongs to that URI, and none twice.
fn parameters(query: &str, requestor: &TokenRequestor) -> Option<(String, PushMethod)> {
    let (mut signature, mut app) = (None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let known = match &*name {
            "pushAccountData" => &mut signature,
            "app" => &mut app,
            _ => return None,
        };
        if known.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    let method = requestor.push_methods.iter().find(|method| method.app() == app.as_deref())?;
    Some((signature?, *method))
}
