//! Mastercard Processing Digital: the PAN-less bank's way to cards and tokens. It turns a card contract id into an
//! encrypted card (steps 7 to 9) and lists a cardholder's tokens (the tip after step 4).

mod account_holder;
mod funding_accounts;
mod tokens;

use reqwest::{
    Method, StatusCode,
    header::{HeaderName, HeaderValue},
};
use url::Url;

pub use self::{
    account_holder::{AccountHolder, Address, InvalidAccountHolder, MobilePhoneNumber},
    funding_accounts::{
        CallbackField, FundingAccountSearch, Layout, PushFundingAccounts, SearchShape, UnknownSearchShape,
    },
    tokens::{ClientToken, TokenStatus},
};
use super::{
    api_client::ApiClient,
    authenticator::Authenticator,
    deadline::Deadline,
    error::{InvalidRequest, MastercardError, Upstream},
    jwe::JweKeys,
    keys::ClientEncryptionKey,
    limiter::RateLimit,
    transport::{ApiResponse, Transport},
};
use crate::{call::CallLog, card::ClientId};

const CLIENT_ENCRYPTION_KEY: HeaderName = HeaderName::from_static("token-connect-client-encryption-key");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The client; cloning is cheap.
#[derive(Clone, Debug)]
pub struct Processing {
    api_client: ApiClient,
    jwe: Option<JweKeys>,
}

/// What only the search of steps 7 to 9 needs.
#[derive(Clone, Debug)]
pub struct SearchConfig {
    /// Whom Processing encrypts for.
    pub client_encryption_key: ClientEncryptionKey,
    /// How the request is laid out.
    pub shape: SearchShape,
}

impl Processing {
    /// The base URL ends in `/global-processing/digital`. Without `jwe`, bodies travel as plain JSON.
    pub fn new(
        base_url: Url,
        authenticator: impl Into<Authenticator>,
        jwe: Option<JweKeys>,
        transport: Transport,
        pace: RateLimit,
    ) -> Self {
        let api_client = ApiClient::new(Upstream::Processing, base_url, authenticator.into(), transport);
        Self { api_client: api_client.limited(pace), jwe }
    }

    /// The same client, which notes its calls there.
    #[must_use]
    pub fn with_call_log(&self, calls: &CallLog) -> Self {
        Self { api_client: self.api_client.with_call_log(calls), jwe: self.jwe.clone() }
    }

    /// Steps 7 to 9: has Processing check the card and encrypt it for Token Connect.
    ///
    /// Changes nothing, so lost answers are asked for again, with the same body and `Idempotency-Key`.
    pub async fn search_funding_accounts(
        &self,
        client: ClientId,
        search: &FundingAccountSearch,
        terms: &SearchConfig,
        deadline: Deadline,
    ) -> Result<PushFundingAccounts, MastercardError> {
        search.check()?;
        let body = funding_accounts::body(search, terms.shape)?;
        let body = match &self.jwe {
            Some(keys) => keys.wrap(&body).map_err(InvalidRequest::from)?,
            None => body,
        };
        let key = HeaderValue::from_str(&terms.client_encryption_key.header_value());
        let key = key.map_err(|_| InvalidRequest::Malformed)?;
        let idempotency =
            HeaderValue::from_str(&search.request_id.to_string()).map_err(|_| InvalidRequest::Malformed)?;
        let path = format!("clients/{client}/funding-accounts/searches");

        let request = || {
            let mut request =
                self.api_client.request("searchFundingAccounts", Method::POST, &path, body.clone());
            request.headers.insert(CLIENT_ENCRYPTION_KEY, key.clone());
            request.headers.insert(IDEMPOTENCY_KEY, idempotency.clone());
            Ok(request)
        };
        let parse_response = |answer| funding_accounts::parse_response(self.opened(answer)?.accepted()?);
        self.api_client.read(deadline, request, parse_response).await
    }

    /// The tip after step 4: all tokens of a cardholder, of all wallets and in every status.
    ///
    /// Whether a client without tokens is an empty list or a 404 is not published: a 404 that Processing itself
    /// answers counts as an empty list, one of the gateway or the network as the failure it is.
    pub async fn get_tokens_by_client(
        &self,
        client: ClientId,
        deadline: Deadline,
    ) -> Result<Vec<ClientToken>, MastercardError> {
        let path = format!("clients/{client}/tokens");
        let request = || Ok(self.api_client.request("getTokensByClient", Method::GET, &path, Vec::new()));
        let parse_response = |answer| match self.opened(answer)?.accepted() {
            Ok(answer) => tokens::parse_response(answer),
            Err(MastercardError::Rejected(refusal))
                if refusal.status == StatusCode::NOT_FOUND && refusal.upstream == Upstream::Processing =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        };
        self.api_client.read(deadline, request, parse_response).await
    }

    /// Decrypts the body if it is encrypted. What never reached Processing comes back plain.
    fn opened(&self, mut answer: ApiResponse) -> Result<ApiResponse, MastercardError> {
        let Some(keys) = &self.jwe else { return Ok(answer) };
        match keys.unwrap(&answer.body) {
            Ok(Some(body)) => answer.body = body,
            Ok(None) => {}
            // An error that does not decrypt is still an error of that status.
            Err(_) if !answer.status.is_success() => answer.body.clear(),
            Err(_) => return Err(answer.unreadable()),
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
