//! A proxy between AWS clients and the engines of a `World` that can simulate a crash of the process at any write.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{Method, Response, header, request::Parts},
};
use local::World;
use reqwest::Client;
use runtime::config::Runtime;
use tokio::{net::TcpListener, sync::watch, task::AbortHandle};
use url::Url;

use super::function_runtime::runtime_with;

/// Larger requests are not forwarded; in bytes.
const MAX_BODY_SIZE: usize = 8 << 20;

/// What happens to the write at which the process crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastWrite {
    /// It is not processed.
    Lost,
    /// It is processed, and the response is lost.
    Unanswered,
    /// It is held until [`CrashProxy::release`], as are all later requests.
    Late,
}

/// The proxy. After the crash it forwards nothing until it is released.
pub(crate) struct CrashProxy {
    url: Url,
    connection: Arc<Connection>,
    serving: AbortHandle,
}

/// The connection to both engines, and its state.
struct Connection {
    http: Client,
    dynamodb: Url,
    s3: Url,
    /// Number of writes before the crash.
    max_writes: usize,
    last: LastWrite,
    writes: Mutex<Vec<String>>,
    /// Requests without a response of the engine.
    in_progress: watch::Sender<usize>,
    has_crashed: watch::Sender<bool>,
    released: watch::Sender<bool>,
}

/// When a request arrives, relative to the crash.
enum Arrival {
    Before,
    At,
    After,
}

impl CrashProxy {
    /// A proxy to both engines of this world that never crashes.
    pub(crate) async fn without_crash(world: &World) -> Self {
        Self::crash_after(usize::MAX, LastWrite::Lost, world).await
    }

    /// A proxy to both engines of this world that crashes after this many writes.
    pub(crate) async fn crash_after(max_writes: usize, last: LastWrite, world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let connection = Arc::new(Connection {
            http: Client::builder().no_proxy().build().unwrap(),
            dynamodb: world.dynamodb_url().clone(),
            s3: world.s3_url().clone(),
            max_writes,
            last,
            writes: Mutex::default(),
            in_progress: watch::Sender::new(0),
            has_crashed: watch::Sender::new(false),
            released: watch::Sender::new(false),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&connection));
        let serving = tokio::spawn(axum::serve(listener, router).into_future()).abort_handle();
        Self { url, connection, serving }
    }

    /// Writes so far: DynamoDB's operation or S3's method.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.connection.writes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A runtime that reaches AWS through this proxy only.
    pub(crate) fn runtime(&self, world: &World) -> Runtime {
        let s3 = ("S3_ENDPOINT_URL".to_owned(), self.url.as_str().trim_end_matches('/').to_owned());
        let variables = world
            .settings()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<Vec<_>>();
        runtime_with(world, &self.url, variables.into_iter().chain([s3]).collect())
    }

    /// Runs this until it is done, or until the crash, which drops it and returns `None`. Then no request is in progress.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let done = tokio::select! {
            done = work => Some(done),
            () = self.crashed() => None,
        };
        self.connection.in_progress.subscribe().wait_for(|requests| *requests == 0).await.unwrap();
        done
    }

    /// Waits for the crash.
    pub(crate) async fn crashed(&self) {
        self.connection.has_crashed.subscribe().wait_for(|has_crashed| *has_crashed).await.unwrap();
    }

    /// Forwards the requests that are held.
    pub(crate) fn release(&self) {
        self.connection.released.send_replace(true);
    }
}

impl Drop for CrashProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Connection {
    /// After the crash no request passes: no concurrent write and no read.
    fn record_arrival(&self, write: Option<String>) -> Arrival {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let arrival = match writes.len() {
            before if before > self.max_writes => Arrival::After,
            before if before == self.max_writes && write.is_some() => Arrival::At,
            _ => Arrival::Before,
        };
        writes.extend(write);
        arrival
    }

    /// Forwards a request to its engine, to the end even if the client disconnects.
    async fn forward(self: &Arc<Self>, parts: Parts, body: Bytes) -> Response<Body> {
        self.in_progress.send_modify(|requests| *requests += 1);
        let connection = Arc::clone(self);
        let response = tokio::spawn(async move {
            let response = connection.send(parts, body).await;
            connection.in_progress.send_modify(|requests| *requests -= 1);
            response
        });
        response.await.unwrap().unwrap()
    }

    async fn send(&self, parts: Parts, body: Bytes) -> reqwest::Result<Response<Body>> {
        let engine = if parts.headers.contains_key("x-amz-target") { &self.dynamodb } else { &self.s3 };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", engine.as_str().trim_end_matches('/'));
        let mut headers = parts.headers;
        headers.remove(header::EXPECT);
        headers.remove(header::TRANSFER_ENCODING);
        let received = self.http.request(parts.method, url).headers(headers).body(body).send().await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = received.status();
        *response.headers_mut() = received.headers().clone();
        response.headers_mut().remove(header::TRANSFER_ENCODING);
        *response.body_mut() = received.bytes().await?.into();
        Ok(response)
    }
}

async fn handle(State(connection): State<Arc<Connection>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // A request whose client disconnected before its end is ignored.
    if let Ok(body) = to_bytes(body, MAX_BODY_SIZE).await {
        let arrival = connection.record_arrival(write(&parts));
        match (arrival, connection.last) {
            (Arrival::Before, _) => return connection.forward(parts, body).await,
            (Arrival::At, LastWrite::Lost) => drop(connection.has_crashed.send_replace(true)),
            (Arrival::At, LastWrite::Unanswered) => {
                connection.forward(parts, body).await;
                connection.has_crashed.send_replace(true);
            }
            (Arrival::At | Arrival::After, LastWrite::Late) => {
                connection.has_crashed.send_replace(true);
                connection.released.subscribe().wait_for(|released| *released).await.unwrap();
                return connection.forward(parts, body).await;
            }
            (Arrival::After, _) => {}
        }
    }
    std::future::pending().await
}

/// Operation or method of a write; `None` for a read.
fn write(parts: &Parts) -> Option<String> {
    const WRITING: [&str; 5] =
        ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"];
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let (name, writes) = match target.and_then(|target| target.split('.').next_back()) {
        Some(operation) => (operation, WRITING.contains(&operation)),
        None => (parts.method.as_str(), ![Method::GET, Method::HEAD].contains(&parts.method)),
    };
    writes.then(|| name.to_owned())
}
