//! Faults that alter a request or damage a response.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use flate2::{Compression, read::GzEncoder};
use hyper::body::Frame;
use serde_json::{Value, json};

use super::Fault;
use crate::response::close_connection;

impl Fault {
    /// The request body as the gateway receives it.
    pub(crate) fn alter_request(&self, body: Bytes) -> Bytes {
        match self {
            Self::BodyAltered => [&body[..], b" "].concat().into(),
            _ => body,
        }
    }

    /// Seconds that the gateway's clock is ahead.
    pub(crate) fn clock_ahead(&self) -> i64 {
        match self {
            Self::ClockAhead { seconds } => (*seconds).into(),
            _ => 0,
        }
    }

    /// Alters the response's JSON, before it is encrypted.
    pub(crate) fn alter_json(&self, body: &mut Value) {
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

    /// Delays, cuts or drops the complete response.
    pub(crate) async fn damage(&self, response: Response<Body>, body: Bytes) -> Response<Body> {
        match self {
            Self::Latency { milliseconds } => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
            Self::ResponseLost => return close_connection(),
            Self::ResetMidBody | Self::TruncatedJson => {
                let half = body.slice(..body.len() / 2);
                let (mut parts, _) = response.into_parts();
                if *self == Self::TruncatedJson {
                    return Response::from_parts(parts, Body::from(half));
                }
                parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
                return Response::from_parts(parts, Body::new(TruncatedBody::Half(half)));
            }
            Self::Gzip => {
                let mut compressed = Vec::new();
                // Writing to memory does not fail.
                let _ = GzEncoder::new(&*body, Compression::fast()).read_to_end(&mut compressed);
                let (mut parts, _) = response.into_parts();
                parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                return Response::from_parts(parts, Body::from(compressed));
            }
            Self::Rewritten { find, replace } => {
                let body = String::from_utf8_lossy(&body).replace(find, replace);
                return Response::from_parts(response.into_parts().0, Body::from(body));
            }
            _ => {}
        }
        response
    }
}

/// A body shorter than its `Content-Length`. The pending poll lets the server flush the first half before the error.
enum TruncatedBody {
    Half(Bytes),
    Pending,
    Reset,
}

impl hyper::body::Body for TruncatedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match std::mem::replace(&mut *self, Self::Pending) {
            Self::Half(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            Self::Pending => {
                *self = Self::Reset;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Reset => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }
}
