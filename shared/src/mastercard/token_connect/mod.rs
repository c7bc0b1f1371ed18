//! MDES Token Connect, the issuer's side of version 2.11: who can be pushed to, their artwork, and the push itself.

mod assets;
mod push;
mod requestors;

#[cfg(any(test, fuzzing))]
pub(super) use self::{push::understand as understand_push, requestors::understand as understand_requestors};

use reqwest::Method;
use serde::Serialize;
use url::Url;

pub use self::{
    assets::MediaContent,
    push::{AccountFailure, PushError, PushMultipleAccounts, PushedAccounts, SignatureData},
    requestors::RANGES_A_CALL,
};
use super::{
    authenticator::Authenticator,
    channel::Channel,
    deadline::Deadline,
    error::{Answerer, MastercardError, Unsendable},
    oauth1::percent_encode,
    transport::{Request, Transport},
};
use crate::{asset::AssetId, call::Calls, card::AccountRange, token_requestor::TokenRequestor};

/// The client; cloning is cheap.
#[derive(Clone, Debug)]
pub struct TokenConnect {
    channel: Channel,
}

impl TokenConnect {
    /// The base URL ends in `/mdes` (production, sandbox) or `/mdes/mtf`.
    pub fn new(base_url: Url, authenticator: impl Into<Authenticator>, transport: Transport) -> Self {
        let channel = Channel::new(Answerer::TokenConnect, base_url, authenticator.into(), transport);
        Self { channel }
    }

    /// The same client, which notes its calls there.
    #[must_use]
    pub fn noting(&self, calls: &Calls) -> Self {
        Self { channel: self.channel.noting(calls) }
    }

    /// Steps 1 and 2: who can be pushed to from these ranges, at most [`RANGES_A_CALL`]. A requestor names those of the
    /// ranges asked for that it accepts.
    pub async fn get_eligible_token_requestors(
        &self,
        ranges: &[AccountRange],
        deadline: Deadline,
    ) -> Result<Vec<TokenRequestor>, MastercardError> {
        if ranges.len() > RANGES_A_CALL {
            return Err(Unsendable::Limits("one call takes at most 25 account ranges").into());
        }
        let request = || self.post("getEligibleTokenRequestors", &requestors::Asked::about(ranges));
        self.channel.read(deadline, request, requestors::understand).await
    }

    /// Steps 3 and 4: an asset in all its forms, normally SVG and PNG. The list may be empty.
    pub async fn get_asset(
        &self,
        id: &AssetId,
        deadline: Deadline,
    ) -> Result<Vec<MediaContent>, MastercardError> {
        let path = format!("issuer-assets/1/0/asset/tokenrequestor/{}", percent_encode(id.as_str()));
        let request = || Ok(self.channel.request("getAsset", Method::GET, &path, Vec::new()));
        self.channel.read(deadline, request, assets::understand).await
    }

    /// Steps 10 and 11: pushes the encrypted card. Never repeated once bytes may have left.
    pub async fn push_multiple_accounts(
        &self,
        push: &PushMultipleAccounts,
        deadline: Deadline,
    ) -> Result<PushedAccounts, PushError> {
        push.check()?;
        let request = || self.post("pushMultipleAccounts", push);
        self.channel.push(deadline, request, push::understand).await
    }

    fn post(&self, operation: &'static str, body: &impl Serialize) -> Result<Request, MastercardError> {
        let body = serde_json::to_vec(body).map_err(|_| Unsendable::Malformed)?;
        Ok(self.channel.request(operation, Method::POST, &format!("connect/1/0/{operation}"), body))
    }
}

#[cfg(test)]
mod tests;
