//! A file of `events/` as its source delivers it, and the response as API Gateway receives it.

use std::{fs, path::PathBuf};

use lambda_http::{Body, Request, Response};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;

/// A file of `events/`.
pub(super) struct Event(String);

impl Event {
    pub(super) fn read(file: &str) -> Self {
        Self(fs::read_to_string(folder().join(file)).unwrap())
    }

    /// With a placeholder replaced by a value that exists only at run time.
    pub(super) fn with(&self, placeholder: &str, value: &str) -> Self {
        assert!(self.0.contains(placeholder));
        Self(self.0.replace(placeholder, value))
    }

    /// As a function receives it from API Gateway.
    pub(super) fn request(&self) -> Request {
        runtime::http::request_from_event(&serde_json::from_str(&self.0).unwrap()).unwrap()
    }

    /// As `lambda_runtime` receives it from any other source.
    pub(super) fn scheduled(&self) -> LambdaEvent<Value> {
        scheduled(serde_json::from_str(&self.0).unwrap())
    }
}

pub(super) fn scheduled(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

pub(super) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../events"))
}

/// The response that API Gateway forwards.
pub(super) struct ParsedResponse {
    pub(super) status: u16,
    pub(super) body: Value,
    response: Response<Body>,
}

pub(super) fn parse_response(response: Response<Body>) -> ParsedResponse {
    let body = serde_json::from_slice(response.body().as_ref()).unwrap_or_default();
    ParsedResponse { status: response.status().as_u16(), response, body }
}

impl ParsedResponse {
    pub(super) fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// One field of every entry of a list.
    pub(super) fn all(&self, list: &str, field: &str) -> Vec<&Value> {
        self.body[list].as_array().unwrap().iter().map(|entry| &entry[field]).collect()
    }
}
