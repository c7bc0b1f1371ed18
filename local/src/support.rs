//! Support's view of this machine: one enrollment as a picture against time, notifications that match nothing, and the
//! catalog. In AWS the command line answers the same questions. It shows facts, never a receipt, a token or a secret.

mod find;
mod picture;
#[cfg(test)]
mod tests;
mod view;

use axum::{
    Router,
    body::Body,
    extract::{Query, State},
    http::{Response, StatusCode},
    response::IntoResponse as _,
    routing::get,
};
use model::clock::Clock;
use runtime::{
    config::{ConfigError, Runtime},
    store::{Enrollments, TokenRequestors},
    telemetry,
};
use serde::Deserialize;

use crate::{logos::Logos, page, web};
use find::Found;

const HTML: &str = "text/html; charset=utf-8";

/// All that this view reads. It writes nothing.
#[derive(Clone)]
pub(crate) struct Support {
    enrollments: Enrollments,
    requestors: TokenRequestors,
    logos: Logos,
    clock: Clock,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    find: String,
}

impl Support {
    /// From the functions' own settings.
    pub(crate) fn connect(
        host: &Runtime,
        requestors: &TokenRequestors,
        logos: &Logos,
    ) -> Result<Self, ConfigError> {
        let mut read = host.settings.read();
        let enrollments = Enrollments::read(&mut read, host).ok_or_else(|| read.problems())?;
        Ok(Self {
            enrollments,
            requestors: requestors.clone(),
            logos: logos.clone(),
            clock: host.clock.clone(),
        })
    }

    async fn answer(&self, asked: &str) -> Result<String, Failure> {
        let found = self.find(asked).await?;
        let snapshot = self.requestors.snapshot().await?;
        let unmatched = match found {
            Found::Latest(_) => self.unmatched().await?,
            _ => Vec::new(),
        };
        Ok(view::render(asked, &found, &unmatched, &snapshot, self.clock.now())?)
    }

    async fn catalog(&self) -> Result<String, page::PageError> {
        page::html(&self.requestors, &self.logos, self.clock.now()).await
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the table could not be read")]
    Store(#[from] runtime::store::StoreError),
    #[error("the page could not be put together")]
    Template(#[from] askama::Error),
}

/// `GET /support[?find=…]`, `/support/catalog`.
pub(crate) fn router(support: Support) -> Router {
    Router::new()
        .route("/support", get(show))
        .route("/support/catalog", get(catalog))
        .route(
            "/support/style.css",
            get(async || web::file("text/css; charset=utf-8", include_str!("../templates/support.css"))),
        )
        .with_state(support)
}

async fn show(State(support): State<Support>, Query(asked): Query<Asked>) -> Response<Body> {
    match support.answer(asked.find.trim()).await {
        Ok(html) => web::file(HTML, html),
        Err(error) => failed(&error),
    }
}

async fn catalog(State(support): State<Support>) -> Response<Body> {
    match support.catalog().await {
        Ok(html) => web::with_policy(HTML, &page::policy(), html),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> Response<Body> {
    tracing::error!(cause = telemetry::chain(error), "support's view could not be shown");
    StatusCode::BAD_GATEWAY.into_response()
}
