//! The events of API Gateway, made from the repository's example events.

use std::fs;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::error::BenchError;

/// Cards of a client: the length of its token list must not grow with the number of samples.
pub(super) const CARDS_PER_CLIENT: u64 = 20;

/// `GET /enrollments/{enrollmentId}`
pub(super) fn get_enrollment_event(client: u64, enrollment: &str) -> Result<Value, BenchError> {
    let mut event = read_event("get-enrollment.json")?;
    event["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] = client.to_string().into();
    event["pathParameters"]["enrollmentId"] = enrollment.into();
    Ok(event)
}

/// `GET /callback/{state}` of the returning browser.
pub(super) fn callback_event(callback: &Url) -> Result<Value, BenchError> {
    let mut event = read_event("receive-callback-approved.json")?;
    event["rawPath"] = callback.path().into();
    event["rawQueryString"] = callback.query().into();
    event["queryStringParameters"] = callback.query_pairs().collect();
    event["pathParameters"]["state"] = callback.path_segments().and_then(|mut path| path.next_back()).into();
    Ok(event)
}

/// `POST /notifications` of Mastercard, with the certificate of the settings.
pub(super) fn notification_event(body: &str) -> Result<Value, BenchError> {
    let mut event = read_event("receive-notification-tar.json")?;
    event["body"] = body.into();
    Ok(event)
}

/// `GET /cards` of a client.
pub(super) fn list_cards_event(client: u64) -> Result<Value, BenchError> {
    let mut event = read_event("list-cards.json")?;
    event["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] = client.to_string().into();
    Ok(event)
}

/// `GET /cards/{cardContractId}/tokens` of a client.
pub(super) fn list_tokens_event(client: u64, card: u64) -> Result<Value, BenchError> {
    let mut event = read_event("manage-tokens-list.json")?;
    set_path(&mut event, client, &format!("/cards/{card}/tokens"));
    event["pathParameters"]["cardContractId"] = card.to_string().into();
    Ok(event)
}

/// `POST /cards/{cardContractId}/tokens/{tokenId}/{action}` of a client.
pub(super) fn token_change_event(
    client: u64,
    card: u64,
    token: &str,
    action: &str,
) -> Result<Value, BenchError> {
    let mut event = read_event("manage-tokens-suspend.json")?;
    set_path(&mut event, client, &format!("/cards/{card}/tokens/{token}/{action}"));
    let route = format!("POST /cards/{{cardContractId}}/tokens/{{tokenId}}/{action}");
    event["routeKey"] = route.as_str().into();
    event["requestContext"]["routeKey"] = route.into();
    event["headers"]["idempotency-key"] = format!("bench-{card}-{action}").into();
    event["pathParameters"] = json!({ "cardContractId": card.to_string(), "tokenId": token });
    if action == "remove" {
        event["headers"]["content-type"] = "application/json".into();
        event["body"] = json!({ "confirm": true }).to_string().into();
    }
    Ok(event)
}

fn set_path(event: &mut Value, client: u64, path: &str) {
    event["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] = client.to_string().into();
    event["rawPath"] = path.into();
    event["requestContext"]["http"]["path"] = path.into();
}

/// The client that owns a card of the benchmark.
pub(super) fn client_of_card(card: u64) -> u64 {
    card / CARDS_PER_CLIENT
}

/// One of the repository's example events.
pub(super) fn read_event(file: &str) -> Result<Value, BenchError> {
    let path = format!("{}/../events/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read(&path).and_then(|text| Ok(serde_json::from_slice(&text)?));
    text.map_err(|source| BenchError::File { file: path, source })
}

/// The JSON body of an event or response.
pub(super) fn body(event: &Value) -> Value {
    event["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
}

/// A text field; empty if it is missing.
pub(super) fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

/// A TAR that approves a card.
pub(super) fn tar(client: u64, card: u64) -> Result<Value, BenchError> {
    let mut body = body(&read_event("receive-notification-tar.json")?);
    body["notificationId"] = format!("bench-{card}").into();
    body["occurredAt"] = Timestamp::now().to_string().into();
    body["clientId"] = client.into();
    body["cardContractId"] = card.into();
    Ok(body)
}
