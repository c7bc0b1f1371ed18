//! HTML pages and their style sheet. The pages contain no script and state that they are a simulator's.

use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;

/// The style sheet of the design: tokens, elements and components, of the simulator's pages and of `local`'s.
pub const DESIGN: &str = concat!(
    include_str!("../design/tokens.css"),
    include_str!("../design/elements.css"),
    include_str!("../design/components.css"),
);
/// What only the simulator's pages show.
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
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, [DESIGN, STYLE].concat()).into_response()
}
