//! The Lambda Runtime API for one function: the function polls for events and posts responses or errors.

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

/// The deadline of an invocation: the longest timeout of Lambda.
const INVOCATION_TIMEOUT: Duration = Duration::from_secs(900);
const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:bench";

/// A call of the function to the Runtime API.
#[derive(Debug)]
pub(crate) enum RuntimeCall {
    /// It polls for an event.
    Ready,
    /// The response to an event.
    Response(Value),
    /// An error, in an invocation or in initialization.
    Error(Value),
}

/// The Runtime API of one function; stops when dropped.
pub(crate) struct RuntimeApi {
    /// `127.0.0.1:PORT`, for `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) address: String,
    events: mpsc::Sender<Value>,
    requests: mpsc::Receiver<RuntimeCall>,
    server: AbortHandle,
}

struct Channels {
    events: Mutex<mpsc::Receiver<Value>>,
    requests: mpsc::Sender<RuntimeCall>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, BenchError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let address = listener.local_addr().map_err(BenchError::Port)?.to_string();
        let (events, receiver) = mpsc::channel(1);
        let (sender, requests) = mpsc::channel(8);
        let channels = Arc::new(Channels { events: Mutex::new(receiver), requests: sender });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(channels);
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let server = tokio::spawn(axum::serve(listener, router).into_future()).abort_handle();
        Ok(Self { address, events, requests, server })
    }

    /// Queues an event; the function receives it with its next poll.
    pub(crate) async fn send(&self, event: Value) {
        // Fails only if the server has stopped; `self` owns it.
        let _ = self.events.send(event).await;
    }

    /// Waits for the next request of the function.
    pub(crate) async fn next_request(&mut self) -> RuntimeCall {
        self.requests.recv().await.unwrap_or(RuntimeCall::Error(Value::Null))
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(channels): State<Arc<Channels>>) -> Response {
    let mut events = channels.events.lock().await;
    let _ = channels.requests.send(RuntimeCall::Ready).await;
    let Some(event) = events.recv().await else { return StatusCode::GONE.into_response() };
    let deadline = SystemTime::now() + INVOCATION_TIMEOUT;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    let headers = [
        (HeaderName::from_static("lambda-runtime-aws-request-id"), "bench".to_owned()),
        (HeaderName::from_static("lambda-runtime-invoked-function-arn"), ARN.to_owned()),
        (HeaderName::from_static("lambda-runtime-deadline-ms"), deadline),
    ];
    (headers, Json(event)).into_response()
}

async fn response(State(channels): State<Arc<Channels>>, body: Bytes) -> StatusCode {
    let _ = channels.requests.send(RuntimeCall::Response(parse(&body))).await;
    StatusCode::ACCEPTED
}

async fn error(State(channels): State<Arc<Channels>>, body: Bytes) -> StatusCode {
    let _ = channels.requests.send(RuntimeCall::Error(parse(&body))).await;
    StatusCode::ACCEPTED
}

/// Parses a JSON body; the runtime does not always send `Content-Type`.
fn parse(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}
