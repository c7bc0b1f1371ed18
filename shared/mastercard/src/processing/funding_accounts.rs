//! Provisional: Mastercard publishes neither the request nor the response of `funding-accounts/searches`.
//!
//! Assumed: the request is that of `pushMultipleAccounts` with the card number replaced by the card contract id
//! (nested), or the properties that the use case names, side by side (flat); the response holds
//! `encryptedPayload` at the top or inside `pushFundingAccounts`. This file is the one place to change.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::account_holder::AccountHolder;
use crate::{
    card::CardContractId,
    error::{InvalidRequest, MastercardError},
    token_connect::SignatureData,
    token_requestor::TokenRequestorId,
    transport::ApiResponse,
};

/// What step 7 asks for.
#[derive(Debug)]
pub struct FundingAccountSearch {
    /// Unique for each search; also its `Idempotency-Key`.
    pub request_id: Uuid,
    /// Names the account within the push: 1 to 36 characters.
    pub push_account_id: String,
    /// The card.
    pub card_contract_id: CardContractId,
    /// Who the card goes to.
    pub token_requestor_id: TokenRequestorId,
    /// The same as in the push that follows.
    pub signature_data: SignatureData,
    /// What the token requestor may learn about the cardholder.
    pub account_holder: Option<AccountHolder>,
}

impl FundingAccountSearch {
    pub(super) fn check(&self) -> Result<(), InvalidRequest> {
        if !(1..=36).contains(&self.push_account_id.chars().count()) {
            return Err(InvalidRequest::Limits("a push account id has 1 to 36 characters"));
        }
        self.signature_data.check()
    }
}

/// How the request is laid out, until Mastercard's own description is at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchShape {
    /// Where the card contract id stands.
    pub layout: Layout,
    /// How the callback URL is called.
    pub callback_field: CallbackField,
}

/// Where the card contract id stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Where `pushMultipleAccounts` has the card number.
    #[default]
    Nested,
    /// At the top.
    Flat,
}

/// How the callback URL is called: the use case and Token Connect differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallbackField {
    /// `callbackURL`, as in Token Connect's description.
    #[default]
    CallbackUpperUrl,
    /// `callbackUrl`, as in the use case.
    CallbackUrl,
}

impl std::str::FromStr for SearchShape {
    type Err = UnknownSearchShape;

    /// `nested` or `flat`; with `:callbackUrl` behind it, the use case's spelling.
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

/// Not a search shape.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a search shape is nested or flat, and may end in :callbackURL or :callbackUrl")]
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

/// Half an hour from now, as Mastercard recommends (at most 30 days).
fn valid_until() -> String {
    let moment = Timestamp::now() + SignedDuration::from_mins(30);
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The encrypted card of step 9. Only MDES can open it: it is passed on byte for byte, never stored, never printed.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct PushFundingAccounts(Box<RawValue>);

#[cfg(test)]
impl PushFundingAccounts {
    pub(crate) fn for_test(json: &str) -> Self {
        Self(RawValue::from_string(json.into()).unwrap())
    }

    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        extract(body)
    }
}

impl fmt::Debug for PushFundingAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushFundingAccounts(<redacted>)")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    #[serde(default)]
    push_funding_accounts: Option<Box<RawValue>>,
    #[serde(default)]
    encrypted_payload: Option<Box<RawValue>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped {
    encrypted_payload: Box<RawValue>,
}

/// What `pushMultipleAccounts` requires of the object. `encryptedData` must be a text: a list there would be card
/// data that nobody encrypted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    encrypted_payload: ExpectedPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpectedPayload {
    encrypted_data: String,
    encrypted_key: String,
    public_key_fingerprint: String,
}

impl Expected {
    fn holds(self) -> bool {
        let ExpectedPayload { encrypted_data, encrypted_key, public_key_fingerprint } =
            self.encrypted_payload;
        let hex = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
        // Shorter than a block of AES, it could hold digits in the clear.
        encrypted_data.len() >= 32
            && [encrypted_data, encrypted_key, public_key_fingerprint].iter().all(|it| hex(it))
    }
}

pub(super) fn parse_response(answer: ApiResponse) -> Result<PushFundingAccounts, MastercardError> {
    extract(&answer.body).ok_or_else(|| answer.unreadable())
}

fn extract(body: &[u8]) -> Option<PushFundingAccounts> {
    let answered: Answered = serde_json::from_slice(body).ok()?;
    let object = match (answered.push_funding_accounts, answered.encrypted_payload) {
        (Some(object), _) => object,
        (None, Some(encrypted_payload)) => {
            serde_json::value::to_raw_value(&Wrapped { encrypted_payload }).ok()?
        }
        (None, None) => return None,
    };
    let expected: Expected = serde_json::from_str(object.get()).ok()?;
    expected.holds().then_some(PushFundingAccounts(object))
}

#[cfg(test)]
mod tests;
