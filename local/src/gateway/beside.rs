//! What stands beside the deployed API: the logos, which a CDN or the bucket itself would serve, and the page that a
//! bank's website would show when the cardholder comes back.

use aws_sdk_s3::Client;
use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode, header},
    response::{Html, IntoResponse as _},
    routing::get,
};

#[derive(Clone)]
struct Logos {
    s3: Client,
    bucket: String,
}

/// `GET /logos/{key}` and `GET /app/returned`.
pub(crate) fn router(s3: Client, bucket: String) -> Router {
    Router::new()
        .route("/logos/{*key}", get(logo))
        .with_state(Logos { s3, bucket })
        .route("/app/returned", get(returned))
}

/// A logo never changes under its key. Its SVG comes from elsewhere, so a browser must not run anything in it.
async fn logo(State(Logos { s3, bucket }): State<Logos>, Path(key): Path<String>) -> Response<Body> {
    let found = match s3.get_object().bucket(bucket).key(key).send().await {
        Ok(found) => found,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => {
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(error) => {
            tracing::error!(error = %aws_sdk_s3::error::DisplayErrorContext(error), "a logo could not be read");
            return StatusCode::BAD_GATEWAY.into_response();
        }
    };
    let media_type = found.content_type().unwrap_or("application/octet-stream").to_owned();
    let Ok(content) = found.body.collect().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let headers = [
        (header::CONTENT_TYPE, media_type.as_str()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content.into_bytes()).into_response()
}

/// The app link `web-bank` leads here.
async fn returned() -> Html<&'static str> {
    Html(concat!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Your bank</title><h1>Welcome back</h1>"#,
        "<p>This page stands in for the bank's own; it asks <code>GET /enrollments/{enrollmentId}</code> how it went."
    ))
}
