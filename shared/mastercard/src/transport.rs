//! One signed exchange over HTTP: the bytes that are hashed are the bytes that are sent, redirects are refused,
//! and what is logged is how it went, never what was said.
//!
//! `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honored, in either case.

use std::time::{Duration, Instant, SystemTime};

use reqwest::{
    Certificate, Client, ClientBuilder, Method, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};
use url::Url;
use uuid::Uuid;

use super::{
    authenticator::Proof,
    error::{InvalidRequest, MastercardError, ReasonCode, Upstream, refusal, retry_after},
};
use crate::{
    call::{Call, CallLog},
    log_event,
    tls::{self, ClientError},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Between two pieces of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// A function that was frozen in between must not find a connection that has died meanwhile: a push on it would
/// be lost without anyone knowing where.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;
/// Both APIs document JSON in UTF-8; Processing wants the content type on GET too.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");
const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");
const MC_CORRELATION_ID: HeaderName = HeaderName::from_static("x-mc-correlation-id");

/// The HTTP client: TLS 1.2 or newer, connections kept open between the calls of a journey. Cloning shares the connections.
#[derive(Clone, Debug)]
pub struct Transport {
    client: Client,
}

/// What one attempt sends.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// What came back, of whatever status.
pub(super) struct ApiResponse {
    pub(super) upstream: Upstream,
    pub(super) operation: &'static str,
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    pub(super) retry_after: Option<Duration>,
    pub(super) correlation_id: String,
    pub(super) base_string: String,
}

impl ApiResponse {
    /// The answer again if it says yes: 2xx and no errors inside.
    pub(super) fn accepted(self) -> Result<Self, MastercardError> {
        self.refused().map_or(Ok(self), Err)
    }

    /// The error for an answer that says no.
    pub(super) fn refused(&self) -> Option<MastercardError> {
        refusal(self).map(|refusal| MastercardError::Rejected(Box::new(refusal)))
    }

    /// Whether the gateway did not believe who sent the request.
    pub(super) fn unauthenticated(&self) -> bool {
        let failed = |code: &ReasonCode| code.as_str() == "AUTHENTICATION_FAILED";
        self.status == StatusCode::UNAUTHORIZED
            || (self.status.is_client_error()
                && refusal(self).is_some_and(|refusal| refusal.reason_codes.iter().any(failed)))
    }

    /// The error for a success that does not hold what it should.
    pub(super) fn unreadable(&self) -> MastercardError {
        MastercardError::InvalidResponse {
            upstream: self.upstream,
            correlation_id: self.correlation_id.clone(),
        }
    }
}

impl Transport {
    /// Fails if the platform offers no TLS roots.
    pub fn new() -> Result<Self, ClientError> {
        Ok(Self::build(Client::builder().tls_backend_preconfigured(tls::platform()?))?)
    }

    /// The same, which also trusts the roots in `pem` (one certificate or many), for a proxy that looks inside TLS.
    /// Fails, too, if that is no PEM or holds no certificate that can be a root.
    pub fn with_roots(pem: &str) -> Result<Self, reqwest::Error> {
        let roots = Certificate::from_pem_bundle(pem.as_bytes())?;
        Self::build(Client::builder().tls_certs_merge(roots).tls_version_min(reqwest::tls::Version::TLS_1_2))
    }

    fn build(client: ClientBuilder) -> Result<Self, reqwest::Error> {
        let client = client
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .referer(false)
            .build()?;
        Ok(Self { client })
    }

    /// What time it is over there: the `Date` of whatever is answered to a request that is not signed and asks for
    /// nothing. An answer at all means that the way is open and TLS agrees.
    pub async fn date(&self, url: &Url, timeout: Duration) -> Result<Option<String>, reqwest::Error> {
        let answer = self.client.get(url.clone()).timeout(timeout).send().await;
        let answer = answer.map_err(reqwest::Error::without_url)?;
        Ok(answer.headers().get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned))
    }

    /// Sends, and reads the whole answer within `timeout`.
    pub(super) async fn exchange(
        &self,
        upstream: Upstream,
        request: Request,
        proof: Proof,
        timeout: Duration,
        calls: Option<&CallLog>,
    ) -> Result<ApiResponse, MastercardError> {
        let Request { operation, method, url, mut headers, body } = request;
        let correlation_id = Uuid::new_v4().to_string();
        headers.extend(proof.headers);
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(
            CORRELATION_ID,
            HeaderValue::from_str(&correlation_id).map_err(|_| InvalidRequest::Malformed)?,
        );

        let begun = Instant::now();
        let request = self.client.request(method.clone(), url).headers(headers).body(body).timeout(timeout);
        let (theirs, answered) = match request.send().await {
            Ok(response) => (their_id(response.headers()), whole(response).await),
            Err(error) => (None, Err(error)),
        };
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(calls) = calls {
            calls.note(Call {
                operation: operation.into(),
                milliseconds: duration_ms,
                status: answered.as_ref().ok().map(|(status, ..)| status.as_u16()),
                correlation_id: theirs.clone().unwrap_or_else(|| correlation_id.clone()),
            });
        }
        let (status, headers, body) = answered.map_err(|error| {
            tracing::warn!(
                event = log_event::MASTERCARD_RESPONSE_MISSING, api = %upstream, operation, %method, duration_ms,
                sent_correlation_id = correlation_id, mastercard_correlation_id = theirs.as_deref(),
                "response from mastercard missing"
            );
            lost(error)
        })?;

        tracing::info!(
            event = log_event::MASTERCARD_RESPONSE_RECEIVED, api = %upstream, operation, %method,
            status = status.as_u16(), duration_ms, sent_correlation_id = correlation_id,
            mastercard_correlation_id = theirs.as_deref(), "response from mastercard received"
        );
        let answer = ApiResponse {
            upstream,
            operation,
            status,
            retry_after: headers
                .get(RETRY_AFTER)
                .and_then(|it| retry_after(it.to_str().ok()?, SystemTime::now())),
            correlation_id: theirs.unwrap_or(correlation_id),
            base_string: proof.base_string,
            body: body.unwrap_or_default(),
        };
        Ok(answer)
    }
}

/// Reads the body; `None` if it is larger than this server takes.
async fn whole(mut response: Response) -> Result<(StatusCode, HeaderMap, Option<Vec<u8>>), reqwest::Error> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Ok((status, headers, None));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, headers, Some(body)))
}

fn lost(error: reqwest::Error) -> MastercardError {
    let error = error.without_url();
    if error.is_builder() {
        MastercardError::InvalidRequest(InvalidRequest::Malformed)
    } else if error.is_connect() {
        MastercardError::Connect(error)
    } else {
        MastercardError::ResponseLost(error)
    }
}

fn their_id(headers: &HeaderMap) -> Option<String> {
    headers.get(MC_CORRELATION_ID).and_then(|id| plain_id(id.to_str().ok()?))
}

/// An id fit for logs, or nothing.
fn plain_id(id: &str) -> Option<String> {
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (plain && (1..=64).contains(&id.len())).then(|| id.into())
}

#[cfg(test)]
mod tests;
