//! A server behind a proxy that counts what is asked of it.

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
    count::{Count, Counting, operation},
    error::BenchError,
    tls::Authority,
};

/// Stands before a server; gone when dropped.
pub(crate) struct Counted {
    /// Where it listens, with the path of what is behind it.
    pub(crate) url: Url,
    counting: Arc<Mutex<Counting>>,
    server: AbortHandle,
}

/// What a proxy does beside counting.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner<'a> {
    /// TLS with this authority's certificate.
    pub(crate) tls: Option<&'a Authority>,
    /// Asks DynamoDB for capacity units.
    pub(crate) units: bool,
}

#[derive(Clone)]
struct Proxy {
    http: reqwest::Client,
    engine: Url,
    scheme: &'static str,
    units: bool,
    counting: Arc<Mutex<Counting>>,
}

impl Counted {
    pub(crate) async fn before(engine: &Url, manner: Manner<'_>) -> Result<Self, BenchError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let address = listener.local_addr().map_err(BenchError::Port)?;
        let scheme = if manner.tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://localhost:{}{}", address.port(), engine.path()).parse()?;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let counting = Arc::new(Mutex::default());
        let proxy = Proxy {
            http: http.build()?,
            engine: engine.clone(),
            scheme,
            units: manner.units,
            counting: Arc::clone(&counting),
        };
        let router = Router::new().fallback(pass_on).with_state(proxy);
        let server = match manner.tls {
            Some(authority) => {
                tokio::spawn(axum::serve(authority.before(listener), router).into_future()).abort_handle()
            }
            None => {
                let at_once = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
                tokio::spawn(axum::serve(at_once, router).into_future()).abort_handle()
            }
        };
        Ok(Self { url, counting, server })
    }

    /// What was counted since the last time.
    pub(crate) fn take(&self) -> Count {
        lock(&self.counting).take()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass_on(State(proxy): State<Proxy>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return bad_gateway() };
    lock(&proxy.counting).asked(&parts, &body);
    let metered = operation(&parts).filter(|_| proxy.units).map(str::to_owned);
    let body = if metered.is_some() { asking_for_units(&body) } else { body };
    // The host stays as the client signed it; the connection is another.
    for name in [header::CONNECTION, header::EXPECT, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    parts.headers.insert("x-forwarded-proto", HeaderValue::from_static(proxy.scheme));
    let mut url = proxy.engine.clone();
    url.set_path(parts.uri.path());
    url.set_query(parts.uri.query());
    let answer = answer(proxy.http.request(parts.method, url).headers(parts.headers).body(body)).await;
    let mut counting = lock(&proxy.counting);
    counting.answered();
    let Ok(response) = answer else { return bad_gateway() };
    if let Some(operation) = metered {
        counting.consumed(&operation, response.body());
    }
    response.map(Body::from)
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Response<Bytes>, reqwest::Error> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = Response::new(answer.bytes().await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    Ok(response)
}

/// The same request, which wants to know what it consumed.
fn asking_for_units(body: &Bytes) -> Bytes {
    match serde_json::from_slice::<Value>(body) {
        Ok(mut asked) => {
            asked["ReturnConsumedCapacity"] = "TOTAL".into();
            asked.to_string().into()
        }
        Err(_) => body.clone(),
    }
}

fn bad_gateway() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

fn lock(counting: &Mutex<Counting>) -> MutexGuard<'_, Counting> {
    counting.lock().unwrap_or_else(PoisonError::into_inner)
}
