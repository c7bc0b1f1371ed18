//! The Lambda Runtime API as one function sees it: a function asks for an event, and posts what became of it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt as _,
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
    task::AbortHandle,
};

use crate::error::BenchError;

/// How long an invocation may take, as the function is told: the most that Lambda grants.
const PATIENCE: Duration = Duration::from_secs(900);
const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:bench";

/// What a function says of itself.
#[derive(Debug)]
pub(crate) enum Said {
    /// It waits for an event.
    Ready,
    /// The answer to one.
    Answered(Value),
    /// In place of an answer, or instead of starting.
    Failed(Value),
}

/// One function's; gone when dropped.
pub(crate) struct RuntimeApi {
    /// `127.0.0.1:PORT`, for `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) address: String,
    events: mpsc::Sender<Value>,
    said: mpsc::Receiver<Said>,
    server: AbortHandle,
}

struct Line {
    events: Mutex<mpsc::Receiver<Value>>,
    said: mpsc::Sender<Said>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, BenchError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let address = listener.local_addr().map_err(BenchError::Port)?.to_string();
        let (events, waiting) = mpsc::channel(1);
        let (saying, said) = mpsc::channel(8);
        let line = Arc::new(Line { events: Mutex::new(waiting), said: saying });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(failed))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(line);
        let at_once = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let server = tokio::spawn(axum::serve(at_once, router).into_future()).abort_handle();
        Ok(Self { address, events, said, server })
    }

    /// Hands over an event. The function does not get it before it asks.
    pub(crate) async fn send(&self, event: Value) {
        // Fails only when the server is gone, and that is as long as `self`.
        let _ = self.events.send(event).await;
    }

    /// What the function says next.
    pub(crate) async fn hear(&mut self) -> Said {
        self.said.recv().await.unwrap_or(Said::Failed(Value::Null))
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(line): State<Arc<Line>>) -> Response {
    let mut events = line.events.lock().await;
    let _ = line.said.send(Said::Ready).await;
    let Some(event) = events.recv().await else { return StatusCode::GONE.into_response() };
    let deadline = SystemTime::now() + PATIENCE;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    let headers = [
        (HeaderName::from_static("lambda-runtime-aws-request-id"), "bench".to_owned()),
        (HeaderName::from_static("lambda-runtime-invoked-function-arn"), ARN.to_owned()),
        (HeaderName::from_static("lambda-runtime-deadline-ms"), deadline),
    ];
    (headers, Json(event)).into_response()
}

async fn answered(State(line): State<Arc<Line>>, answer: Bytes) -> StatusCode {
    let _ = line.said.send(Said::Answered(read(&answer))).await;
    StatusCode::ACCEPTED
}

async fn failed(State(line): State<Arc<Line>>, diagnostic: Bytes) -> StatusCode {
    let _ = line.said.send(Said::Failed(read(&diagnostic))).await;
    StatusCode::ACCEPTED
}

/// The runtime does not always say that it sends JSON.
fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}
