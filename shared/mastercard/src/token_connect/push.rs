//! Request and response of `pushMultipleAccounts` (steps 10 and 11).

use serde::Serialize;
use uuid::Uuid;

use super::requestors::push_methods;
use crate::{
    error::{InvalidRequest, MastercardError, ReasonCode},
    json::Fields,
    push_funding_accounts::PushFundingAccounts,
    response::ApiResponse,
    secret::{IssuerInitiatedDigitizationData, PushAccountReceipt, Signature},
    signature_data::SignatureData,
    token_requestor::{PushMethod, TokenRequestorId},
};

/// The request of step 10. [`TokenConnect::push_multiple_accounts`](crate::TokenConnect::push_multiple_accounts) shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PushMultipleAccounts {
    /// Unique for each push.
    pub request_id: Uuid,
    /// The token requestor to push the card to.
    pub token_requestor_id: TokenRequestorId,
    /// The encrypted card exactly as Processing returned it in step 9.
    pub push_funding_accounts: PushFundingAccounts,
    /// The same as in the search of step 7.
    pub signature_data: SignatureData,
    /// Validity of the receipts: 5 to 15 minutes.
    #[serde(rename = "pushAccountReceiptsValidityPeriod")]
    pub receipts_validity_minutes: u16,
    /// Whether to request [`PushedAccounts::digitization_data`]; only for requestors that support it.
    #[serde(rename = "requestIssuerInitiatedDigitizationData", skip_serializing_if = "std::ops::Not::not")]
    pub requests_digitization_data: bool,
}

impl PushMultipleAccounts {
    /// A valid request with this encrypted card, as JSON.
    #[cfg(test)]
    pub(crate) fn for_test(push_funding_accounts: &str) -> Self {
        Self {
            request_id: Uuid::nil(),
            token_requestor_id: "50123197928".parse().unwrap(),
            push_funding_accounts: PushFundingAccounts::for_test(push_funding_accounts),
            signature_data: SignatureData {
                callback_url: "https://bank.example/callback/s".into(),
                complete_issuer_app_activation: true,
                complete_website_activation: false,
                account_holder_data_supplied: false,
                locale: None,
            },
            receipts_validity_minutes: 15,
            requests_digitization_data: false,
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidRequest> {
        if !(5..=15).contains(&self.receipts_validity_minutes) {
            return Err(InvalidRequest::LimitExceeded("receipts are valid for 5 to 15 minutes"));
        }
        self.signature_data.check()
    }
}

/// The response of step 11; it has at least one receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedAccounts {
    /// In the order of the accounts pushed.
    pub receipts: Vec<PushAccountReceipt>,
    /// The data for the requestor's app of each account with a receipt, in their order; empty unless it was requested.
    pub digitization_data: Vec<IssuerInitiatedDigitizationData>,
    /// The accounts that were rejected while others were pushed; empty if one account is pushed.
    pub failures: Vec<AccountFailure>,
    /// The JWS for the redirect, for requestors that verify signatures.
    pub signature: Option<Signature>,
    /// The URIs to which the cardholder can be redirected.
    pub available_push_methods: Vec<PushMethod>,
    /// Whether the requestor verifies signatures; `None` if the response does not say.
    pub token_requestor_signature_support: Option<bool>,
}

/// An account that was rejected, in a response with receipts for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFailure {
    /// The id of the account in the request.
    pub push_account_id: Option<String>,
    /// The reason codes; may be empty.
    pub reason_codes: Vec<ReasonCode>,
}

/// A push without receipts.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Certainly nothing was pushed: a new push is safe.
    #[error("nothing was pushed")]
    Rejected(#[source] MastercardError),
    /// The response was lost or is contradictory: the card may have been pushed.
    #[error("the outcome of the push is unknown")]
    Unknown(#[source] MastercardError),
}

impl From<MastercardError> for PushError {
    fn from(error: MastercardError) -> Self {
        if error.not_processed() { Self::Rejected(error) } else { Self::Unknown(error) }
    }
}

impl From<InvalidRequest> for PushError {
    fn from(reason: InvalidRequest) -> Self {
        Self::Rejected(reason.into())
    }
}

impl AsRef<MastercardError> for PushError {
    fn as_ref(&self) -> &MastercardError {
        match self {
            Self::Rejected(error) | Self::Unknown(error) => error,
        }
    }
}

#[derive(Default)]
struct PushResponse {
    accounts: Vec<AccountItem>,
    signature: Option<String>,
    available_push_methods: Vec<PushMethod>,
    token_requestor_signature_support: Option<bool>,
    /// Of the request as a whole.
    errors: Vec<ErrorItem>,
}

/// One account: a receipt or errors.
#[derive(Default)]
struct AccountItem {
    push_account_id: Option<String>,
    push_account_receipt: Option<String>,
    digitization_data: Option<String>,
    errors: Vec<ErrorItem>,
}

type PushedAccount = (PushAccountReceipt, Option<IssuerInitiatedDigitizationData>);

struct ErrorItem {
    reason_code: Option<ReasonCode>,
}

impl PushResponse {
    fn read(fields: Fields<'_>) -> Self {
        let account = |account| Some(fields.nested(account).map(AccountItem::read).unwrap_or_default());
        Self {
            accounts: fields.elements("pushAccountReceipts", account).unwrap_or_default(),
            signature: fields.text("signature"),
            available_push_methods: push_methods(fields),
            token_requestor_signature_support: fields.flag("tokenRequestorSignatureSupport"),
            errors: errors(fields),
        }
    }
}

fn errors(fields: Fields<'_>) -> Vec<ErrorItem> {
    let error = |error| {
        let reason_code = fields.nested(error)?.text("reasonCode");
        Some(ErrorItem { reason_code: reason_code.as_deref().map(ReasonCode::new) })
    };
    fields.elements("errors", error).unwrap_or_default()
}

impl AccountItem {
    fn read(fields: Fields<'_>) -> Self {
        Self {
            push_account_id: fields.text("pushAccountId"),
            push_account_receipt: fields.text("pushAccountReceipt"),
            digitization_data: fields.text("issuerInitiatedDigitizationData"),
            errors: errors(fields),
        }
    }

    /// A receipt or a failure; `None` if the element has neither or both. The format of receipts varies, so only
    /// length and characters are checked.
    fn outcome(self) -> Option<Result<PushedAccount, AccountFailure>> {
        let Self { push_account_id, push_account_receipt, digitization_data, errors } = self;
        match (push_account_receipt, errors.is_empty()) {
            (Some(receipt), true) => {
                let valid = receipt.len() <= 64 && receipt.bytes().all(|b| b.is_ascii_graphic());
                let digitization_data = digitization_data.map(IssuerInitiatedDigitizationData::new);
                valid.then(|| Ok((PushAccountReceipt::new(receipt), digitization_data)))
            }
            (None, false) => {
                let reason_codes = errors.into_iter().filter_map(|error| error.reason_code).collect();
                Some(Err(AccountFailure { push_account_id, reason_codes }))
            }
            _ => None,
        }
    }
}

pub(crate) fn parse_response(response: ApiResponse) -> Result<PushedAccounts, PushError> {
    let parsed = response.read(|fields| Some(PushResponse::read(fields))).unwrap_or_default();
    let error = response.error();
    let has_receipt = parsed.accounts.iter().any(|item| item.push_account_receipt.is_some());
    if !has_receipt {
        // Nothing was pushed; the error is that of the response or of an account.
        return Err(error.unwrap_or_else(|| response.invalid()).into());
    }
    let unknown = || PushError::Unknown(response.error().unwrap_or_else(|| response.invalid()));
    // Errors of single accounts are inside their elements, in a 200 without errors at the top level.
    if !response.status.is_success() || !parsed.errors.is_empty() {
        return Err(unknown());
    }
    let outcomes: Option<Vec<_>> = parsed.accounts.into_iter().map(AccountItem::outcome).collect();
    let (mut receipts, mut digitization_data, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for outcome in outcomes.ok_or_else(unknown)? {
        match outcome {
            Ok((receipt, data)) => {
                receipts.push(receipt);
                digitization_data.extend(data);
            }
            Err(failure) => failures.push(failure),
        }
    }
    Ok(PushedAccounts {
        receipts,
        digitization_data,
        failures,
        signature: parsed.signature.map(Signature::new),
        available_push_methods: parsed.available_push_methods,
        token_requestor_signature_support: parsed.token_requestor_signature_support,
    })
}
