//! Mastercard Processing Digital, for banks that hold no card numbers: it turns a card contract id into an encrypted card
//! (steps 7 to 9 of the use case), and lists and changes a cardholder's tokens (the tip after step 4).

mod account_holder;
mod funding_accounts;
mod token_changes;
mod tokens;

use reqwest::{
    Method, StatusCode,
    header::{HeaderName, HeaderValue},
};
use url::Url;

#[cfg(test)]
pub(super) use self::funding_accounts::parse_body as parse_search_body;
pub use self::{
    account_holder::{AccountHolder, Address, InvalidAccountHolder, MobilePhoneNumber},
    funding_accounts::{CallbackField, FundingAccountSearch, Layout, SearchShape, UnknownSearchShape},
    token_changes::{
        InvalidTokenNumber, InvalidTokenStatusWords, TokenAction, TokenChangeError, TokenChangeResult,
        TokenNumber, TokenStatusWords,
    },
    tokens::{ClientToken, NumberedToken, TokenStatus},
};
use super::{
    api_client::ApiClient,
    authenticator::Authenticator,
    call::CallLog,
    card::{CardContractId, ClientId},
    deadline::Deadline,
    error::{ApiError, InvalidRequest, MastercardError, ReasonCode, Upstream},
    jwe::JweKeys,
    keys::{ClientEncryptionKey, load_keys},
    limiter::RateLimit,
    push_funding_accounts::PushFundingAccounts,
    response::ApiResponse,
    transport::Transport,
};

const CLIENT_ENCRYPTION_KEY: HeaderName = HeaderName::from_static("token-connect-client-encryption-key");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The client of Mastercard Processing Digital. Clones share connections, rate limit and circuit breaker.
///
/// ```no_run
/// # use push_provisioning_client::{Deadline, Processing, RateLimit, Signer, Transport, JweKeys};
/// # async fn example(signer: Signer, jwe_keys: JweKeys) -> Result<(), Box<dyn std::error::Error>> {
/// let client = Processing::new(
///     "https://sandbox.api.mastercard.com/global-processing/digital".parse()?,
///     signer,
///     Some(jwe_keys),
///     Transport::new()?,
///     RateLimit::default(),
/// );
/// let deadline = Deadline::after(std::time::Duration::from_secs(10));
/// for token in client.get_tokens_by_client(40000.into(), deadline).await? {
///     println!("card {}: {:?}", token.card_contract_id, token.status);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Processing {
    api_client: ApiClient,
    jwe: Option<JweKeys>,
}

/// Configuration that only [`Processing::search_funding_accounts`] needs.
#[derive(Clone, Debug)]
pub struct SearchConfig {
    /// Token Connect's public key, for which Processing encrypts the card.
    pub client_encryption_key: ClientEncryptionKey,
    /// The layout of the request.
    pub shape: SearchShape,
}

impl Processing {
    /// `base_url` ends in `/global-processing/digital`. Without `jwe`, bodies are plain JSON. `rate_limit` is this client's
    /// part of Processing's limit.
    pub fn new(
        base_url: Url,
        authenticator: impl Into<Authenticator>,
        jwe: Option<JweKeys>,
        transport: Transport,
        rate_limit: RateLimit,
    ) -> Self {
        let api_client = ApiClient::new(Upstream::Processing, base_url, authenticator.into(), transport);
        Self { api_client: api_client.with_rate_limit(rate_limit), jwe }
    }

    /// Loads the keys on another thread, unless they are loaded. That takes milliseconds of CPU time, which a caller may
    /// otherwise spend waiting for a response; a call that comes before its key is loaded waits for it.
    pub fn load_keys(&self) {
        load_keys(self.api_client.signing_key(), self.jwe.iter().flat_map(JweKeys::decryption_keys));
    }

    /// The same client for work that gives way to cardholders: a call that gets a 429 fails without a retry.
    #[must_use]
    pub fn in_background(self) -> Self {
        Self { api_client: self.api_client.in_background(), ..self }
    }

    /// A clone that records its calls in `call_log`.
    #[must_use]
    pub fn with_call_log(&self, call_log: &CallLog) -> Self {
        Self { api_client: self.api_client.with_call_log(call_log), jwe: self.jwe.clone() }
    }

    /// Steps 7 to 9: Processing checks the card and encrypts it for Token Connect.
    ///
    /// The search changes nothing, so it is retried, with the same body and `Idempotency-Key`.
    ///
    /// # Errors
    /// [`MastercardError::InvalidRequest`] if a value exceeds a limit; [`MastercardError::Rejected`] if, for example, the
    /// card is blocked; the others as for every call.
    ///
    /// ```no_run
    /// # use push_provisioning_client::{ClientEncryptionKey, Deadline, Processing, PushFundingAccounts, SignatureData};
    /// use push_provisioning_client::processing::{FundingAccountSearch, SearchConfig, SearchShape};
    ///
    /// # async fn example(
    /// #     client: Processing, signature_data: SignatureData, client_encryption_key: ClientEncryptionKey, deadline: Deadline,
    /// # ) -> Result<PushFundingAccounts, Box<dyn std::error::Error>> {
    /// let search = FundingAccountSearch {
    ///     request_id: uuid::Uuid::new_v4(),
    ///     push_account_id: "CARD-1".into(),
    ///     card_contract_id: 70001.into(),
    ///     token_requestor_id: "50123197928".parse()?,
    ///     signature_data,
    ///     account_holder: None,
    /// };
    /// let config = SearchConfig { client_encryption_key, shape: SearchShape::default() };
    /// let encrypted_card = client.search_funding_accounts(40000.into(), &search, &config, deadline).await?;
    /// # Ok(encrypted_card)
    /// # }
    /// ```
    pub async fn search_funding_accounts(
        &self,
        client: ClientId,
        search: &FundingAccountSearch,
        config: &SearchConfig,
        deadline: Deadline,
    ) -> Result<PushFundingAccounts, MastercardError> {
        search.check()?;
        let body = self.encrypted(funding_accounts::body(search, config.shape)?)?;
        let key = HeaderValue::from_str(&config.client_encryption_key.header_value());
        let key = key.map_err(|_| InvalidRequest::Malformed)?;
        let idempotency_key =
            HeaderValue::from_str(&search.request_id.to_string()).map_err(|_| InvalidRequest::Malformed)?;
        let path = format!("clients/{client}/funding-accounts/searches");

        let request = || {
            let mut request =
                self.api_client.request("searchFundingAccounts", Method::POST, &path, body.clone());
            request.headers.insert(CLIENT_ENCRYPTION_KEY, key.clone());
            request.headers.insert(IDEMPOTENCY_KEY, idempotency_key.clone());
            Ok(request)
        };
        let parse_response =
            |response| funding_accounts::parse_response(self.decrypted(response)?.into_success()?);
        self.api_client.read(deadline, request, parse_response).await
    }

    /// The tip after step 4: all tokens of a cardholder, of all wallets and in every status.
    ///
    /// Whether a client without tokens has an empty list or a 404 is not published. A 404 whose reason code is about
    /// tokens (Processing documents `INVALID_TOKEN`) is an empty list. Any other 404 is an error: nothing is known about
    /// the tokens of an unknown client.
    ///
    /// # Errors
    /// [`MastercardError::InvalidResponse`] if the list is shorter than its `total`; the others as for every call.
    pub async fn get_tokens_by_client(
        &self,
        client: ClientId,
        deadline: Deadline,
    ) -> Result<Vec<ClientToken>, MastercardError> {
        self.list_tokens(
            "getTokensByClient",
            &format!("clients/{client}/tokens"),
            tokens::of_client,
            deadline,
        )
        .await
    }

    /// The same with the numbers of the tokens, which a change needs.
    ///
    /// # Errors
    /// Those of every call; see [`MastercardError`].
    ///
    /// ```no_run
    /// use push_provisioning_client::processing::{TokenAction, TokenStatusWords};
    /// # use push_provisioning_client::{Deadline, Processing};
    ///
    /// # async fn example(client: Processing, deadline: Deadline) -> Result<(), Box<dyn std::error::Error>> {
    /// let words = TokenStatusWords::default();
    /// for listed in client.get_numbered_tokens_by_client(40000.into(), deadline).await? {
    ///     if let Some(number) = &listed.number {
    ///         let card = listed.token.card_contract_id;
    ///         client.set_token_status(card, number, words.of(TokenAction::Suspend), deadline).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_numbered_tokens_by_client(
        &self,
        client: ClientId,
        deadline: Deadline,
    ) -> Result<Vec<NumberedToken>, MastercardError> {
        let path = format!("clients/{client}/tokens");
        self.list_tokens("getTokensByClient", &path, tokens::numbered_of_client, deadline).await
    }

    /// All tokens of a card, whoever its client is, with their numbers: for the bank's staff, never for a cardholder.
    ///
    /// # Errors
    /// Those of every call; see [`MastercardError`].
    pub async fn get_numbered_tokens_by_card(
        &self,
        card: CardContractId,
        deadline: Deadline,
    ) -> Result<Vec<NumberedToken>, MastercardError> {
        let path = format!("cards/{card}/tokens");
        self.list_tokens("getTokensByCard", &path, tokens::numbered_of_card, deadline).await
    }

    /// Changes the status of one token (`setTokenStatus`). `word` is one of [`TokenStatusWords`]. No notification follows the
    /// change.
    ///
    /// It is sent on a connection of its own and repeated only while nothing was sent.
    ///
    /// # Errors
    /// [`TokenChangeError`], which says whether the token may have been changed.
    pub async fn set_token_status(
        &self,
        card: CardContractId,
        number: &TokenNumber,
        word: &str,
        deadline: Deadline,
    ) -> Result<TokenChangeResult, TokenChangeError> {
        let body = token_changes::status_body(number, word);
        self.change_tokens("setTokenStatus", &format!("cards/{card}/tokens"), body, deadline).await
    }

    /// Moves one token of a card to another card of the same product, or all of them (`relinkTokensToAnotherCard`), as after
    /// the card was replaced. No notification follows.
    ///
    /// # Errors
    /// [`TokenChangeError`], which says whether a token may have been moved.
    pub async fn relink_tokens(
        &self,
        from: CardContractId,
        to: CardContractId,
        number: Option<&TokenNumber>,
        deadline: Deadline,
    ) -> Result<TokenChangeResult, TokenChangeError> {
        let body = token_changes::relink_body(to, number);
        let path = format!("cards/{from}/token-relinks");
        self.change_tokens("relinkTokensToAnotherCard", &path, body, deadline).await
    }

    async fn list_tokens<T>(
        &self,
        operation: &'static str,
        path: &str,
        parse: fn(ApiResponse) -> Result<Vec<T>, MastercardError>,
        deadline: Deadline,
    ) -> Result<Vec<T>, MastercardError> {
        let request = || Ok(self.api_client.request(operation, Method::GET, path, Vec::new()));
        let parse_response = |response| match self.decrypted(response)?.into_success() {
            Ok(response) => parse(response),
            Err(MastercardError::Rejected(error)) if is_about_tokens(&error) => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        self.api_client.read(deadline, request, parse_response).await
    }

    async fn change_tokens(
        &self,
        operation: &'static str,
        path: &str,
        body: Vec<u8>,
        deadline: Deadline,
    ) -> Result<TokenChangeResult, TokenChangeError> {
        let body = self.encrypted(body)?;
        let request = || Ok(self.api_client.request(operation, Method::PUT, path, body.clone()));
        let parse_response = |response| token_changes::parse_response(self.decrypted(response)?);
        self.api_client.push(deadline, request, parse_response).await
    }

    /// The body of a request, encrypted if keys are configured.
    fn encrypted(&self, body: Vec<u8>) -> Result<Vec<u8>, MastercardError> {
        match &self.jwe {
            Some(keys) => Ok(keys.encrypt_body(&body).map_err(InvalidRequest::from)?),
            None => Ok(body),
        }
    }

    /// The response with its body decrypted, if it was encrypted. Errors of gateway and network are not.
    fn decrypted(&self, mut response: ApiResponse) -> Result<ApiResponse, MastercardError> {
        let Some(keys) = &self.jwe else { return Ok(response) };
        match keys.decrypt_body(&response.body) {
            Ok(Some(body)) => response.body = body,
            Ok(None) => {}
            // An error response that cannot be decrypted still has its status, and its envelope shows who sent it.
            Err(_) if !response.status.is_success() => {}
            Err(_) => return Err(response.invalid()),
        }
        Ok(response)
    }
}

/// Whether Processing found no token, as opposed to no client.
fn is_about_tokens(error: &ApiError) -> bool {
    let names_token = |code: &ReasonCode| code.as_str().contains("TOKEN");
    error.status == StatusCode::NOT_FOUND
        && error.upstream == Upstream::Processing
        && error.reason_codes.iter().any(names_token)
}

#[cfg(test)]
mod tests;
