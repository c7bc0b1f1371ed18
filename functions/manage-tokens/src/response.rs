//! The bodies of the responses.

use jiff::Timestamp;
use mastercard::{asset::Logo, card::ClientId, processing::ClientToken, token_requestor::TokenRequestorId};
use model::{enrollment::TokenState, token_changes::TokenChangeOutcome, token_id::TokenId, token_list};
use runtime::http::LogoResponse;
use serde::Serialize;
use url::Url;

use crate::action;

/// The response to `GET`.
#[derive(Serialize)]
pub(crate) struct TokensResponse<'a> {
    pub(crate) tokens: Vec<TokenResponse<'a>>,
}

/// One token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenResponse<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    token_id: Option<TokenId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_requestor_id: Option<&'a TokenRequestorId>,
    pub(crate) display_name: &'a str,
    logos: Vec<LogoResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet_name: Option<&'a str>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<Timestamp>,
    actions: Vec<&'static str>,
}

/// The response to a change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenChangeResponse {
    pub(crate) token_id: TokenId,
    pub(crate) state: &'static str,
    pub(crate) outcome: TokenChangeOutcome,
}

/// Name and logos of a token requestor in the catalog.
pub(crate) struct Requestor {
    pub(crate) name: String,
    pub(crate) logos: Vec<Logo>,
}

impl<'a> TokenResponse<'a> {
    pub(crate) fn new(
        client: ClientId,
        token: &'a ClientToken,
        requestor: Option<&'a Requestor>,
        logo_base_url: &Url,
    ) -> Self {
        let state = token_list::state(&token.status);
        let token_id = TokenId::of(client, token);
        let wallet_name = token.wallet_name.as_deref();
        let requestor_id = token.token_requestor_id.as_ref();
        let name = requestor.map(|requestor| requestor.name.as_str()).or(wallet_name);
        Self {
            token_id,
            token_requestor_id: requestor_id,
            display_name: name.or(requestor_id.map(TokenRequestorId::as_str)).unwrap_or("Unknown"),
            logos: requestor.map_or_else(Vec::new, |it| LogoResponse::list(&it.logos, logo_base_url)),
            wallet_name,
            state: state_name(&state),
            created_at: token.created_at,
            actions: if token_id.is_some() { action::possible(&state) } else { Vec::new() },
        }
    }
}

/// The state of a token as the API names it.
pub fn state_name(state: &TokenState) -> &'static str {
    match state {
        TokenState::Active => "active",
        TokenState::Suspended => "suspended",
        TokenState::Inactive => "inactive",
        TokenState::Deactivated => "removed",
        TokenState::Other(_) => "unknown",
    }
}
