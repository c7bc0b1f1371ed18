//! MDES Token Connect, the issuer's side of version 2.11: who can be pushed to, their artwork, and the push itself.

mod assets;
mod push;
mod requestors;

#[cfg(any(test, fuzzing))]
pub(super) use self::{
    push::parse_response as parse_push_response, requestors::parse_response as parse_requestors_response,
};

use reqwest::Method;
use serde::Serialize;
use url::Url;

pub use self::{
    assets::MediaContent,
    push::{AccountFailure, PushError, PushMultipleAccounts, PushedAccounts, SignatureData},
    requestors::RANGES_A_CALL,
};
use super::{
    api_client::ApiClient,
    authenticator::Authenticator,
    deadline::Deadline,
    error::{InvalidRequest, MastercardError, Upstream},
    oauth1::percent_encode,
    transport::{Request, Transport},
};
use crate::{asset::AssetId, call::CallLog, card::AccountRange, token_requestor::TokenRequestor};

/// The client; cloning is cheap.
#[derive(Clone, Debug)]
pub struct TokenConnect {
    api_client: ApiClient,
}

impl TokenConnect {
    /// The base URL ends in `/mdes` (production, sandbox) or `/mdes/mtf`.
    pub fn new(base_url: Url, authenticator: impl Into<Authenticator>, transport: Transport) -> Self {
        let api_client = ApiClient::new(Upstream::TokenConnect, base_url, authenticator.into(), transport);
        Self { api_client }
    }

    /// The same client, which notes its calls there.
    #[must_use]
    pub fn with_call_log(&self, calls: &CallLog) -> Self {
        Self { api_client: self.api_client.with_call_log(calls) }
    }

    /// Steps 1 and 2: who can be pushed to from these ranges, at most [`RANGES_A_CALL`]. A requestor names those of the
    /// ranges asked for that it accepts.
    pub async fn get_eligible_token_requestors(
        &self,
        ranges: &[AccountRange],
        deadline: Deadline,
    ) -> Result<Vec<TokenRequestor>, MastercardError> {
        if ranges.len() > RANGES_A_CALL {
            return Err(InvalidRequest::Limits("one call takes at most 25 account ranges").into());
        }
        let request = || self.post("getEligibleTokenRequestors", &requestors::Asked::about(ranges));
        self.api_client.read(deadline, request, requestors::parse_response).await
    }

    /// Steps 3 and 4: an asset in all its forms, normally SVG and PNG. The list may be empty.
    pub async fn get_asset(
        &self,
        id: &AssetId,
        deadline: Deadline,
    ) -> Result<Vec<MediaContent>, MastercardError> {
        let path = format!("issuer-assets/1/0/asset/tokenrequestor/{}", percent_encode(id.as_str()));
        let request = || Ok(self.api_client.request("getAsset", Method::GET, &path, Vec::new()));
        self.api_client.read(deadline, request, assets::parse_response).await
    }

    /// Steps 10 and 11: pushes the encrypted card. Never repeated once bytes may have left.
    pub async fn push_multiple_accounts(
        &self,
        push: &PushMultipleAccounts,
        deadline: Deadline,
    ) -> Result<PushedAccounts, PushError> {
        push.check()?;
        let request = || self.post("pushMultipleAccounts", push);
        self.api_client.push(deadline, request, push::parse_response).await
    }

    fn post(&self, operation: &'static str, body: &impl Serialize) -> Result<Request, MastercardError> {
        let body = serde_json::to_vec(body).map_err(|_| InvalidRequest::Malformed)?;
        Ok(self.api_client.request(operation, Method::POST, &format!("connect/1/0/{operation}"), body))
    }
}

#[cfg(test)]
mod tests;
