//! A proxy in front of a DynamoDB engine. It counts the requests and can answer some of them in the engine's place.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, StatusCode, header},
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};
use url::Url;

/// A request to DynamoDB.
pub(crate) struct Operation {
    /// Its name, such as `PutItem`.
    pub(crate) name: String,
    pub(crate) body: Value,
}

impl Operation {
    /// Whether it reads this index.
    pub(crate) fn reads_index(&self, index: &str) -> bool {
        self.name == "Query" && self.body["IndexName"] == index
    }

    pub(crate) fn is_write(&self) -> bool {
        ["PutItem", "TransactWriteItems"].contains(&&*self.name)
    }
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// The engine answers.
    Engine,
    /// The engine processes it, and its answer is lost: the SDK gets a passing error and sends it again.
    Lost,
    /// DynamoDB's error of this name, without any effect.
    Error(&'static str),
    /// A canceled transaction with this reason for its first item.
    Canceled(&'static str),
    /// This JSON.
    Answer(String),
    /// No items.
    Nothing,
}

type Rule = dyn Fn(&Operation) -> Reply + Send + Sync;

/// The proxy, until it is dropped.
pub(crate) struct TableProxy {
    url: Url,
    connection: Arc<Connection>,
    serving: AbortHandle,
}

struct Connection {
    http: Client,
    engine: Url,
    rule: Box<Rule>,
    operations: Mutex<Vec<String>>,
}

impl TableProxy {
    /// A proxy to this engine that answers by this rule.
    pub(crate) async fn new(
        engine: &Url,
        rule: impl Fn(&Operation) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let http = Client::builder().no_proxy().build().unwrap();
        let (engine, rule) = (engine.clone(), Box::new(rule));
        let connection = Arc::new(Connection { http, engine, rule, operations: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&connection));
        let serving = tokio::spawn(axum::serve(listener, router).into_future()).abort_handle();
        Self { url, connection, serving }
    }

    /// A proxy that only counts.
    pub(crate) async fn counting(engine: &Url) -> Self {
        Self::new(engine, |_| Reply::Engine).await
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The requests since the last call, by name.
    pub(crate) fn take_operations(&self) -> Vec<String> {
        std::mem::take(&mut self.connection.operations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for TableProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A rule for one request: the first one that this applies to gets this reply, all others the engine's.
pub(crate) fn once(
    applies: impl Fn(&Operation) -> bool + Send + Sync + 'static,
    reply: impl Fn() -> Reply + Send + Sync + 'static,
) -> impl Fn(&Operation) -> Reply + Send + Sync + 'static {
    let is_used = Mutex::new(false);
    move |operation| {
        let mut is_used = is_used.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_used || !applies(operation) {
            return Reply::Engine;
        }
        *is_used = true;
        reply()
    }
}

async fn answer(
    State(connection): State<Arc<Connection>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let name = target.split('.').next_back().unwrap_or_default().to_owned();
    connection.operations.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
    let operation = Operation { name, body: serde_json::from_slice(&body).unwrap_or_default() };
    match (connection.rule)(&operation) {
        Reply::Engine => connection.forward(headers, body).await,
        Reply::Lost => {
            connection.forward(headers, body).await;
            error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError")
        }
        Reply::Error(name) => error(StatusCode::BAD_REQUEST, name),
        Reply::Canceled(reason) => {
            let reasons = json!([{"Code": reason}, {"Code": "None"}]);
            let kind = error_type("TransactionCanceledException");
            let body = json!({"__type": kind, "Message": "by the proxy", "CancellationReasons": reasons});
            response(StatusCode::BAD_REQUEST, &body)
        }
        Reply::Answer(body) => response(StatusCode::OK, &serde_json::from_str(&body).unwrap()),
        Reply::Nothing => response(StatusCode::OK, &json!({"Items": [], "Count": 0, "ScannedCount": 0})),
    }
}

impl Connection {
    async fn forward(&self, mut headers: HeaderMap, body: Bytes) -> Response<Body> {
        headers.remove(header::TRANSFER_ENCODING);
        let received = self.http.post(self.engine.clone()).headers(headers).body(body).send().await.unwrap();
        let mut response = Response::new(Body::empty());
        *response.status_mut() = received.status();
        *response.headers_mut() = received.headers().clone();
        response.headers_mut().remove(header::TRANSFER_ENCODING);
        *response.body_mut() = received.bytes().await.unwrap().into();
        response
    }
}

fn error(status: StatusCode, name: &str) -> Response<Body> {
    response(status, &json!({"__type": error_type(name), "message": "by the proxy"}))
}

fn error_type(name: &str) -> String {
    format!("com.amazonaws.dynamodb.v20120810#{name}")
}

fn response(status: StatusCode, body: &Value) -> Response<Body> {
    let response =
        Response::builder().status(status).header(header::CONTENT_TYPE, "application/x-amz-json-1.0");
    response.body(body.to_string().into()).unwrap()
}
