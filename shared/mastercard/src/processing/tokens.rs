//! The response of `getTokensByClient`. Only fields of the use case are kept; the token number, which Mastercard sends
//! in plaintext, is not deserialized.

use std::fmt;

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

/// The status of a token, compared case-insensitively. Mastercard documents only `Active`; the others are those of MDES.
///
/// ```
/// use push_provisioning_client::processing::TokenStatus;
///
/// assert_eq!(TokenStatus::from("Active"), TokenStatus::Active);
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
        match raw.to_ascii_uppercase().as_str() {
            "ACTIVE" => Self::Active,
            "SUSPENDED" => Self::Suspended,
            "DEACTIVATED" => Self::Deactivated,
            "INACTIVE" => Self::Inactive,
            _ => Self::Other(raw.into()),
        }
    }
}

/// A client without tokens has an empty list, no list, or no content.
pub(super) fn parse_response(response: ApiResponse) -> Result<Vec<ClientToken>, MastercardError> {
    if response.is_empty() {
        return Ok(Vec::new());
    }
    response.read(tokens).ok_or_else(|| response.invalid())
}

fn tokens(fields: Fields<'_>) -> Option<Vec<ClientToken>> {
    let listed = fields.list_or_null("clientTokens")?.len();
    // Processing Core's lists are paginated and have a total; whether Digital's are is not published.
    let total: Option<usize> = fields.parsed("total");
    if total.is_some_and(|total| total > listed) {
        tracing::warn!(event = "token_list_incomplete", listed, total, "token list incomplete");
    }
    fields.elements("clientTokens", |item| fields.nested(item).and_then(token)).or(Some(Vec::new()))
}

/// `None` without a card.
fn token(fields: Fields<'_>) -> Option<ClientToken> {
    Some(ClientToken {
        card_contract_id: fields.parsed("cardContractId")?,
        token_requestor_id: fields.parsed("tokenRequestorId"),
        wallet_name: fields.text("walletName"),
        status: fields.text("tokenStatus").as_deref().unwrap_or_default().into(),
        token_unique_reference: fields.text("tokenUniqueReference"),
    })
}
