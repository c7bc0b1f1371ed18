//! The HTTP client. It sends exactly the bytes that were signed, follows no redirects, and logs operation, status and
//! duration, never a body or a URL.
//!
//! `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honored, in upper or lower case. Loopback is always called directly.

mod body;
mod preconnect;
mod retry_after;

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant, SystemTime},
};

use reqwest::{
    Client, ClientBuilder, Method, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue},
};
use rustls::ClientConfig;
use url::{Host, Url};
use uuid::Uuid;

use self::{preconnect::Preconnected, retry_after::retry_after};
use super::{
    authenticator::RequestAuthentication,
    call::{Call, CallLog},
    error::{InvalidRequest, MastercardError, Upstream},
    response::ApiResponse,
    tls::{self, ClientError},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Between two chunks of a response.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Of pooled connections. It does not protect a process that AWS Lambda freezes between two invocations: such a process
/// notices neither the timeout nor that the server closed a connection until it runs again. See [`Connection`].
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Mastercard does not publish how old a timestamp may be. `Date` has whole seconds, and a response takes up to ten.
const ACCEPTED_CLOCK_SKEW_SECONDS: u64 = 30;
/// More than hyper's default of 100: every intermediary adds its own.
const MAX_RESPONSE_HEADERS: usize = 500;
/// Both APIs document JSON in UTF-8; Processing requires the content type on GET too.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");
const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");
const MC_CORRELATION_ID: HeaderName = HeaderName::from_static("x-mc-correlation-id");

/// An HTTP client with TLS 1.2 or newer and a connection pool. Clones share the pool; one `Transport` serves both APIs.
///
/// Calls that may be repeated use the pool. A push, which may not, always has a connection of its own: a pooled one may
/// be dead without the client knowing, above all after the process was frozen, and the outcome of a push on a dead
/// connection is unknown. It may be opened while an earlier response is awaited: see
/// [`TokenConnect::preconnect`](crate::TokenConnect::preconnect).
///
/// Timeouts: 2 s to connect, 10 s between two chunks of a response, idle connections are closed after 10 s. The
/// deadline of each call limits it as a whole.
///
/// ```
/// use push_provisioning_client::Transport;
///
/// let transport = Transport::new()?;
/// # Ok::<(), push_provisioning_client::tls::ClientError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Transport {
    /// Through the proxy, if the environment has one.
    outside: Clients,
    /// For this machine itself, such as the simulator, which no proxy reaches. Made at the first call, since it takes time.
    loopback: Arc<OnceLock<Clients>>,
    config: ClientConfig,
    /// Used in place of `unpooled`.
    preconnected: Option<Preconnected>,
}

#[derive(Clone, Debug)]
struct Clients {
    pooled: Client,
    unpooled: Client,
}

/// The connection on which a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// An idle connection of the pool, if there is one. Only for requests that may be repeated.
    Pooled,
    /// A new connection, which is closed after the response.
    New,
}

/// One attempt, not yet authenticated.
#[derive(Clone)]
pub(super) struct ApiRequest {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Transport {
    /// A client that trusts Mozilla's root certificates, or those of `SSL_CERT_FILE`.
    ///
    /// # Errors
    /// If the file of `SSL_CERT_FILE` cannot be read or has no certificate.
    pub fn new() -> Result<Self, ClientError> {
        Self::build(tls::client_config()?)
    }

    /// A client that also trusts the CA certificates in `content` (PEM with one or more, or DER), for a proxy that
    /// terminates TLS.
    ///
    /// # Errors
    /// As for [`new`](Self::new), or if `content` has no CA certificate or an invalid one.
    ///
    /// ```no_run
    /// use push_provisioning_client::Transport;
    ///
    /// let pem = std::fs::read("proxy-ca.pem").expect("a readable file");
    /// let transport = Transport::with_extra_ca_certs(&pem)?;
    /// # Ok::<(), push_provisioning_client::tls::ClientError>(())
    /// ```
    pub fn with_extra_ca_certs(content: &[u8]) -> Result<Self, ClientError> {
        Self::build(tls::client_config_with(content)?)
    }

    fn build(config: ClientConfig) -> Result<Self, ClientError> {
        let outside = Clients::build(|| configured(&config))?;
        Ok(Self { outside, loopback: Arc::default(), config, preconnected: None })
    }

    /// A clone for one request on a new connection to the host of `url`, which is being opened from now on.
    pub(super) fn preconnect(&self, url: &Url) -> Self {
        let configured = || match is_loopback(url) {
            true => without_pool(configured(&self.config)).no_proxy(),
            false => without_pool(configured(&self.config)),
        };
        Self { preconnected: Preconnected::open(url.clone(), configured), ..self.clone() }
    }

    fn client(&self, url: &Url, connection: Connection) -> &Client {
        if let (Connection::New, Some(preconnected)) = (connection, &self.preconnected) {
            return &preconnected.client;
        }
        let clients = match is_loopback(url) {
            true => self.loopback.get_or_init(|| {
                // What could be made with this configuration once can be made again.
                Clients::build(|| configured(&self.config).no_proxy())
                    .unwrap_or_else(|_| self.outside.clone())
            }),
            false => &self.outside,
        };
        match connection {
            Connection::Pooled => &clients.pooled,
            Connection::New => &clients.unpooled,
        }
    }

    /// The `Date` header of the response to an unsigned GET of `url`; `None` if the response has none. Any response
    /// shows that network and TLS work; the date shows the clock skew, which OAuth timestamps must not exceed.
    ///
    /// # Errors
    /// If no response is received within `timeout`.
    ///
    /// ```no_run
    /// # async fn example(transport: push_provisioning_client::Transport) -> Result<(), reqwest::Error> {
    /// let url = "https://sandbox.api.mastercard.com/".parse().expect("a URL");
    /// let date = transport.date(&url, std::time::Duration::from_secs(5)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn date(&self, url: &Url, timeout: Duration) -> Result<Option<String>, reqwest::Error> {
        let client = self.client(url, Connection::Pooled);
        let response = client.get(url.clone()).timeout(timeout).send().await;
        let response = response.map_err(reqwest::Error::without_url)?;
        Ok(response.headers().get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned))
    }

    /// Sends one authenticated attempt and reads the response, both within `timeout`.
    pub(super) async fn send(
        &self,
        upstream: Upstream,
        request: ApiRequest,
        connection: Connection,
        authentication: RequestAuthentication,
        timeout: Duration,
        call_log: Option<&CallLog>,
    ) -> Result<ApiResponse, MastercardError> {
        let ApiRequest { operation, method, url, mut headers, body } = request;
        let correlation_id = Uuid::new_v4().to_string();
        headers.extend(authentication.headers);
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        // Without this header a server may choose any coding (RFC 9110 §12.5.3).
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(
            CORRELATION_ID,
            HeaderValue::from_str(&correlation_id).map_err(|_| InvalidRequest::Malformed)?,
        );

        let client = self.client(&url, connection);
        let started = Instant::now();
        let request = client.request(method.clone(), url).headers(headers).body(body).timeout(timeout);
        let (mastercard_correlation_id, outcome) = match request.send().await {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                let correlation_id = response_correlation_id(&headers);
                (correlation_id, body::read(response).await.map(|body| (status, headers, body)))
            }
            Err(error) => (None, Err(error)),
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(call_log) = call_log {
            call_log.record(Call {
                operation: operation.into(),
                milliseconds: duration_ms,
                status: outcome.as_ref().ok().map(|(status, ..)| status.as_u16()),
                correlation_id: mastercard_correlation_id.clone().unwrap_or_else(|| correlation_id.clone()),
            });
        }
        let (status, headers, body) = outcome.map_err(|error| {
            tracing::warn!(
                event = "mastercard_response_missing", api = %upstream, operation, %method, duration_ms,
                sent_correlation_id = correlation_id, mastercard_correlation_id,
                "response from mastercard missing"
            );
            classify_send_error(error)
        })?;

        tracing::info!(
            event = "mastercard_response_received", api = %upstream, operation, %method,
            status = status.as_u16(), duration_ms, sent_correlation_id = correlation_id,
            mastercard_correlation_id, "response from mastercard received"
        );
        Ok(ApiResponse {
            upstream,
            operation,
            status,
            retry_after: retry_after(&headers, SystemTime::now()),
            correlation_id: mastercard_correlation_id.unwrap_or(correlation_id),
            clock_ahead_seconds: clock_ahead_seconds(status, &headers, SystemTime::now()),
            base_string: authentication.base_string,
            body,
        })
    }
}

fn configured(config: &ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(config.clone())
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .referer(false)
        // What only strict parsers reject. A response that is lost for such a reason may be that of a push.
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_max_headers(MAX_RESPONSE_HEADERS)
}

fn without_pool(builder: ClientBuilder) -> ClientBuilder {
    builder.pool_max_idle_per_host(0)
}

impl Clients {
    fn build(configured: impl Fn() -> ClientBuilder) -> Result<Self, ClientError> {
        Ok(Self {
            pooled: configured().pool_idle_timeout(IDLE_TIMEOUT).build()?,
            unpooled: without_pool(configured()).build()?,
        })
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn classify_send_error(error: reqwest::Error) -> MastercardError {
    let error = error.without_url();
    if error.is_builder() {
        MastercardError::InvalidRequest(InvalidRequest::Malformed)
    } else if error.is_connect() {
        MastercardError::Connect(error)
    } else {
        MastercardError::ResponseLost(error)
    }
}

/// See [`ApiError::clock_ahead_seconds`](super::error::ApiError::clock_ahead_seconds).
fn clock_ahead_seconds(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    if !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return None;
    }
    let theirs = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).ok();
    let ahead = match now.duration_since(theirs) {
        Ok(ahead) => seconds(ahead)?,
        Err(behind) => -seconds(behind.duration())?,
    };
    (ahead.unsigned_abs() > ACCEPTED_CLOCK_SKEW_SECONDS).then_some(ahead)
}

fn response_correlation_id(headers: &HeaderMap) -> Option<String> {
    headers.get(MC_CORRELATION_ID).and_then(|id| loggable_id(id.to_str().ok()?))
}

/// An id of 1 to 64 letters, digits and dashes, which is safe for logs.
fn loggable_id(id: &str) -> Option<String> {
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (plain && (1..=64).contains(&id.len())).then(|| id.into())
}

#[cfg(test)]
mod tests;
