//! Provisional: Mastercard publishes neither the request nor the response of `funding-accounts/searches`.
//!
//! Assumptions: the request is that of `pushMultipleAccounts` with the card contract id in place of the card number
//! (nested), or has the properties of the use case at the top level (flat); the response has
//! `encryptedPayload` at the top level or inside `pushFundingAccounts`. Only this file depends on them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::account_holder::AccountHolder;
use crate::{
    card::CardContractId,
    error::{InvalidRequest, MastercardError},
    json,
    push_funding_accounts::PushFundingAccounts,
    response::ApiResponse,
    signature_data::SignatureData,
    token_requestor::TokenRequestorId,
};

/// The request of step 7. [`Processing::search_funding_accounts`](crate::Processing::search_funding_accounts) shows it.
#[derive(Debug)]
pub struct FundingAccountSearch {
    /// Unique for each search; also sent as `Idempotency-Key`.
    pub request_id: Uuid,
    /// Identifies the account within the push: 1 to 36 characters.
    pub push_account_id: String,
    /// The card to encrypt.
    pub card_contract_id: CardContractId,
    /// The token requestor to push the card to.
    pub token_requestor_id: TokenRequestorId,
    /// The same as in the push that follows.
    pub signature_data: SignatureData,
    /// Data about the cardholder that the token requestor receives.
    pub account_holder: Option<AccountHolder>,
}

impl FundingAccountSearch {
    pub(super) fn check(&self) -> Result<(), InvalidRequest> {
        if !(1..=36).contains(&self.push_account_id.chars().count()) {
            return Err(InvalidRequest::LimitExceeded("a push account id must have 1 to 36 characters"));
        }
        self.signature_data.check()
    }
}

/// The layout of the search request; provisional, because Mastercard does not publish it.
///
/// ```
/// use push_provisioning_client::processing::{CallbackField, Layout, SearchShape};
///
/// let shape: SearchShape = "flat:callbackUrl".parse()?;
/// assert_eq!(shape, SearchShape { layout: Layout::Flat, callback_field: CallbackField::CallbackUrl });
/// # Ok::<(), push_provisioning_client::processing::UnknownSearchShape>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchShape {
    /// The position of the card contract id.
    pub layout: Layout,
    /// The name of the callback URL's field.
    pub callback_field: CallbackField,
}

/// The position of the card contract id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Where `pushMultipleAccounts` has the card number.
    #[default]
    Nested,
    /// At the top level.
    Flat,
}

/// The name of the callback URL's field: the use case and Token Connect's API reference differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallbackField {
    /// `callbackURL`, as in Token Connect's API reference.
    #[default]
    CallbackUpperUrl,
    /// `callbackUrl`, as in the use case.
    CallbackUrl,
}

impl std::str::FromStr for SearchShape {
    type Err = UnknownSearchShape;

    /// `nested` or `flat`, optionally followed by `:callbackURL` (the default) or `:callbackUrl`.
    fn from_str(raw: &str) -> Result<Self, UnknownSearchShape> {
        let (layout, field) = raw.split_once(':').unwrap_or((raw, "callbackURL"));
        let layout = match layout {
            "nested" => Layout::Nested,
            "flat" => Layout::Flat,
            _ => return Err(UnknownSearchShape),
        };
        let callback_field = match field {
            "callbackURL" => CallbackField::CallbackUpperUrl,
            "callbackUrl" => CallbackField::CallbackUrl,
            _ => return Err(UnknownSearchShape),
        };
        Ok(Self { layout, callback_field })
    }
}

/// The text is not a search shape.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a search shape must be nested or flat, and may end in :callbackURL or :callbackUrl")]
pub struct UnknownSearchShape;

pub(super) fn body(search: &FundingAccountSearch, shape: SearchShape) -> Result<Vec<u8>, InvalidRequest> {
    let mut signature_data =
        serde_json::to_value(&search.signature_data).map_err(|_| InvalidRequest::Malformed)?;
    if let (CallbackField::CallbackUrl, Value::Object(fields)) = (shape.callback_field, &mut signature_data) {
        let callback_url = fields.remove("callbackURL").unwrap_or_default();
        fields.insert("callbackUrl".into(), callback_url);
    }
    let card_contract_id = search.card_contract_id.number();
    let mut body = json!({
        "requestId": search.request_id,
        "tokenRequestorId": search.token_requestor_id,
        "signatureData": signature_data,
    });
    match shape.layout {
        Layout::Nested => {
            let mut funding_account_data = json!({
                "dataValidUntilTimestamp": valid_until(),
                "cardAccountData": { "cardContractId": card_contract_id },
            });
            if let Some(holder) = &search.account_holder {
                funding_account_data["accountHolderData"] = json!(holder);
            }
            let account = json!({
                "pushAccountId": search.push_account_id,
                "fundingAccountData": funding_account_data,
            });
            body["pushFundingAccounts"] = json!({ "encryptedPayload": { "encryptedData": [account] } });
        }
        Layout::Flat => {
            body["pushAccountId"] = json!(search.push_account_id);
            body["cardContractId"] = json!(card_contract_id);
            if let Some(holder) = &search.account_holder {
                body["accountHolderData"] = json!(holder);
            }
        }
    }
    serde_json::to_vec(&body).map_err(|_| InvalidRequest::Malformed)
}

/// 30 minutes from now, as Mastercard recommends (at most 30 days).
fn valid_until() -> String {
    let timestamp = Timestamp::now() + SignedDuration::from_mins(30);
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wrapper {
    encrypted_payload: Box<RawValue>,
}

pub(super) fn parse_response(response: ApiResponse) -> Result<PushFundingAccounts, MastercardError> {
    let card = parse_body(&response.body).ok_or_else(|| response.invalid())?;
    if !card.has_oaep_hashing_algorithm() {
        tracing::warn!(
            event = "oaep_hashing_algorithm_missing",
            "encrypted card has no oaepHashingAlgorithm; token connect rejects such cards from april 2027"
        );
    }
    Ok(card)
}

/// The encrypted card is passed on as it is: only what surrounds it is repaired.
pub(crate) fn parse_body(body: &[u8]) -> Option<PushFundingAccounts> {
    // A map: of a repeated field the last value counts.
    let mut fields: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(&json::with_valid_strings(body)).ok()?;
    let mut field = |name| fields.remove(name).filter(|value| value.get() != "null");
    let object = match (field("pushFundingAccounts"), field("encryptedPayload")) {
        (Some(object), _) => object,
        (None, Some(encrypted_payload)) => {
            serde_json::value::to_raw_value(&Wrapper { encrypted_payload }).ok()?
        }
        (None, None) => return None,
    };
    PushFundingAccounts::from_json(object)
}

#[cfg(test)]
mod tests;
