//! What app and browser said to the API and what it answered, told to whoever watches; the simulator tells the rest.
//! The values of a few fields are shown, all others are hidden.

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

/// Fields of the API whose values a person may see.
const HARMLESS: [&str; 29] = [
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
/// What an outline is made of, in bytes; of a longer answer only the head is told.
const LARGEST: usize = 1 << 20;

/// The exchanges of the app's gateway.
#[derive(Clone)]
pub(crate) struct Journal(broadcast::Sender<Exchange>);

/// A request that is under way.
pub(crate) struct Asked {
    began: Timestamp,
    route: String,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(1024))
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Exchange> {
        self.0.subscribe()
    }

    /// Notes a request; nothing, when nobody watches.
    pub(crate) fn asked(&self, route: String, request: &Parts, body: &Bytes) -> Option<Asked> {
        if self.0.receiver_count() == 0 {
            return None;
        }
        let began = Timestamp::now();
        // The path of a returning browser is a secret, and so is its query.
        let head = match request.uri.path_and_query() {
            Some(path) if !route.contains("/callback/") => format!("{} {path}", request.method),
            _ => format!("{route}?results[…]=…"),
        };
        let said = Message::new(head, serde_json::from_slice::<Value>(body).ok().as_ref(), &HARMLESS);
        self.note(question(&route), Party::IssuerApp, Party::IssuerServer, &route, began, said);
        Some(Asked { began, route })
    }

    /// Notes the answer to it, and gives it back.
    pub(crate) async fn answered(&self, asked: Option<Asked>, response: Response<Body>) -> Response<Body> {
        let Some(Asked { began, route }) = asked else { return response };
        let (parts, body) = response.into_parts();
        // The gateway made this body of a text that it had in hand.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let outlined =
            content(&parts.headers, &body).and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        let said = Message::new(parts.status.to_string(), outlined.as_ref(), &HARMLESS);
        let what = format!("{route}: {}", parts.status.as_u16());
        self.note(answer(&route), Party::IssuerServer, Party::IssuerApp, &what, began, said);
        Response::from_parts(parts, Body::from(body))
    }

    fn note(&self, step: u8, from: Party, to: Party, what: &str, began: Timestamp, said: Message) {
        let took = Duration::try_from(Timestamp::now().duration_since(began)).unwrap_or_default();
        // Nobody watching any more is no failure.
        let _ = self.0.send(Exchange {
            step,
            from,
            to,
            summary: what.to_owned(),
            started_at: began,
            duration: took,
            messages: vec![said],
        });
    }
}

/// Step of the use case that a request is; following an enrollment has no number.
fn question(route: &str) -> u8 {
    match route {
        "GET /token-requestors" | "GET /cards" => 5,
        "POST /enrollments" | "POST /enrollments/{enrollmentId}/attempts" => 6,
        "GET /callback/{state}" => 25,
        _ => 0,
    }
}

fn answer(route: &str) -> u8 {
    match question(route) {
        6 => 12,
        step => step,
    }
}

fn content(headers: &HeaderMap, body: &Bytes) -> Option<Bytes> {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return (body.len() <= LARGEST).then(|| body.clone());
    }
    let mut plain = Vec::new();
    let limit = u64::try_from(LARGEST).unwrap_or_default();
    GzDecoder::new(body.as_ref()).take(limit).read_to_end(&mut plain).ok()?;
    Some(plain.into())
}
