//! Responses with the pages of `local`: served to this machine only, with a policy that lets a browser run and fetch
//! nothing from other hosts.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, Response, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect},
    routing::get,
};
use url::Url;

/// Allows this origin only, and nothing inline.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Media type of pages.
pub(crate) const HTML: &str = "text/html; charset=utf-8";
/// Media type of style sheets.
pub(crate) const CSS: &str = "text/css; charset=utf-8";
/// Media type of scripts.
pub(crate) const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path, media type and content of a file that is part of the binary.
pub(crate) type File = (&'static str, &'static str, &'static str);

/// Serves files with the policy.
pub(crate) fn files<const N: usize>(files: [File; N]) -> Router {
    files.into_iter().fold(Router::new(), |router, (path, media_type, content)| {
        router.route(path, get(async move || file(media_type, content)))
    })
}

/// What several pages share: the design, which is the simulator's too, and sequence diagrams.
pub(crate) fn router() -> Router {
    files([
        ("/design.css", CSS, simulator::DESIGN),
        ("/diagram.css", CSS, include_str!("../design/diagram.css")),
        ("/copy.js", SCRIPT, include_str!("../design/copy.js")),
    ])
}

/// A file with its media type and the policy.
pub(crate) fn file(media_type: &str, content: impl Into<Body>) -> Response<Body> {
    with_policy(media_type, POLICY, content)
}

/// A file with its own policy.
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

/// Redirects requests whose `Host` is not the loopback address. The pages contain tokens and enrollments, which a page of
/// another site could read by DNS rebinding.
pub(crate) async fn require_loopback_host(
    State(base_url): State<Url>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let expected = match base_url.port() {
        Some(port) => format!("127.0.0.1:{port}"),
        None => "127.0.0.1".to_owned(),
    };
    let given = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if given == Some(&expected) {
        return next.run(request).await;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::temporary(&format!("http://{expected}{path}")).into_response()
}
