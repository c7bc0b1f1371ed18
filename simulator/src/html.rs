//! HTML pages and their style sheet. The pages contain no script and state that they are a simulator's.

use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;

const STYLE: &str = include_str!("../templates/style.css");

/// Allows the style sheet, data images and forms to the simulator only.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Renders a template. Rendering to a `String` fails only if a value's `Display` fails, which none of these does.
pub(crate) fn render(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// A response with a page.
pub(crate) fn page(status: StatusCode, html: String) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    ];
    (status, headers, html).into_response()
}

/// The style sheet of all pages.
pub(crate) async fn style() -> Response<Body> {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], STYLE)
        .into_response()
}
