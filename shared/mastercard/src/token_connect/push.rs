//! `pushMultipleAccounts` on the wire (steps 10 and 11).

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::{InvalidRequest, MastercardError, ReasonCode},
    processing::PushFundingAccounts,
    secret::{PushAccountReceipt, Signature},
    token_requestor::{PushMethod, TokenRequestorId},
    transport::ApiResponse,
    wire,
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
    pub(super) fn check(&self) -> Result<(), InvalidRequest> {
        if !(5..=15).contains(&self.receipts_validity_minutes) {
            return Err(InvalidRequest::Limits("receipts live 5 to 15 minutes"));
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
    pub(crate) fn check(&self) -> Result<(), InvalidRequest> {
        if self.callback_url.chars().count() > 256 {
            return Err(InvalidRequest::Limits("a callback URL has at most 256 characters"));
        }
        Ok(())
    }
}

impl fmt::Debug for SignatureData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureData").field("locale", &self.locale).finish_non_exhaustive()
    }
}

/// What step 11 returns: at least one receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedAccounts {
    /// In the order of the accounts pushed.
    pub receipts: Vec<PushAccountReceipt>,
    /// The accounts that were refused while others were pushed; empty where one account is pushed.
    pub failures: Vec<AccountFailure>,
    /// The JWS for the redirect, from requestors that verify one.
    pub signature: Option<Signature>,
    /// Where the cardholder can be sent.
    pub available_push_methods: Vec<PushMethod>,
    /// Whether the requestor verifies signatures, if Mastercard said so.
    pub token_requestor_signature_support: Option<bool>,
}

/// An account that was refused, in an answer that brings receipts for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFailure {
    /// Which account, as the push named it.
    pub push_account_id: Option<String>,
    /// Why; may be empty.
    pub reason_codes: Vec<ReasonCode>,
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
        if error.not_processed() { Self::Refused(error) } else { Self::Unknown(error) }
    }
}

impl From<InvalidRequest> for PushError {
    fn from(reason: InvalidRequest) -> Self {
        Self::Refused(reason.into())
    }
}

impl AsRef<MastercardError> for PushError {
    fn as_ref(&self) -> &MastercardError {
        match self {
            Self::Refused(error) | Self::Unknown(error) => error,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    #[serde(default, deserialize_with = "wire::each")]
    push_account_receipts: Vec<Element>,
    #[serde(default, deserialize_with = "wire::text")]
    signature: Option<String>,
    #[serde(default, deserialize_with = "wire::readable")]
    available_push_methods: Option<Vec<PushMethod>>,
    #[serde(default, deserialize_with = "wire::flag")]
    token_requestor_signature_support: Option<bool>,
    #[serde(default, deserialize_with = "wire::readable")]
    errors: Option<Vec<Cause>>,
}

/// One account: a receipt, or the errors that explain why there is none.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Element {
    #[serde(default, deserialize_with = "wire::text")]
    push_account_id: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    push_account_receipt: Option<String>,
    #[serde(default, deserialize_with = "wire::readable")]
    errors: Option<Vec<Cause>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cause {
    #[serde(default, deserialize_with = "wire::text")]
    reason_code: Option<String>,
}

impl Element {
    /// A receipt or a failure; `None` for what is neither or both. Receipts take many forms, so only what every one
    /// must be is asked.
    fn outcome(self) -> Option<Result<PushAccountReceipt, AccountFailure>> {
        let Self { push_account_id, push_account_receipt, errors } = self;
        let errors = errors.unwrap_or_default();
        let reason_codes: Vec<_> =
            errors.iter().filter_map(|cause| cause.reason_code.as_deref()).map(ReasonCode::new).collect();
        match (push_account_receipt, errors.is_empty()) {
            (Some(receipt), true) => {
                let fit = receipt.len() <= 64 && receipt.bytes().all(|b| b.is_ascii_graphic());
                fit.then(|| Ok(PushAccountReceipt::new(receipt)))
            }
            (None, false) => Some(Err(AccountFailure { push_account_id, reason_codes })),
            _ => None,
        }
    }
}

pub(crate) fn parse_response(answer: ApiResponse) -> Result<PushedAccounts, PushError> {
    let answered: Answered = serde_json::from_slice(&answer.body).unwrap_or_default();
    let refused = answer.refused();
    let issued = answered.push_account_receipts.iter().any(|element| element.push_account_receipt.is_some());
    if !issued {
        // Nobody was pushed, and an error of any account explains it.
        return Err(refused.unwrap_or_else(|| answer.unreadable()).into());
    }
    let doubtful = || PushError::Unknown(answer.refused().unwrap_or_else(|| answer.unreadable()));
    // The errors of single accounts stand inside their elements, in a 200 without any at the top.
    if !answer.status.is_success() || answered.errors.is_some_and(|errors| !errors.is_empty()) {
        return Err(doubtful());
    }
    let outcomes: Option<Vec<_>> = answered.push_account_receipts.into_iter().map(Element::outcome).collect();
    let (mut receipts, mut failures) = (Vec::new(), Vec::new());
    for outcome in outcomes.ok_or_else(doubtful)? {
        match outcome {
            Ok(receipt) => receipts.push(receipt),
            Err(failure) => failures.push(failure),
        }
    }
    Ok(PushedAccounts {
        receipts,
        failures,
        signature: answered.signature.map(Signature::new),
        available_push_methods: answered.available_push_methods.unwrap_or_default(),
        token_requestor_signature_support: answered.token_requestor_signature_support,
    })
}
