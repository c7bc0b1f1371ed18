//! The response of `getTokensByClient`. Only fields of the use case are kept; the token number, which Mastercard sends
//! in plaintext, is not deserialized.

use std::fmt;

use serde::Deserialize;

use crate::{
    card::CardContractId, error::MastercardError, lenient, response::ApiResponse,
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokensResponse {
    #[serde(default, deserialize_with = "lenient::valid_elements")]
    client_tokens: Option<Vec<TokenItem>>,
    /// Processing Core's lists are paginated and have a total; whether Digital's are is not published.
    #[serde(default, deserialize_with = "lenient::from_str")]
    total: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenItem {
    #[serde(default, deserialize_with = "lenient::from_str")]
    card_contract_id: Option<CardContractId>,
    #[serde(default, deserialize_with = "lenient::from_str")]
    token_requestor_id: Option<TokenRequestorId>,
    #[serde(default, deserialize_with = "lenient::string")]
    wallet_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::string")]
    token_status: Option<String>,
    #[serde(default, deserialize_with = "lenient::string")]
    token_unique_reference: Option<String>,
}

pub(super) fn parse_response(response: ApiResponse) -> Result<Vec<ClientToken>, MastercardError> {
    let parsed: Option<TokensResponse> = serde_json::from_slice(&response.body).ok();
    let Some((tokens, total)) = parsed.and_then(|it| Some((it.client_tokens?, it.total))) else {
        return Err(response.invalid());
    };
    if total.is_some_and(|total| total > tokens.len()) {
        tracing::warn!(
            event = "token_list_incomplete",
            listed = tokens.len(),
            total,
            "token list incomplete"
        );
    }
    Ok(tokens.into_iter().filter_map(TokenItem::into_token).collect())
}

impl TokenItem {
    fn into_token(self) -> Option<ClientToken> {
        Some(ClientToken {
            card_contract_id: self.card_contract_id?,
            token_requestor_id: self.token_requestor_id,
            wallet_name: self.wallet_name,
            status: self.token_status.as_deref().unwrap_or_default().into(),
            token_unique_reference: self.token_unique_reference,
        })
    }
}
