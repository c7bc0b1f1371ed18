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
    authenticator::Authenticator,
    channel::Channel,
    deadline::Deadline,
    error::{Answerer, MastercardError, Unsendable},
    jwe::JweKeys,
    keys::ClientEncryptionKey,
    limiter::Pace,
    transport::{Answer, Transport},
};
use crate::{call::Calls, card::ClientId};

const CLIENT_ENCRYPTION_KEY: HeaderName = HeaderName::from_static("token-connect-client-encryption-key");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The client; cloning is cheap.
#[derive(Clone, Debug)]
pub struct Processing {
    channel: Channel,
    jwe: Option<JweKeys>,
}

/// What only the search of steps 7 to 9 needs.
#[derive(Clone, Debug)]
pub struct SearchTerms {
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
        pace: Pace,
    ) -> Self {
        let channel = Channel::new(Answerer::Processing, base_url, authenticator.into(), transport);
        Self { channel: channel.limited(pace), jwe }
    }

    /// The same client, which notes its calls there.
    #[must_use]
    pub fn noting(&self, calls: &Calls) -> Self {
        Self { channel: self.channel.noting(calls), jwe: self.jwe.clone() }
    }

    /// Steps 7 to 9: has Processing check the card and encrypt it for Token Connect.
    ///
    /// Changes nothing, so lost answers are asked for again, with the same body and `Idempotency-Key`.
    pub async fn search_funding_accounts(
        &self,
        client: ClientId,
        search: &FundingAccountSearch,
        terms: &SearchTerms,
        deadline: Deadline,
    ) -> Result<PushFundingAccounts, MastercardError> {
        search.check()?;
        let body = funding_accounts::body(search, terms.shape)?;
        let body = match &self.jwe {
            Some(keys) => keys.wrap(&body).map_err(Unsendable::from)?,
            None => body,
        };
        let key = HeaderValue::from_str(&terms.client_encryption_key.header_value());
        let key = key.map_err(|_| Unsendable::Malformed)?;
        let idempotency =
            HeaderValue::from_str(&search.request_id.to_string()).map_err(|_| Unsendable::Malformed)?;
        let path = format!("clients/{client}/funding-accounts/searches");

        let request = || {
            let mut request =
                self.channel.request("searchFundingAccounts", Method::POST, &path, body.clone());
            request.headers.insert(CLIENT_ENCRYPTION_KEY, key.clone());
            request.headers.insert(IDEMPOTENCY_KEY, idempotency.clone());
            Ok(request)
        };
        let understand = |answer| funding_accounts::understand(self.opened(answer)?.accepted()?);
        self.channel.read(deadline, request, understand).await
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
        let request = || Ok(self.channel.request("getTokensByClient", Method::GET, &path, Vec::new()));
        let understand = |answer| match self.opened(answer)?.accepted() {
            Ok(answer) => tokens::understand(answer),
            Err(MastercardError::Refused(refusal))
                if refusal.status == StatusCode::NOT_FOUND && refusal.answerer == Answerer::Processing =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        };
        self.channel.read(deadline, request, understand).await
    }

    /// Decrypts the body if it is encrypted. What never reached Processing comes back plain.
    fn opened(&self, mut answer: Answer) -> Result<Answer, MastercardError> {
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
