//! An engine behind a proxy that counts what is asked of it.

use std::{
    ops::AddAssign,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header, request::Parts, response::Response},
};
use serde::Serialize;
use serde_json::Value;
use tokio::{net::TcpListener, task::AbortHandle};
use url::Url;

use crate::error::BenchError;

/// What was asked of an engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Count {
    pub(crate) requests: usize,
    /// DynamoDB items put, updated or deleted, alone or in transactions; S3 objects put.
    pub(crate) writes: usize,
}

impl AddAssign for Count {
    fn add_assign(&mut self, more: Self) {
        self.requests += more.requests;
        self.writes += more.writes;
    }
}

/// Stands before an engine; gone when dropped.
pub(crate) struct Counted {
    /// Where it listens.
    pub(crate) url: Url,
    counted: Arc<Mutex<Count>>,
    server: AbortHandle,
}

#[derive(Clone)]
struct Proxy {
    http: reqwest::Client,
    engine: Url,
    counted: Arc<Mutex<Count>>,
}

impl Counted {
    pub(crate) async fn before(engine: &Url) -> Result<Self, BenchError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let url = format!("http://{}/", listener.local_addr().map_err(BenchError::Port)?).parse()?;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let counted = Arc::new(Mutex::default());
        let proxy = Proxy { http: http.build()?, engine: engine.clone(), counted: Arc::clone(&counted) };
        let router = Router::new().fallback(pass_on).with_state(proxy);
        let server = tokio::spawn(axum::serve(listener, router).into_future()).abort_handle();
        Ok(Self { url, counted, server })
    }

    /// What was counted since the last time.
    pub(crate) fn take(&self) -> Count {
        std::mem::take(&mut *self.counted.lock().unwrap_or_else(PoisonError::into_inner))
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
    proxy.count(&parts, &body);
    // The host stays as the client signed it; the connection is another.
    parts.headers.remove(header::CONNECTION);
    parts.headers.remove(header::EXPECT);
    let mut url = proxy.engine.clone();
    url.set_path(parts.uri.path());
    url.set_query(parts.uri.query());
    let sent = proxy.http.request(parts.method, url).headers(parts.headers).body(body).send().await;
    let Ok(answer) = sent else { return bad_gateway() };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let Ok(body) = answer.bytes().await else { return bad_gateway() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    response
}

fn bad_gateway() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

impl Proxy {
    fn count(&self, parts: &Parts, body: &Bytes) {
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let writes = match target {
            Some(target) => dynamodb_writes(target, body),
            None => usize::from(parts.method == Method::PUT),
        };
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.requests += 1;
        counted.writes += writes;
    }
}

fn dynamodb_writes(target: &str, body: &[u8]) -> usize {
    let read = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    let listed = |list: &Value| list.as_array().map_or(0, Vec::len);
    match target.rsplit('.').next() {
        Some("PutItem" | "UpdateItem" | "DeleteItem") => 1,
        Some("BatchWriteItem") => {
            read()["RequestItems"].as_object().map_or(0, |tables| tables.values().map(listed).sum())
        }
        Some("TransactWriteItems") => {
            let body = read();
            let items = body["TransactItems"].as_array().into_iter().flatten();
            items.filter(|item| item.get("ConditionCheck").is_none()).count()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted_and_conditions_are_not() {
        let count =
            |target, body: &str| dynamodb_writes(&format!("DynamoDB_20120810.{target}"), body.as_bytes());
        assert_eq!(count("UpdateItem", "{}"), 1);
        assert_eq!(count("Query", "{}"), 0);
        let transaction = r#"{"TransactItems": [{"Put": {}}, {"ConditionCheck": {}}, {"Delete": {}}]}"#;
        assert_eq!(count("TransactWriteItems", transaction), 2);
        assert_eq!(count("BatchWriteItem", r#"{"RequestItems": {"A": [{}, {}], "B": [{}]}}"#), 3);
    }
}
