//! `pushMultipleAccounts` on the wire (steps 10 and 11).

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    mastercard::{
        error::{MastercardError, Unsendable},
        processing::PushFundingAccounts,
        transport::Answer,
        wire,
    },
    secret::{PushAccountReceipt, Signature},
    token_requestor::{PushMethod, TokenRequestorId},
};

/// What step 10 sends.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PushMultipleAccounts {
    /// Unique for each push.
    pub request_id: Uuid,
    /// Who the card goes to.
    pub token_requestor_id: TokenRequestorId,
    /// The encrypted card exactly as Processing returned it in step 9.
    pub push_funding_accounts: PushFundingAccounts,
    /// What Token Connect signs for the token requestor.
    pub signature_data: SignatureData,
    /// How long the receipts live: 5 to 15 minutes.
    #[serde(rename = "pushAccountReceiptsValidityPeriod")]
    pub receipts_validity_minutes: u8,
}

impl PushMultipleAccounts {
    pub(super) fn check(&self) -> Result<(), Unsendable> {
        if !(5..=15).contains(&self.receipts_validity_minutes) {
            return Err(Unsendable::Limits("receipts live 5 to 15 minutes"));
        }
        self.signature_data.check()
    }
}

/// Where and how the cardholder comes back; bound into the JWS. Both `complete…` flags are always sent, for the
/// documents disagree about their defaults.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureData {
    /// An absolute URL, plain, at most 256 characters. It carries the callback state, so it does not print.
    #[serde(rename = "callbackURL")]
    pub callback_url: String,
    /// Whether the requestor may open the issuer's app to activate the token.
    pub complete_issuer_app_activation: bool,
    /// Whether the requestor may open the issuer's website to activate the token.
    pub complete_website_activation: bool,
    /// Whether data about the account holder is in the encrypted card.
    pub account_holder_data_supplied: bool,
    /// `xx_XX`, as `en_GB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl SignatureData {
    pub(in crate::mastercard) fn check(&self) -> Result<(), Unsendable> {
        if self.callback_url.chars().count() > 256 {
            return Err(Unsendable::Limits("a callback URL has at most 256 characters"));
        }
        Ok(())
    }
}

impl fmt::Debug for SignatureData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureData").field("locale", &self.locale).finish_non_exhaustive()
    }
}

/// What step 11 returns: at least one receipt, and every account has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedAccounts {
    /// In the order of the accounts pushed.
    pub receipts: Vec<PushAccountReceipt>,
    /// The JWS for the redirect, from requestors that verify one.
    pub signature: Option<Signature>,
    /// Where the cardholder can be sent.
    pub available_push_methods: Vec<PushMethod>,
    /// Whether the requestor verifies signatures, if Mastercard said so.
    pub token_requestor_signature_support: Option<bool>,
}

/// A push that brought no receipts. The two cases differ in what may be done next.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Certainly nothing was pushed: another attempt is safe.
    #[error("nothing was pushed")]
    Refused(#[source] MastercardError),
    /// The answer was lost or cannot be trusted: the card may have been pushed.
    #[error("whether the card was pushed is unknown")]
    Unknown(#[source] MastercardError),
}

impl From<MastercardError> for PushError {
    fn from(error: MastercardError) -> Self {
        if error.certain() { Self::Refused(error) } else { Self::Unknown(error) }
    }
}

impl From<Unsendable> for PushError {
    fn from(reason: Unsendable) -> Self {
        Self::Refused(reason.into())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    #[serde(default)]
    push_account_receipts: Option<Vec<Element>>,
    #[serde(default)]
    signature: Option<Signature>,
    #[serde(default, deserialize_with = "wire::readable")]
    available_push_methods: Option<Vec<PushMethod>>,
    #[serde(default, deserialize_with = "wire::flag")]
    token_requestor_signature_support: Option<bool>,
}

/// One account: a receipt, or the errors that explain why there is none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Element {
    #[serde(default)]
    push_account_receipt: Option<PushAccountReceipt>,
}

impl Element {
    /// Forms differ between environments, so only what every receipt must be is asked of one.
    fn receipt(self) -> Option<PushAccountReceipt> {
        let receipt = self.push_account_receipt?;
        let fit = (1..=64).contains(&receipt.expose().len())
            && receipt.expose().bytes().all(|b| b.is_ascii_graphic());
        fit.then_some(receipt)
    }
}

pub(super) fn understand(answer: Answer) -> Result<PushedAccounts, PushError> {
    let answered: Option<Answered> = serde_json::from_slice(&answer.body).ok();
    let elements = answered.as_ref().and_then(|it| it.push_account_receipts.as_deref()).unwrap_or_default();
    let issued = elements.iter().any(|element| element.push_account_receipt.is_some());
    // Errors of single accounts stand inside their elements, in a 200 without any at the top.
    let refused = answer.refused();
    let (Some(answered), None, true) = (answered, &refused, issued) else {
        let error = refused.unwrap_or_else(|| answer.unreadable());
        return Err(if issued { PushError::Unknown(error) } else { error.into() });
    };
    let elements = answered.push_account_receipts.unwrap_or_default();
    let receipts: Option<Vec<_>> = elements.into_iter().map(Element::receipt).collect();
    Ok(PushedAccounts {
        receipts: receipts.ok_or_else(|| PushError::Unknown(answer.unreadable()))?,
        signature: answered.signature.filter(|signature| !signature.expose().is_empty()),
        available_push_methods: answered.available_push_methods.unwrap_or_default(),
        token_requestor_signature_support: answered.token_requestor_signature_support,
    })
}
