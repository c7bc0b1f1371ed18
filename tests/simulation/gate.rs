//! The gate: the functions' only way to DynamoDB and to Mastercard. A request that comes here waits until the scheduler
//! lets it pass, answers in its place, or drops it, which closes the connection without an answer.

use std::{io, time::Duration};

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

/// Larger requests are not carried.
const LARGEST: usize = 1 << 20;

/// On a port of its own; closed when dropped.
pub(super) struct Gate {
    pub(super) url: Url,
    waiting: mpsc::UnboundedReceiver<Waiting>,
    http: Client,
    dynamodb: Url,
    mastercard: Url,
    serving: AbortHandle,
}

/// A request at the gate, its sender on the line.
pub(super) struct Waiting {
    pub(super) call: Call,
    answer: oneshot::Sender<Reply>,
}

/// What comes back.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Waiting {
    pub(super) fn answer(self, reply: Reply) {
        // Nobody is left to hear it if its sender was ended meanwhile.
        let _ = self.answer.send(reply);
    }
}

impl Gate {
    pub(super) async fn to(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let (comes, waiting) = mpsc::unbounded_channel();
        Self {
            url,
            waiting,
            http: Client::builder().no_proxy().tls_certs_only([]).build().unwrap(),
            dynamodb: world.dynamodb_url().clone(),
            mastercard: world.simulator().base_url().clone(),
            serving: tokio::spawn(serve(listener, comes)).abort_handle(),
        }
    }

    /// The next request that arrives at the gate.
    pub(super) async fn next(&mut self) -> Waiting {
        self.waiting.recv().await.expect("the gate is open")
    }

    /// Whether somebody asks whose turn it is not.
    pub(super) fn is_quiet(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes a request to where it was sent, with this body, and brings the answer.
    pub(super) async fn carry(&self, call: &Call, body: Bytes) -> Reply {
        let target = if call.is_mastercards() { &self.mastercard } else { &self.dynamodb };
        let url = target.join(&call.path).unwrap();
        let mut headers = call.headers.clone();
        // `Runtime` stays: it is part of what was signed.
        for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION] {
            headers.remove(name);
        }
        let sent = self.http.request(call.method.clone(), url).headers(headers).body(body).send();
        let answer = sent.await.expect("the engine and the simulator answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        Reply { status, headers, body: answer.bytes().await.expect("a whole answer") }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, comes: mpsc::UnboundedSender<Waiting>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, comes.clone()));
    }
}

async fn connection(stream: TcpStream, comes: mpsc::UnboundedSender<Waiting>) {
    stream.set_nodelay(true).unwrap();
    let service = service_fn(move |request| wait(request, comes.clone()));
    let http = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // A connection that was closed on purpose is no news.
    let _ = http.await;
}

/// An error here makes hyper close the connection without an answer.
async fn wait(
    request: Request<Incoming>,
    comes: mpsc::UnboundedSender<Waiting>,
) -> io::Result<Response<Body>> {
    let closed = || io::Error::from(io::ErrorKind::ConnectionAborted);
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), LARGEST).await.map_err(|_| closed())?;
    let (answer, answered) = oneshot::channel();
    comes.send(Waiting { call: Call::read(parts, body), answer }).map_err(|_| closed())?;
    let Reply { status, mut headers, body } = answered.await.map_err(|_| closed())?;
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// How long the scheduler waits for somebody to ask or to end before it gives up. Real time; no test waits for it.
pub(super) const STUCK: Duration = Duration::from_secs(60);
