//! The logos, which a CDN serves in AWS.

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode, header},
    response::IntoResponse as _,
    routing::get,
};

use crate::logos::Logos;

/// `GET /logos/{file}`.
pub(crate) fn router(logos: Logos) -> Router {
    Router::new().route("/logos/{file}", get(logo)).with_state(logos)
}

/// The path is the object's key. The content is from a third party, so the policy keeps a browser from running scripts in
/// it.
async fn logo(State(logos): State<Logos>, Path(file): Path<String>) -> Response<Body> {
    match logos.get(&format!("logos/{file}")).await {
        Ok(Some(logo)) => {
            let headers = [
                (header::CONTENT_TYPE, logo.media_type.as_str()),
                (header::CACHE_CONTROL, logo.cache_control.as_str()),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, logo.content).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a logo could not be shown");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}
