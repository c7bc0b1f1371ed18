//! The gate: the proxy through which the functions reach DynamoDB and Mastercard. It holds each request until the scheduler
//! forwards it, responds to it, or drops it, which closes the connection without a response.

use std::{
    io,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use local::World;
use reqwest::Client;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::AbortHandle,
};
use url::Url;

use super::call::Call;

/// Larger requests are not forwarded; in bytes.
const MAX_BODY_SIZE: usize = 1 << 20;

/// Listens on a free port until it is dropped.
pub(super) struct Gate {
    pub(super) url: Url,
    waiting: mpsc::UnboundedReceiver<Waiting>,
    http: Client,
    dynamodb: Url,
    mastercard: Url,
    serving: AbortHandle,
}

/// A request at the gate whose sender waits for the response.
pub(super) struct Waiting {
    pub(super) call: Call,
    /// In real time.
    pub(super) arrived_at: Instant,
    reply: oneshot::Sender<Reply>,
}

/// A response.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Waiting {
    pub(super) fn reply(self, reply: Reply) {
        // This fails if the sender has crashed meanwhile.
        let _ = self.reply.send(reply);
    }
}

impl Gate {
    pub(super) async fn in_front_of(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let (arrivals, waiting) = mpsc::unbounded_channel();
        Self {
            url,
            waiting,
            http: Client::builder().no_proxy().tls_certs_only([]).build().unwrap(),
            dynamodb: world.dynamodb_url().clone(),
            mastercard: world.simulator().base_url().clone(),
            serving: tokio::spawn(serve(listener, arrivals)).abort_handle(),
        }
    }

    /// The next request that arrives at the gate.
    pub(super) async fn next(&mut self) -> Waiting {
        self.waiting.recv().await.expect("the gate is open")
    }

    /// Whether no request has arrived that the scheduler did not expect.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Closes the connections of requests that nobody expects any more.
    pub(super) fn drain(&mut self) {
        while self.waiting.try_recv().is_ok() {}
    }

    /// Forwards a request to its target, with this body, and returns the response.
    pub(super) async fn forward(&self, call: &Call, body: Bytes) -> Reply {
        let target = if call.is_for_mastercard() { &self.mastercard } else { &self.dynamodb };
        let url = target.join(&call.path).unwrap();
        let mut headers = call.headers.clone();
        // `Host` stays: it is part of what the sender signed.
        for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION] {
            headers.remove(name);
        }
        let response = self.http.request(call.method.clone(), url).headers(headers).body(body).send();
        let response = response.await.expect("the engine and the simulator respond");
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: response.bytes().await.expect("a complete response") }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, arrivals: mpsc::UnboundedSender<Waiting>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, arrivals.clone()));
    }
}

async fn connection(stream: TcpStream, arrivals: mpsc::UnboundedSender<Waiting>) {
    stream.set_nodelay(true).unwrap();
    let service = service_fn(move |request| hold(request, arrivals.clone()));
    let http = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // Closing a connection on purpose is an error here.
    let _ = http.await;
}

/// Holds a request. An error makes hyper close the connection without a response.
async fn hold(
    request: Request<Incoming>,
    arrivals: mpsc::UnboundedSender<Waiting>,
) -> io::Result<Response<Body>> {
    let closed = || io::Error::from(io::ErrorKind::ConnectionAborted);
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), MAX_BODY_SIZE).await.map_err(|_| closed())?;
    let (reply, replied) = oneshot::channel();
    let waiting = Waiting { call: Call::parse(parts, body), arrived_at: Instant::now(), reply };
    arrivals.send(waiting).map_err(|_| closed())?;
    let Reply { status, mut headers, body } = replied.await.map_err(|_| closed())?;
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// How long the scheduler waits for an actor's next request or end before it gives up, in real time.
pub(super) const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// Half of the time after which a client gives up a request that is held and sends it again, in real time.
pub(super) const HOLD_TIMEOUT: Duration = Duration::from_secs(5);
/// Less than the timeout of `enroll`, in real time.
pub(super) const ACTOR_TIMEOUT: Duration = Duration::from_secs(20);
