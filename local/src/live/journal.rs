//! Publishes the exchanges of app and browser with the API to the live page; the simulator publishes the others. Only the
//! values of some fields are included.

use std::{io::Read as _, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Response, header, request::Parts},
};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde_json::Value;
use simulator::{Exchange, Message, Party};
use tokio::sync::broadcast;

/// Fields of the API whose values may be shown.
const VISIBLE_FIELDS: [&str; 29] = [
    "accepted",
    "acceptedAt",
    "at",
    "attempt",
    "callback",
    "cardContractId",
    "catalogUpdatedAt",
    "code",
    "createdAt",
    "detail",
    "displayName",
    "enrollmentId",
    "event",
    "expiresAt",
    "height",
    "locale",
    "mediaType",
    "message",
    "platform",
    "pushMethods",
    "reason",
    "requestId",
    "state",
    "status",
    "supportedAccountHolderData",
    "termsVersion",
    "title",
    "tokenRequestorId",
    "type",
];
/// Maximum size of a body that is outlined, in bytes; of a larger response only the head is published.
const MAX_BODY: usize = 1 << 20;

/// The exchanges of the app's gateway.
#[derive(Clone)]
pub(crate) struct Journal(broadcast::Sender<Exchange>);

/// A request without a response yet.
pub(crate) struct PendingRequest {
    started_at: Timestamp,
    route: String,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(1024))
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Exchange> {
        self.0.subscribe()
    }

    /// Publishes a request; `None` without subscribers.
    pub(crate) fn record_request(
        &self,
        route: String,
        request: &Parts,
        body: &Bytes,
    ) -> Option<PendingRequest> {
        if self.0.receiver_count() == 0 {
            return None;
        }
        let started_at = Timestamp::now();
        // Path and query of the callback are secret.
        let head = match request.uri.path_and_query() {
            Some(path) if !route.contains("/callback/") => format!("{} {path}", request.method),
            _ => format!("{route}?results[…]=…"),
        };
        let message =
            Message::new(head, serde_json::from_slice::<Value>(body).ok().as_ref(), &VISIBLE_FIELDS);
        self.publish(
            request_step(&route),
            Party::IssuerApp,
            Party::IssuerServer,
            &route,
            started_at,
            message,
        );
        Some(PendingRequest { started_at, route })
    }

    /// Publishes the response, and returns it.
    pub(crate) async fn record_response(
        &self,
        pending: Option<PendingRequest>,
        response: Response<Body>,
    ) -> Response<Body> {
        let Some(PendingRequest { started_at, route }) = pending else { return response };
        let (parts, body) = response.into_parts();
        // The gateway built this body from a string, so it cannot fail.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let json =
            content(&parts.headers, &body).and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        let message = Message::new(parts.status.to_string(), json.as_ref(), &VISIBLE_FIELDS);
        let summary = format!("{route}: {}", parts.status.as_u16());
        self.publish(
            response_step(&route),
            Party::IssuerServer,
            Party::IssuerApp,
            &summary,
            started_at,
            message,
        );
        Response::from_parts(parts, Body::from(body))
    }

    fn publish(
        &self,
        step: u8,
        from: Party,
        to: Party,
        summary: &str,
        started_at: Timestamp,
        message: Message,
    ) {
        let duration = Duration::try_from(Timestamp::now().duration_since(started_at)).unwrap_or_default();
        // Without subscribers this fails, which is fine.
        let _ = self.0.send(Exchange {
            step,
            from,
            to,
            summary: summary.to_owned(),
            started_at,
            duration,
            messages: vec![message],
        });
    }
}

/// The use case's step of a request; 0 for following an enrollment, which has no number.
fn request_step(route: &str) -> u8 {
    match route {
        "GET /token-requestors" | "GET /cards" => 5,
        "POST /enrollments" | "POST /enrollments/{enrollmentId}/attempts" => 6,
        "GET /callback/{state}" => 25,
        _ => 0,
    }
}

fn response_step(route: &str) -> u8 {
    match request_step(route) {
        6 => 12,
        step => step,
    }
}

fn content(headers: &HeaderMap, body: &Bytes) -> Option<Bytes> {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return (body.len() <= MAX_BODY).then(|| body.clone());
    }
    let mut plain = Vec::new();
    let limit = u64::try_from(MAX_BODY).unwrap_or_default();
    GzDecoder::new(body.as_ref()).take(limit).read_to_end(&mut plain).ok()?;
    Some(plain.into())
}
