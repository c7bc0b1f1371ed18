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
use crate::{asset::AssetId, card::AccountRange, token_requestor::TokenRequestor};

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

    /// Steps 1 and 2: who can be pushed to from these ranges, by id, without logos.
    ///
    /// Mastercard takes 25 ranges a call; more are asked for in turn and merged. Fails as a whole: half a catalogue
    /// would look like requestors that withdrew.
    pub async fn get_eligible_token_requestors(
        &self,
        ranges: &[AccountRange],
        deadline: Deadline,
    ) -> Result<Vec<TokenRequestor>, MastercardError> {
        let mut merged = Vec::new();
        for ranges in ranges.chunks(RANGES_A_CALL) {
            let request = || self.post("getEligibleTokenRequestors", &requestors::Asked::about(ranges));
            let found = self.channel.read(deadline, request, requestors::understand).await?;
            requestors::merge(&mut merged, found);
        }
        Ok(merged)
    }

    /// Steps 3 and 4: an asset in all its forms, normally SVG and PNG. Forms that do not decode are left out, so
    /// the list may be empty.
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
