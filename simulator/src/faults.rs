//! What can go wrong between an issuer and Mastercard, on demand.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use hyper::body::Frame;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::operation::Operation;

/// One way to fail. In the first group nothing happens at Mastercard; in the second the operation happens, and only
/// its answer suffers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// Answers with this HTTP status, with the gateway's JSON envelope or without a body.
    Status {
        /// HTTP status, 200 to 599.
        code: u16,
        /// Whether a JSON envelope comes with it.
        json: bool,
    },
    /// 502 with an HTML page, as network equipment answers.
    HtmlBadGateway,
    /// 200 without a body.
    EmptyBody,
    /// 200 with well-formed JSON of something else.
    WrongContent,
    /// 200 with `errors`.
    ErrorsInOk {
        /// The error's `reasonCode`.
        reason_code: String,
    },
    /// 200 with `errorCode`, `errorDescription`, `errors` and half-empty success fields full of `null`, as sibling
    /// APIs of MDES answer.
    NullShape,
    /// The gateway's envelope with this error.
    Refuse {
        /// HTTP status, 200 to 599.
        code: u16,
        /// Who says so: `Gateway`, `MDES`, `INPUT`.
        source: String,
        /// The error's `ReasonCode`.
        reason_code: String,
        /// `Recoverable`; left out if absent.
        #[serde(default)]
        recoverable: Option<bool>,
    },
    /// 429 with `Retry-After`.
    TooManyRequests {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The connection closes before anything happens.
    HangUp,
    /// The body is changed on its way to the gateway.
    BodyAltered,
    /// The gateway's clock is ahead; noticed only where [`crate::Options::clock_skew`] sets a window.
    ClockAhead {
        /// How far.
        seconds: u32,
    },

    /// The answer comes later.
    Latency {
        /// How much later.
        milliseconds: u64,
    },
    /// The connection breaks in the middle of the answer's body.
    ResetMidBody,
    /// The answer's body ends early, within intact HTTP.
    TruncatedJson,
    /// The answer has fields that nobody documented.
    ExtraFields,
    /// The answer brings no signature, as for a token requestor that verifies none.
    Unsigned,
    /// The operation happens, and the connection closes without an answer.
    AnswerLost,
}

/// How often a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Times {
    /// The next so many calls.
    Next(u32),
    /// Until it is cleared.
    Always,
}

impl From<u32> for Times {
    fn from(times: u32) -> Self {
        Self::Next(times)
    }
}

/// Marks a response whose connection is to be closed instead of answered.
#[derive(Clone, Copy)]
pub(crate) struct HungUp;

#[derive(Default)]
pub(crate) struct Faults {
    planned: Mutex<HashMap<Operation, Planned>>,
}

struct Planned {
    fault: Fault,
    times: Times,
    /// Strikes only calls that say this in their path or body; empty for all.
    about: String,
}

impl Faults {
    pub(crate) fn set(&self, operation: Operation, about: &str, fault: Fault, times: Times) {
        let planned = Planned { fault, times, about: about.to_owned() };
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).insert(operation, planned);
    }

    pub(crate) fn clear(&self) {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What is planned, a line each.
    pub(crate) fn planned(&self) -> Vec<String> {
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<_> = planned
            .iter()
            .map(|(operation, Planned { fault, times, .. })| {
                format!("{}: {fault:?}, {times:?}", operation.name())
            })
            .collect();
        lines.sort();
        lines
    }

    /// The fault of a call that says this, in its path and in its body.
    pub(crate) fn strike<const N: usize>(&self, operation: Operation, said: [&[u8]; N]) -> Option<Fault> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let Planned { fault, times, about } = planned.get_mut(&operation)?;
        let says = |part: &&[u8]| String::from_utf8_lossy(part).contains(about.as_str());
        if !about.is_empty() && !said.iter().any(says) {
            return None;
        }
        let fault = fault.clone();
        match times {
            Times::Always => {}
            Times::Next(left @ 2..) => *left -= 1,
            Times::Next(left) => {
                let spent = *left == 0;
                planned.remove(&operation);
                if spent {
                    return None;
                }
            }
        }
        Some(fault)
    }
}

impl Fault {
    /// The answer that comes in place of the operation.
    pub(crate) fn instead(&self) -> Option<Response<Body>> {
        let error = |reason: &str| json!([{"source": "MDES", "reasonCode": reason, "description": "A fault that was asked for."}]);
        Some(match self {
            Self::Status { code, json } => {
                let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                if *json {
                    let envelope = json!({"Errors": {"Error": [{"Source": "Gateway", "ReasonCode": "FAULT",
                        "Description": "A fault that was asked for.", "Recoverable": status.is_server_error(),
                        "Details": null}]}});
                    respond(status, "application/json", envelope.to_string())
                } else {
                    respond(status, "", "")
                }
            }
            Self::HtmlBadGateway => respond(
                StatusCode::BAD_GATEWAY,
                "text/html",
                "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>",
            ),
            Self::EmptyBody => respond(StatusCode::OK, "application/json", ""),
            Self::WrongContent => respond(StatusCode::OK, "application/json", r#"["something else", 42]"#),
            Self::ErrorsInOk { reason_code } => respond(
                StatusCode::OK,
                "application/json",
                json!({"responseId": "fault", "errors": error(reason_code)}).to_string(),
            ),
            Self::NullShape => respond(
                StatusCode::OK,
                "application/json",
                json!({"responseId": null, "errorCode": "SYSTEM_ERROR", "errorDescription": "A fault that was asked for.",
                    "errors": error("SYSTEM_ERROR"), "tokenRequestors": null, "mediaContents": null,
                    "pushAccountReceipts": null, "availablePushMethods": null, "signature": null,
                    "tokenRequestorSignatureSupport": null, "clientTokens": null, "pushFundingAccounts": null})
                .to_string(),
            ),
            Self::Refuse { code, source, reason_code, recoverable } => {
                let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut error = json!({"Source": source, "ReasonCode": reason_code,
                    "Description": "A fault that was asked for.", "Details": null});
                if let Some(recoverable) = recoverable {
                    error["Recoverable"] = json!(recoverable);
                }
                respond(status, "application/json", json!({"Errors": {"Error": [error]}}).to_string())
            }
            Self::TooManyRequests { retry_after } => {
                let mut response = respond(StatusCode::TOO_MANY_REQUESTS, "application/json", "{}");
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
                response
            }
            Self::HangUp => hung_up(),
            Self::BodyAltered | Self::ClockAhead { .. } => return None,
            Self::Latency { .. } | Self::ResetMidBody | Self::TruncatedJson => return None,
            Self::ExtraFields | Self::Unsigned | Self::AnswerLost => return None,
        })
    }

    /// What it does to the body on its way to the gateway.
    pub(crate) fn alter(&self, body: Bytes) -> Bytes {
        match self {
            Self::BodyAltered => [&body[..], b" "].concat().into(),
            _ => body,
        }
    }

    /// How many seconds the gateway's clock is ahead.
    pub(crate) fn clock_ahead(&self) -> i64 {
        match self {
            Self::ClockAhead { seconds } => (*seconds).into(),
            _ => 0,
        }
    }

    /// What it does to the answer's JSON.
    pub(crate) fn adorn(&self, body: &mut Value) {
        if let (Self::Unsigned, Some(fields)) = (self, body.as_object_mut()) {
            fields.remove("signature");
            fields.insert("tokenRequestorSignatureSupport".to_owned(), json!(false));
        }
        if let (Self::ExtraFields, Some(fields)) = (self, body.as_object_mut()) {
            fields
                .insert("introducedTomorrow".to_owned(), json!({"nested": [1, null, "text"], "flag": true}));
            for entry in fields.values_mut().filter_map(Value::as_array_mut).flatten() {
                if let Some(entry) = entry.as_object_mut() {
                    entry.insert("alsoIntroducedTomorrow".to_owned(), json!(19));
                }
            }
        }
    }

    /// What it does to the finished answer.
    pub(crate) async fn spoil(&self, response: Response<Body>, body: Bytes) -> Response<Body> {
        match self {
            Self::Latency { milliseconds } => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
            Self::AnswerLost => return hung_up(),
            Self::ResetMidBody | Self::TruncatedJson => {
                let half = body.slice(..body.len() / 2);
                let (mut parts, _) = response.into_parts();
                if *self == Self::TruncatedJson {
                    return Response::from_parts(parts, Body::from(half));
                }
                parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
                return Response::from_parts(parts, Body::new(Severed::After(half)));
            }
            _ => {}
        }
        response
    }
}

fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if !content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

fn hung_up() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(HungUp);
    response
}

/// A body that promises more than it holds. The pause lets the server flush what there is before the break.
enum Severed {
    After(Bytes),
    Pausing,
    Broken,
}

impl hyper::body::Body for Severed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match std::mem::replace(&mut *self, Self::Pausing) {
            Self::After(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            Self::Pausing => {
                *self = Self::Broken;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Broken => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }
}
