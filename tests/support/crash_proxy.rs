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
const LARGEST: usize = 8 << 20;

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
    line: Arc<Line>,
    serving: AbortHandle,
}

struct Line {
    http: Client,
    dynamodb: Url,
    s3: Url,
    /// Number of writes before the crash.
    most: usize,
    last: LastWrite,
    writes: Mutex<Vec<String>>,
    /// Requests without a response of the engine.
    under_way: watch::Sender<usize>,
    cut: watch::Sender<bool>,
    mended: watch::Sender<bool>,
}

/// When a request arrives, relative to the crash.
enum Passage {
    Before,
    At,
    After,
}

impl CrashProxy {
    /// To both engines of this world, without a crash.
    pub(crate) async fn to(world: &World) -> Self {
        Self::crash_after(usize::MAX, LastWrite::Lost, world).await
    }

    /// To both engines of this world, with a crash after this many writes.
    pub(crate) async fn crash_after(most: usize, last: LastWrite, world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let line = Arc::new(Line {
            http: Client::builder().no_proxy().build().unwrap(),
            dynamodb: world.dynamodb_url().clone(),
            s3: world.s3_url().clone(),
            most,
            last,
            writes: Mutex::default(),
            under_way: watch::Sender::new(0),
            cut: watch::Sender::new(false),
            mended: watch::Sender::new(false),
        });
        let carried = Router::new().fallback(carry).with_state(Arc::clone(&line));
        let serving = tokio::spawn(axum::serve(listener, carried).into_future()).abort_handle();
        Self { url, line, serving }
    }

    /// Writes so far: DynamoDB's operation or S3's method.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.line.writes.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
        self.line.under_way.subscribe().wait_for(|requests| *requests == 0).await.unwrap();
        done
    }

    /// Waits for the crash.
    pub(crate) async fn crashed(&self) {
        self.line.cut.subscribe().wait_for(|cut| *cut).await.unwrap();
    }

    /// Forwards the requests that are held.
    pub(crate) fn release(&self) {
        self.line.mended.send_replace(true);
    }
}

impl Drop for CrashProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Line {
    /// After the crash no request passes: no concurrent write and no read.
    fn admit(&self, write: Option<String>) -> Passage {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let passage = match writes.len() {
            before if before > self.most => Passage::After,
            before if before == self.most && write.is_some() => Passage::At,
            _ => Passage::Before,
        };
        writes.extend(write);
        passage
    }

    /// Forwards a request to its engine, to the end even if the client disconnects.
    async fn forward(self: &Arc<Self>, parts: Parts, body: Bytes) -> Response<Body> {
        self.under_way.send_modify(|requests| *requests += 1);
        let line = Arc::clone(self);
        let answer = tokio::spawn(async move {
            let answer = line.send(parts, body).await;
            line.under_way.send_modify(|requests| *requests -= 1);
            answer
        });
        answer.await.unwrap().unwrap()
    }

    async fn send(&self, parts: Parts, body: Bytes) -> reqwest::Result<Response<Body>> {
        let engine = if parts.headers.contains_key("x-amz-target") { &self.dynamodb } else { &self.s3 };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", engine.as_str().trim_end_matches('/'));
        let mut headers = parts.headers;
        headers.remove(header::EXPECT);
        headers.remove(header::TRANSFER_ENCODING);
        let answer = self.http.request(parts.method, url).headers(headers).body(body).send().await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        response.headers_mut().remove(header::TRANSFER_ENCODING);
        *response.body_mut() = answer.bytes().await?.into();
        Ok(response)
    }
}

async fn carry(State(line): State<Arc<Line>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // A request whose client disconnected before its end is ignored.
    if let Ok(body) = to_bytes(body, LARGEST).await {
        let passage = line.admit(write(&parts));
        match (passage, line.last) {
            (Passage::Before, _) => return line.forward(parts, body).await,
            (Passage::At, LastWrite::Lost) => drop(line.cut.send_replace(true)),
            (Passage::At, LastWrite::Unanswered) => {
                line.forward(parts, body).await;
                line.cut.send_replace(true);
            }
            (Passage::At | Passage::After, LastWrite::Late) => {
                line.cut.send_replace(true);
                line.mended.subscribe().wait_for(|mended| *mended).await.unwrap();
                return line.forward(parts, body).await;
            }
            (Passage::After, _) => {}
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
