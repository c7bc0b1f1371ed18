//! The client of one API: base URL, authentication, rate limit, circuit breaker and retries.

use std::time::{Duration, Instant};

use reqwest::Method;
use url::Url;

use super::{
    authenticator::{Authenticator, KeySet},
    breaker::Breaker,
    call::CallLog,
    deadline::{Attempts, Deadline},
    error::{Diagnosis, MastercardError, Upstream},
    keys::PrivateKey,
    limiter::{Limiter, RateLimit},
    response::ApiResponse,
    retry::RetryPolicy,
    transport::{ApiRequest, Connection, Transport},
};

/// Half of the second that a rate limit counts in; jitter of up to a second is added.
const RATE_LIMIT_WAIT: Duration = Duration::from_millis(500);

#[derive(Clone, Debug)]
pub(super) struct ApiClient {
    upstream: Upstream,
    base_url: Url,
    authenticator: Authenticator,
    transport: Transport,
    breaker: Breaker,
    limiter: Option<Limiter>,
    is_background: bool,
    outlasts_outages: bool,
    call_log: Option<CallLog>,
}

impl ApiClient {
    pub(super) fn new(
        upstream: Upstream,
        base_url: Url,
        authenticator: Authenticator,
        transport: Transport,
    ) -> Self {
        let breaker = Breaker::new(upstream);
        let (limiter, is_background, outlasts_outages, call_log) = (None, false, false, None);
        Self {
            upstream,
            base_url,
            authenticator,
            transport,
            breaker,
            limiter,
            is_background,
            outlasts_outages,
            call_log,
        }
    }

    /// A clone that records its calls in `call_log`.
    pub(super) fn with_call_log(&self, call_log: &CallLog) -> Self {
        Self { call_log: Some(call_log.clone()), ..self.clone() }
    }

    /// A clone for one push, whose connection is being opened from now on, unless the circuit is open.
    pub(super) fn preconnect(&self) -> Self {
        let transport = match self.breaker.admits() {
            true => self.transport.preconnect(&self.base_url),
            false => self.transport.clone(),
        };
        Self { transport, ..self.clone() }
    }

    /// The same client, limited to `rate_limit`.
    pub(super) fn with_rate_limit(self, rate_limit: RateLimit) -> Self {
        Self { limiter: Some(Limiter::new(rate_limit)), ..self }
    }

    /// The same client for work that gives way to cardholders: after a 429 it does not repeat the call.
    pub(super) fn in_background(self) -> Self {
        Self { is_background: true, ..self }
    }

    /// The same client for work that nobody waits for: while the API is down, a call that changes nothing waits for the
    /// circuit breaker and is repeated, as long as its deadline allows.
    pub(super) fn outlasting_outages(self) -> Self {
        Self { outlasts_outages: true, ..self }
    }

    /// The key that signs requests.
    pub(super) fn signing_key(&self) -> &PrivateKey {
        self.authenticator.preferred_key()
    }

    /// A request to a path below the base URL; the path is already percent-encoded.
    pub(super) fn request(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> ApiRequest {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}/{path}", self.base_url.path().trim_end_matches('/')));
        ApiRequest { operation, method, url, headers: Default::default(), body }
    }

    /// Calls an operation that changes nothing: up to three attempts, each built and signed again. A client that outlasts
    /// outages makes more while the API is down.
    pub(super) async fn read<T>(
        &self,
        deadline: Deadline,
        request: impl Fn() -> Result<ApiRequest, MastercardError>,
        parse_response: impl Fn(ApiResponse) -> Result<T, MastercardError>,
    ) -> Result<T, MastercardError> {
        let mut attempts = Attempts::until(deadline);
        loop {
            let request = request()?;
            let operation = request.operation;
            let response = self.exchange(request, Connection::Pooled, attempts.share()).await;
            match response.and_then(&parse_response) {
                Err(MastercardError::CircuitOpen { retry_after, .. })
                    if self.outlasts_outages && attempts.wait_for_probe(retry_after).await => {}
                Err(error) if attempts.pause(self.retry_policy(&error), retry_wait(&error)).await => {}
                outcome => return outcome.inspect_err(|error| self.report(operation, error)),
            }
        }
    }

    /// Calls an operation that may take effect, on a new connection: retries only while no connection was made.
    pub(super) async fn push<T, E: From<MastercardError> + AsRef<MastercardError>>(
        &self,
        deadline: Deadline,
        request: impl Fn() -> Result<ApiRequest, MastercardError>,
        parse_response: impl Fn(ApiResponse) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut attempts = Attempts::until(deadline);
        loop {
            let request = request()?;
            let operation = request.operation;
            match self.exchange(request, Connection::New, attempts.remaining()).await {
                Err(MastercardError::Connect(_)) if attempts.pause(RetryPolicy::Standard, None).await => {}
                outcome => {
                    let outcome = outcome.map_err(E::from).and_then(parse_response);
                    return outcome.inspect_err(|error| self.report(operation, error.as_ref()));
                }
            }
        }
    }

    fn retry_policy(&self, error: &MastercardError) -> RetryPolicy {
        if self.is_background && error.is_rate_limited() {
            RetryPolicy::None
        } else if self.outlasts_outages {
            RetryPolicy::outlasting(error)
        } else {
            RetryPolicy::after(error)
        }
    }

    /// Logs a failed call with its diagnosis and reason codes, without Mastercard's text.
    fn report(&self, operation: &'static str, error: &MastercardError) {
        let Diagnosis { meaning, remedy } = error.diagnosis();
        let base_strings = error.api_error().and_then(|error| error.base_strings.as_ref());
        let reason_codes: Vec<_> = error.reason_codes().iter().map(ToString::to_string).collect();
        tracing::warn!(
            event = "mastercard_call_failed", api = %self.upstream, operation, status = error.status(),
            reason_codes = reason_codes.join(" "), mastercard_correlation_id = error.correlation_id(),
            clock_ahead_seconds = error.api_error().and_then(|error| error.clock_ahead_seconds),
            base_strings = base_strings.map(tracing::field::display), meaning, remedy, "call to mastercard failed"
        );
    }

    /// One attempt; a second one immediately if the gateway rejects the key set and there is another.
    async fn exchange(
        &self,
        request: ApiRequest,
        connection: Connection,
        timeout: Duration,
    ) -> Result<ApiResponse, MastercardError> {
        let started = Instant::now();
        let (key_set, response) = self.authenticate_and_send(request.clone(), connection, timeout).await?;
        if !self.fall_back(key_set, &response) {
            return Ok(response);
        }
        let timeout = timeout.saturating_sub(started.elapsed());
        let (key_set, response) = self.authenticate_and_send(request, connection, timeout).await?;
        self.fall_back(key_set, &response);
        Ok(response)
    }

    /// Records whether the gateway rejected the key set. True if the request is to be sent again with the other one. While this
    /// machine's clock is wrong, the gateway rejects every signature, which says nothing of the key set.
    fn fall_back(&self, key_set: KeySet, response: &ApiResponse) -> bool {
        response.clock_ahead_seconds.is_none()
            && response.is_unauthenticated()
            && self.authenticator.fall_back(key_set, self.upstream)
    }

    async fn authenticate_and_send(
        &self,
        request: ApiRequest,
        connection: Connection,
        timeout: Duration,
    ) -> Result<(KeySet, ApiResponse), MastercardError> {
        let started = Instant::now();
        if let Some(limiter) = &self.limiter
            && !limiter.acquire(timeout).await
        {
            return Err(MastercardError::OutOfTime);
        }
        let timeout = timeout.saturating_sub(started.elapsed());
        if timeout.is_zero() {
            return Err(MastercardError::OutOfTime);
        }
        self.breaker.admit()?;
        let ApiRequest { method, url, body, .. } = &request;
        let authentication = self.authenticator.authenticate(method, url, body).await?;
        let key_set = authentication.key_set;
        let call_log = self.call_log.as_ref();
        let transport = &self.transport;
        let response =
            transport.send(self.upstream, request, connection, authentication, timeout, call_log).await;
        self.breaker.record(&response, timeout);
        Ok((key_set, response?))
    }
}

/// How long to wait before a retry, if the failure says so. A 429 without `Retry-After` says that the second is full.
fn retry_wait(error: &MastercardError) -> Option<Duration> {
    error.retry_after().or_else(|| error.is_rate_limited().then_some(RATE_LIMIT_WAIT))
}

#[cfg(test)]
mod tests;
