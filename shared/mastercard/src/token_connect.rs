//! MDES Token Connect, the issuer's operations of version 2.11: eligible token requestors, their assets, and the push.

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
    push::{AccountFailure, PushError, PushMultipleAccounts, PushedAccounts},
    requestors::{EligibleTokenRequestors, MAX_RANGES_PER_CALL},
};
use super::{
    api_client::ApiClient,
    asset::AssetId,
    authenticator::Authenticator,
    call::CallLog,
    card::AccountRange,
    deadline::Deadline,
    error::{InvalidRequest, MastercardError, Upstream},
    keys::load_keys,
    oauth1::percent_encode,
    transport::{ApiRequest, Transport},
};

/// The client of MDES Token Connect. Clones share connections and circuit breaker.
///
/// ```no_run
/// # use push_provisioning_client::{Deadline, Signer, TokenConnect, Transport};
/// # async fn example(signer: Signer) -> Result<(), Box<dyn std::error::Error>> {
/// let client = TokenConnect::new("https://sandbox.api.mastercard.com/mdes".parse()?, signer, Transport::new()?);
/// let deadline = Deadline::after(std::time::Duration::from_secs(10));
/// for requestor in client.get_eligible_token_requestors(&["555555000".parse()?], deadline).await?.token_requestors {
///     println!("{} {}", requestor.token_requestor_id, requestor.consumer_facing_entity_name);
///     if let Some(logo) = &requestor.image_asset_id {
///         println!("{:?}", client.get_asset(logo, deadline).await?);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TokenConnect {
    api_client: ApiClient,
}

impl TokenConnect {
    /// `base_url` ends in `/mdes` (production, sandbox) or `/mdes/mtf`.
    pub fn new(base_url: Url, authenticator: impl Into<Authenticator>, transport: Transport) -> Self {
        let api_client = ApiClient::new(Upstream::TokenConnect, base_url, authenticator.into(), transport);
        Self { api_client }
    }

    /// Loads the signing key on another thread, unless it is loaded. That takes milliseconds of CPU time, which a caller may
    /// otherwise spend waiting for a response; a call that comes before the key is loaded waits for it.
    pub fn load_keys(&self) {
        load_keys(self.api_client.signing_key(), std::iter::empty());
    }

    /// A clone that records its calls in `call_log`.
    #[must_use]
    pub fn with_call_log(&self, call_log: &CallLog) -> Self {
        Self { api_client: self.api_client.with_call_log(call_log) }
    }

    /// A clone for one push, whose connection is being opened from now on: by a task of Tokio's runtime, while the caller waits for
    /// Processing. The push uses it if it comes within four seconds and the server has not closed it; otherwise it opens one itself, as
    /// without this. Dropping the clone closes it. While the circuit breaker is open, and outside a runtime, it is a clone only.
    #[must_use]
    pub fn preconnect(&self) -> Self {
        Self { api_client: self.api_client.preconnect() }
    }

    /// The same client for scheduled work, which nobody waits for: while Token Connect is down, a call that changes nothing
    /// waits for the circuit breaker and is repeated, as long as its deadline allows. Then it fails with an error of which
    /// [`MastercardError::shows_outage`] is true.
    #[must_use]
    pub fn outlasting_outages(self) -> Self {
        Self { api_client: self.api_client.outlasting_outages() }
    }

    /// Steps 1 and 2: the token requestors that accept cards of these account ranges, at most
    /// [`MAX_RANGES_PER_CALL`]. Each requestor lists those of the ranges that it accepts.
    ///
    /// # Errors
    /// [`MastercardError::InvalidRequest`] for too many ranges; the others as for every call.
    pub async fn get_eligible_token_requestors(
        &self,
        ranges: &[AccountRange],
        deadline: Deadline,
    ) -> Result<EligibleTokenRequestors, MastercardError> {
        if ranges.len() > MAX_RANGES_PER_CALL {
            return Err(InvalidRequest::LimitExceeded("one call takes at most 25 account ranges").into());
        }
        let request = || self.post("getEligibleTokenRequestors", &requestors::RequestorsRequest::new(ranges));
        self.api_client.read(deadline, request, requestors::parse_response).await
    }

    /// Steps 3 and 4: an asset in all its formats, normally SVG and PNG. The list may be empty.
    ///
    /// # Errors
    /// Those of every call; see [`MastercardError`].
    pub async fn get_asset(
        &self,
        id: &AssetId,
        deadline: Deadline,
    ) -> Result<Vec<MediaContent>, MastercardError> {
        let path = format!("issuer-assets/1/0/asset/tokenrequestor/{}", percent_encode(id.as_str()));
        let request = || Ok(self.api_client.request("getAsset", Method::GET, &path, Vec::new()));
        self.api_client.read(deadline, request, assets::parse_response).await
    }

    /// Steps 10 and 11: pushes the encrypted card. Retried only while no connection was made.
    ///
    /// # Errors
    /// [`PushError::Rejected`] if certainly nothing was pushed, [`PushError::Unknown`] if the card may have been pushed.
    ///
    /// ```no_run
    /// # use push_provisioning_client::{Deadline, PushFundingAccounts, SignatureData, TokenConnect};
    /// use push_provisioning_client::token_connect::{PushError, PushMultipleAccounts};
    ///
    /// # async fn example(
    /// #     client: TokenConnect, push_funding_accounts: PushFundingAccounts, signature_data: SignatureData, deadline: Deadline,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let push = PushMultipleAccounts {
    ///     request_id: uuid::Uuid::new_v4(),
    ///     token_requestor_id: "50123197928".parse()?,
    ///     push_funding_accounts,
    ///     signature_data,
    ///     receipts_validity_minutes: 15,
    ///     requests_digitization_data: false,
    /// };
    /// match client.push_multiple_accounts(&push, deadline).await {
    ///     Ok(pushed) => println!("{} receipts", pushed.receipts.len()),
    ///     Err(PushError::Rejected(error)) => println!("nothing was pushed: {error}"),
    ///     Err(PushError::Unknown(error)) => println!("check the token list before a new push: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn push_multiple_accounts(
        &self,
        push: &PushMultipleAccounts,
        deadline: Deadline,
    ) -> Result<PushedAccounts, PushError> {
        push.check()?;
        let request = || self.post("pushMultipleAccounts", push);
        self.api_client.push(deadline, request, push::parse_response).await
    }

    fn post(&self, operation: &'static str, body: &impl Serialize) -> Result<ApiRequest, MastercardError> {
        let body = serde_json::to_vec(body).map_err(|_| InvalidRequest::Malformed)?;
        Ok(self.api_client.request(operation, Method::POST, &format!("connect/1/0/{operation}"), body))
    }
}

#[cfg(test)]
mod tests;
