//! CORS (the Fetch standard's protocol) as API Gateway implements it for an HTTP API with a CORS configuration: it answers
//! preflight requests itself and adds the headers to all other responses. Methods, headers and age are those of
//! `infra/template.yaml`.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header, request::Parts},
};

const METHODS: &str = "GET,POST";
const HEADERS: &str = "authorization,content-type,idempotency-key,if-none-match";
const EXPOSED_HEADERS: &str = "etag,ratelimit,ratelimit-policy,retry-after,www-authenticate";
const MAX_AGE_SECONDS: &str = "600";

/// The origins whose pages may read responses, such as `https://bank.example`; by default none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors {
    origins: Vec<String>,
}

impl Cors {
    pub(crate) fn new(origins: Vec<String>) -> Self {
        Self { origins }
    }

    /// The response to a preflight request; `None` for other requests, and if no origin is configured.
    pub(super) fn preflight(&self, request: &Parts) -> Option<Response<Body>> {
        let asks = request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if self.origins.is_empty() || request.method != Method::OPTIONS || !asks {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        if self.allow(&request.headers, &mut response) {
            for (name, value) in [
                (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
                (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS),
            ] {
                set(&mut response, name, value);
            }
        }
        Some(response)
    }

    /// Allows the page that sent these headers to read the response. Whether it may.
    pub(super) fn allow(&self, request: &HeaderMap, response: &mut Response<Body>) -> bool {
        let Some(origin) = request.get(header::ORIGIN) else { return false };
        let allowed = self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes());
        if allowed {
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            set(response, header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
        }
        allowed
    }
}

fn set(response: &mut Response<Body>, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}
