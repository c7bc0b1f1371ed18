//! The way to one API: its base URL, its keys, when a call is made, and when again.

use std::time::{Duration, Instant};

use reqwest::Method;
use url::Url;

use super::{
    authenticator::{Authenticator, Keys},
    breaker::Breaker,
    deadline::{Attempts, Deadline},
    error::{Diagnosis, MastercardError, Upstream},
    limiter::{Limiter, RateLimit},
    retry::{self, RetryPolicy},
    transport::{ApiResponse, Request, Transport},
};
use crate::{call::CallLog, log_event};

#[derive(Clone, Debug)]
pub(super) struct ApiClient {
    upstream: Upstream,
    base_url: Url,
    authenticator: Authenticator,
    transport: Transport,
    breaker: Breaker,
    limiter: Option<Limiter>,
    calls: Option<CallLog>,
}

impl ApiClient {
    pub(super) fn new(
        upstream: Upstream,
        base_url: Url,
        authenticator: Authenticator,
        transport: Transport,
    ) -> Self {
        let breaker = Breaker::new(upstream);
        Self { upstream, base_url, authenticator, transport, breaker, limiter: None, calls: None }
    }

    /// The same, which notes its calls there.
    pub(super) fn with_call_log(&self, calls: &CallLog) -> Self {
        Self { calls: Some(calls.clone()), ..self.clone() }
    }

    /// The same, no faster than this.
    pub(super) fn limited(self, pace: RateLimit) -> Self {
        Self { limiter: Some(Limiter::new(pace)), ..self }
    }

    /// A request to a path below the base URL; the path is already percent-encoded.
    pub(super) fn request(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Request {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}/{path}", self.base_url.path().trim_end_matches('/')));
        Request { operation, method, url, headers: Default::default(), body }
    }

    /// Asks for something that changes nothing: up to three attempts, each made and signed anew.
    pub(super) async fn read<T>(
        &self,
        deadline: Deadline,
        request: impl Fn() -> Result<Request, MastercardError>,
        parse_response: impl Fn(ApiResponse) -> Result<T, MastercardError>,
    ) -> Result<T, MastercardError> {
        let mut attempts = Attempts::until(deadline);
        loop {
            let request = request()?;
            let operation = request.operation;
            let answer = self.exchange(request, attempts.share()).await;
            match answer.and_then(&parse_response) {
                Err(error) if attempts.pause(retry::after(&error), error.retry_after()).await => {}
                outcome => return outcome.inspect_err(|error| self.report(operation, error)),
            }
        }
    }

    /// Sends something that may take effect: again only while it certainly has not left.
    pub(super) async fn push<T, E: From<MastercardError> + AsRef<MastercardError>>(
        &self,
        deadline: Deadline,
        request: impl Fn() -> Result<Request, MastercardError>,
        parse_response: impl Fn(ApiResponse) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut attempts = Attempts::until(deadline);
        loop {
            let request = request()?;
            let operation = request.operation;
            match self.exchange(request, attempts.remaining()).await {
                Err(MastercardError::Connect(_)) if attempts.pause(RetryPolicy::Standard, None).await => {}
                outcome => {
                    let outcome = outcome.map_err(E::from).and_then(parse_response);
                    return outcome.inspect_err(|error| self.report(operation, error.as_ref()));
                }
            }
        }
    }

    /// Tells the operator what a failed call means and what to do; the reason codes, never Mastercard's text.
    fn report(&self, operation: &'static str, error: &MastercardError) {
        let Diagnosis { meaning, remedy } = error.diagnosis();
        let base_strings = error.refusal().and_then(|refusal| refusal.base_strings.as_ref());
        let reason_codes: Vec<_> = error.reason_codes().iter().map(ToString::to_string).collect();
        tracing::warn!(
            event = log_event::MASTERCARD_CALL_FAILED, api = %self.upstream, operation, status = error.status(),
            reason_codes = reason_codes.join(" "), mastercard_correlation_id = error.correlation_id(),
            base_strings = base_strings.map(tracing::field::display), meaning, remedy, "call to mastercard failed"
        );
    }

    async fn exchange(&self, request: Request, timeout: Duration) -> Result<ApiResponse, MastercardError> {
        let begun = Instant::now();
        let (keys, answer) = self.prove_and_send(request.clone(), timeout).await?;
        if answer.unauthenticated() && self.authenticator.refused(keys, self.upstream) {
            let timeout = timeout.saturating_sub(begun.elapsed());
            return self.prove_and_send(request, timeout).await.map(|(_, answer)| answer);
        }
        Ok(answer)
    }

    async fn prove_and_send(
        &self,
        request: Request,
        timeout: Duration,
    ) -> Result<(Keys, ApiResponse), MastercardError> {
        let begun = Instant::now();
        if let Some(limiter) = &self.limiter
            && !limiter.acquire(timeout).await
        {
            return Err(MastercardError::OutOfTime);
        }
        let timeout = timeout.saturating_sub(begun.elapsed());
        if timeout.is_zero() {
            return Err(MastercardError::OutOfTime);
        }
        self.breaker.admit()?;
        let Request { method, url, body, .. } = &request;
        let proof = self.authenticator.authenticate(method, url, body).await?;
        let keys = proof.keys;
        let answer =
            self.transport.exchange(self.upstream, request, proof, timeout, self.calls.as_ref()).await;
        self.breaker.record(&answer, timeout);
        Ok((keys, answer?))
    }
}
