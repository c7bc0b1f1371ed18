//! CORS (the Fetch standard's protocol) as API Gateway implements it for an HTTP API with a CORS configuration: it adds the headers
//! to all responses. A preflight request reaches the function, because each path has an `ANY` route. Methods, headers and age are
//! those of `infra/template.yaml`.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Response, header, request::Parts},
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

    /// Adds the headers that allow the page which sent this request to read the response, if it may; after a preflight request
    /// also those that allow the request itself.
    pub(super) fn allow(&self, request: &Parts, response: &mut Response<Body>) {
        let Some(origin) = request.headers.get(header::ORIGIN) else { return };
        if !self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()) {
            return;
        }
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        set(response, header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
        if request.method == Method::OPTIONS
            && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            set(response, header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            set(response, header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            set(response, header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
        }
    }
}

fn set(response: &mut Response<Body>, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}
