//! The responses of `getTokensByClient` and `getTokensByCard`. Only fields of the use case are kept. The token number, which
//! Mastercard sends in plaintext, is read only for a change, as [`NumberedToken`].

use std::fmt;

use jiff::Timestamp;

use super::TokenNumber;
use crate::{
    card::CardContractId, error::MastercardError, json::Fields, response::ApiResponse,
    token_requestor::TokenRequestorId,
};

/// A token of one of the cardholder's cards, in any wallet.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientToken {
    /// The card; a token can be relinked to another one.
    pub card_contract_id: CardContractId,
    /// The token requestor that holds the token.
    pub token_requestor_id: Option<TokenRequestorId>,
    /// `MDES for Merchants` for Click to Pay.
    pub wallet_name: Option<String>,
    /// The card is enabled only if the status is active.
    pub status: TokenStatus,
    /// 48 characters; the same as in the callback and, presumably, in the TCN.
    pub token_unique_reference: Option<String>,
    /// When it was created, if Mastercard says so.
    pub created_at: Option<Timestamp>,
}

impl fmt::Debug for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientToken")
            .field("card_contract_id", &self.card_contract_id)
            .field("token_requestor_id", &self.token_requestor_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A token with what only a change needs.
#[derive(Debug)]
pub struct NumberedToken {
    /// The token.
    pub token: ClientToken,
    /// Its number; `None` if it is absent or ill-formed. Drop it after the change.
    pub number: Option<TokenNumber>,
}

/// The status of a token, compared case-insensitively. Mastercard documents only `Active`; the others are those of MDES.
///
/// ```
/// use push_provisioning_client::processing::TokenStatus;
///
/// assert_eq!(TokenStatus::from("Active"), TokenStatus::Active);
/// assert_eq!(TokenStatus::from("D"), TokenStatus::Deactivated);
/// assert_eq!(TokenStatus::from("Frozen"), TokenStatus::Other("Frozen".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// Usable for payments.
    Active,
    /// Temporarily unusable.
    Suspended,
    /// Permanently unusable.
    Deactivated,
    /// Not activated, or no longer active.
    Inactive,
    /// An unknown value; empty if the field is absent.
    Other(String),
}

impl From<&str> for TokenStatus {
    fn from(raw: &str) -> Self {
        match raw.trim().to_ascii_uppercase().as_str() {
            "ACTIVE" | "A" => Self::Active,
            "SUSPENDED" | "S" => Self::Suspended,
            "DEACTIVATED" | "DELETED" | "D" => Self::Deactivated,
            "INACTIVE" | "U" => Self::Inactive,
            _ => Self::Other(raw.into()),
        }
    }
}

/// The list of `getTokensByClient`.
const CLIENT_TOKENS: &str = "clientTokens";
/// The list of `getTokensByCard`. Provisional: its name is not published; [`CLIENT_TOKENS`] is read too.
const CARD_TOKENS: &str = "cardTokens";

pub(super) fn of_client(response: ApiResponse) -> Result<Vec<ClientToken>, MastercardError> {
    parse_response(&response, &[CLIENT_TOKENS], token)
}

pub(super) fn numbered_of_client(response: ApiResponse) -> Result<Vec<NumberedToken>, MastercardError> {
    parse_response(&response, &[CLIENT_TOKENS], numbered)
}

pub(super) fn numbered_of_card(response: ApiResponse) -> Result<Vec<NumberedToken>, MastercardError> {
    parse_response(&response, &[CARD_TOKENS, CLIENT_TOKENS], numbered)
}

/// A client or card without tokens has an empty list, no list, or no content. `names` are those that the list may have.
/// An incomplete list is an invalid response: a token that is missing in it may exist all the same.
fn parse_response<T>(
    response: &ApiResponse,
    names: &[&'static str],
    read: fn(Fields<'_>) -> Option<T>,
) -> Result<Vec<T>, MastercardError> {
    if response.is_empty() {
        return Ok(Vec::new());
    }
    let tokens = response.read(|fields| names.iter().find_map(|name| tokens(fields, name, read)));
    tokens.ok_or_else(|| response.invalid())
}

/// `None` without the list, or if it is incomplete.
fn tokens<T>(fields: Fields<'_>, name: &'static str, read: fn(Fields<'_>) -> Option<T>) -> Option<Vec<T>> {
    let listed = fields.list_or_null(name)?.len();
    // Processing Core's lists are paginated and have a total; whether Digital's are is not published.
    let total: Option<usize> = fields.parsed("total");
    if total.is_some_and(|total| total > listed) {
        tracing::warn!(event = "token_list_incomplete", listed, total, "token list incomplete");
        return None;
    }
    fields.elements(name, |item| fields.nested(item).and_then(read)).or(Some(Vec::new()))
}

/// `None` without a card.
fn token(fields: Fields<'_>) -> Option<ClientToken> {
    Some(ClientToken {
        card_contract_id: fields.parsed("cardContractId")?,
        token_requestor_id: fields.parsed("tokenRequestorId"),
        wallet_name: fields.text("walletName"),
        status: fields.text("tokenStatus").as_deref().unwrap_or_default().into(),
        token_unique_reference: fields.text("tokenUniqueReference"),
        created_at: fields.parsed("tokenCreationDate"),
    })
}

fn numbered(fields: Fields<'_>) -> Option<NumberedToken> {
    Some(NumberedToken { token: token(fields)?, number: fields.parsed("tokenNumber") })
}
