//! How this machine's own pages are served: from the binary, to this machine alone, and so that a browser runs and
//! fetches nothing from elsewhere.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, Response, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect},
};
use url::Url;

/// Everything from here, nothing inline.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page, style sheet, script or other part of one, under its media type.
pub(crate) fn file(media_type: &str, content: impl Into<Body>) -> Response<Body> {
    with_policy(media_type, POLICY, content)
}

/// One that brings its own policy.
pub(crate) fn with_policy(media_type: &str, policy: &str, content: impl Into<Body>) -> Response<Body> {
    let headers: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    (headers, content.into()).into_response()
}

/// These pages hand out tokens and show enrollments, so no name but this machine's own leads to them: a page elsewhere
/// could point a name of its own at 127.0.0.1 and read along.
pub(crate) async fn only_here(State(base_url): State<Url>, request: Request, next: Next) -> Response<Body> {
    let here = match base_url.port() {
        Some(port) => format!("127.0.0.1:{port}"),
        None => "127.0.0.1".to_owned(),
    };
    let asked = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if asked == Some(&here) {
        return next.run(request).await;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::temporary(&format!("http://{here}{path}")).into_response()
}
