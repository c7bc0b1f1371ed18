//! The dead-letter queue, in memory, with the operations of SQS (AWS JSON 1.0) that `doctor redrive` uses, and with `SendMessage`.

mod queue;

use std::time::Duration;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse as _,
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

pub(crate) use queue::Queue;

use crate::shutdown::Shutdown;

/// Path of the queue's URL: account and name, as in AWS.
const PATH: &str = "111122223333/dead-letters";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage {
    message_body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveMessage {
    #[serde(default = "one")]
    max_number_of_messages: usize,
    /// In seconds.
    #[serde(default = "thirty")]
    visibility_timeout: u32,
}

fn one() -> usize {
    1
}

fn thirty() -> u32 {
    30
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteMessage {
    receipt_handle: String,
}

/// The queue's URL, by the address of its server.
pub(crate) fn queue_url(sqs_url: &Url) -> String {
    format!("{sqs_url}{PATH}")
}

/// Serves the queue until shutdown.
pub(crate) fn serve(listener: TcpListener, queue: Queue, shutdown: &Shutdown) {
    let router = Router::new().fallback_service(post(handle).with_state(queue));
    tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(shutdown.wait()).into_future());
}

async fn handle(State(queue): State<Queue>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let operation = target.and_then(|target| target.strip_prefix("AmazonSQS.")).unwrap_or_default();
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (status, response) = match perform(&queue, operation, request) {
        Ok(response) => (StatusCode::OK, response),
        Err(kind) => (StatusCode::BAD_REQUEST, json!({ "__type": format!("com.amazonaws.sqs#{kind}") })),
    };
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], response.to_string()).into_response()
}

/// The response, or the name of SQS's error.
fn perform(queue: &Queue, operation: &str, request: Value) -> Result<Value, &'static str> {
    if !request["QueueUrl"].as_str().is_some_and(|url| url.ends_with(PATH)) {
        return Err("QueueDoesNotExist");
    }
    match operation {
        "SendMessage" => {
            let SendMessage { message_body } = parse(request)?;
            Ok(json!({ "MessageId": queue.send_text(message_body) }))
        }
        "ReceiveMessage" => {
            let ReceiveMessage { max_number_of_messages, visibility_timeout } = parse(request)?;
            let received =
                queue.receive(max_number_of_messages, Duration::from_secs(visibility_timeout.into()));
            let message = |(id, body)| json!({ "MessageId": id, "ReceiptHandle": id, "Body": body });
            Ok(json!({ "Messages": received.into_iter().map(message).collect::<Value>() }))
        }
        "DeleteMessage" => {
            let DeleteMessage { receipt_handle } = parse(request)?;
            queue.delete(&receipt_handle);
            Ok(json!({}))
        }
        _ => Err("UnsupportedOperation"),
    }
}

fn parse<T: for<'a> Deserialize<'a>>(request: Value) -> Result<T, &'static str> {
    serde_json::from_value(request).map_err(|_| "InvalidParameterValue")
}
