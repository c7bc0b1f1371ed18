//! `getTokensByClient` on the wire. Of each token only what the use case needs is kept; the token number, which
//! Mastercard sends in the clear, is dropped while reading.

use std::fmt;

use serde::Deserialize;

use crate::{
    card::CardContractId, error::MastercardError, log_event, token_requestor::TokenRequestorId,
    transport::ApiResponse, wire,
};

/// A token of one of the cardholder's cards, of any wallet.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientToken {
    /// The card; relinking can change it.
    pub card_contract_id: CardContractId,
    /// Who holds the token.
    pub token_requestor_id: Option<TokenRequestorId>,
    /// `MDES for Merchants` for Click to Pay.
    pub wallet_name: Option<String>,
    /// Only an active token means that the card is enabled.
    pub status: TokenStatus,
    /// 48 characters; equals the one of the callback and, presumably, of the TCN.
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

/// Mastercard shows only `Active`; the other words are borrowed from MDES and read in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// Can pay.
    Active,
    /// For the time being.
    Suspended,
    /// For ever.
    Deactivated,
    /// Not yet, or no longer.
    Inactive,
    /// A word that this server does not know; empty if there was none.
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
struct Answered {
    #[serde(default, deserialize_with = "wire::readable")]
    client_tokens: Option<Vec<Wire>>,
    /// Core's lists come in pages and say their length; whether Digital's do is not published.
    #[serde(default, deserialize_with = "wire::parsed")]
    total: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default, deserialize_with = "wire::parsed")]
    card_contract_id: Option<CardContractId>,
    #[serde(default, deserialize_with = "wire::parsed")]
    token_requestor_id: Option<TokenRequestorId>,
    #[serde(default, deserialize_with = "wire::text")]
    wallet_name: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    token_status: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    token_unique_reference: Option<String>,
}

pub(super) fn parse_response(answer: ApiResponse) -> Result<Vec<ClientToken>, MastercardError> {
    let answered: Option<Answered> = serde_json::from_slice(&answer.body).ok();
    let Some((tokens, total)) = answered.and_then(|it| Some((it.client_tokens?, it.total))) else {
        return Err(answer.unreadable());
    };
    if total.is_some_and(|total| total > tokens.len()) {
        tracing::warn!(
            event = log_event::TOKEN_LIST_INCOMPLETE,
            listed = tokens.len(),
            total,
            "token list incomplete"
        );
    }
    Ok(tokens.into_iter().filter_map(Wire::into_token).collect())
}

impl Wire {
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
