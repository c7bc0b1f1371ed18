//! A reverse proxy that counts the requests to an upstream.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, response::Response},
    serve::ListenerExt as _,
};
use serde_json::Value;
use tokio::{net::TcpListener, task::AbortHandle};
use url::Url;

use crate::{
    counter::{Count, RequestCounter, operation},
    error::BenchError,
    tls::Authority,
};

/// A running proxy; stops when dropped.
pub(crate) struct CountingProxy {
    /// Its URL, with the path of the upstream.
    pub(crate) url: Url,
    counter: Arc<Mutex<RequestCounter>>,
    server: AbortHandle,
}

/// Options of a proxy.
#[derive(Clone, Copy, Default)]
pub(crate) struct ProxyOptions<'a> {
    /// Serve TLS with this authority's certificate.
    pub(crate) tls: Option<&'a Authority>,
    /// Request the consumed capacity units from DynamoDB.
    pub(crate) units: bool,
}

#[derive(Clone)]
struct Proxy {
    http: reqwest::Client,
    upstream: Url,
    scheme: &'static str,
    units: bool,
    counter: Arc<Mutex<RequestCounter>>,
}

impl CountingProxy {
    pub(crate) async fn start(upstream: &Url, options: ProxyOptions<'_>) -> Result<Self, BenchError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let address = listener.local_addr().map_err(BenchError::Port)?;
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://localhost:{}{}", address.port(), upstream.path()).parse()?;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let counter = Arc::new(Mutex::default());
        let proxy = Proxy {
            http: http.build()?,
            upstream: upstream.clone(),
            scheme,
            units: options.units,
            counter: Arc::clone(&counter),
        };
        let router = Router::new().fallback(forward).with_state(proxy);
        let server = match options.tls {
            Some(authority) => {
                tokio::spawn(axum::serve(authority.tls_listener(listener), router).into_future())
                    .abort_handle()
            }
            None => {
                let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
                tokio::spawn(axum::serve(listener, router).into_future()).abort_handle()
            }
        };
        Ok(Self { url, counter, server })
    }

    /// The counts since the last call.
    pub(crate) fn take(&self) -> Count {
        lock(&self.counter).take()
    }
}

impl Drop for CountingProxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn forward(State(proxy): State<Proxy>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return bad_gateway() };
    lock(&proxy.counter).record_request(&parts, &body);
    let metered = operation(&parts).filter(|_| proxy.units).map(str::to_owned);
    let body = if metered.is_some() { with_consumed_capacity(&body) } else { body };
    // The signature covers `Host`, so it stays; the connection headers belong to the other connection.
    for name in [header::CONNECTION, header::EXPECT, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    parts.headers.insert("x-forwarded-proto", HeaderValue::from_static(proxy.scheme));
    let mut url = proxy.upstream.clone();
    url.set_path(parts.uri.path());
    url.set_query(parts.uri.query());
    let response = send(proxy.http.request(parts.method, url).headers(parts.headers).body(body)).await;
    let mut counter = lock(&proxy.counter);
    counter.record_response();
    let Ok(response) = response else { return bad_gateway() };
    if let Some(operation) = metered {
        counter.record_capacity(&operation, response.body());
    }
    response.map(Body::from)
}

async fn send(request: reqwest::RequestBuilder) -> Result<Response<Bytes>, reqwest::Error> {
    let upstream = request.send().await?;
    let (status, headers) = (upstream.status(), upstream.headers().clone());
    let mut response = Response::new(upstream.bytes().await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    Ok(response)
}

/// The request with `ReturnConsumedCapacity`.
fn with_consumed_capacity(body: &Bytes) -> Bytes {
    match serde_json::from_slice::<Value>(body) {
        Ok(mut request) => {
            request["ReturnConsumedCapacity"] = "TOTAL".into();
            request.to_string().into()
        }
        Err(_) => body.clone(),
    }
}

fn bad_gateway() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

fn lock(counter: &Mutex<RequestCounter>) -> MutexGuard<'_, RequestCounter> {
    counter.lock().unwrap_or_else(PoisonError::into_inner)
}
