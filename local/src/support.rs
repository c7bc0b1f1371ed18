//! Support's pages: an enrollment as a sequence diagram, unmatched notifications, and the catalog. In AWS, `doctor` shows
//! the same data. The pages contain no receipts, tokens or secrets.

mod diagram;
mod format;
mod lane;
mod missing;
mod row;
mod search;
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
    store::{Enrollments, TokenRequestors, enrollments::EnrollmentReader},
    telemetry,
};
use serde::Deserialize;
use simulator::PageLanguage;

use crate::{
    logos::Logos,
    page,
    web::{self, HTML},
};
use search::SearchResult;

/// The stores that the pages read.
#[derive(Clone)]
pub(crate) struct Support {
    enrollments: EnrollmentReader,
    requestors: TokenRequestors,
    logos: Logos,
    clock: Clock,
}

#[derive(Deserialize)]
struct SearchQuery {
    #[serde(default)]
    find: String,
}

impl Support {
    /// Connects with the functions' settings.
    pub(crate) fn connect(
        runtime: &Runtime,
        requestors: &TokenRequestors,
        logos: &Logos,
    ) -> Result<Self, ConfigError> {
        let mut reader = runtime.settings.read();
        let enrollments =
            Enrollments::from_settings(&mut reader, runtime).ok_or_else(|| reader.problems())?;
        Ok(Self {
            enrollments: enrollments.reader(),
            requestors: requestors.clone(),
            logos: logos.clone(),
            clock: runtime.clock.clone(),
        })
    }

    async fn page(&self, query: &str, language: PageLanguage) -> Result<String, PageError> {
        let result = self.search(query).await?;
        let snapshot = self.requestors.snapshot().await?;
        let unmatched = match result {
            SearchResult::Latest(_) => self.unmatched().await?,
            _ => Vec::new(),
        };
        Ok(view::render(query, &result, &unmatched, &snapshot, self.clock.now(), language)?)
    }

    async fn catalog(&self, language: PageLanguage) -> Result<String, page::PageError> {
        page::html(&self.requestors, &self.logos, self.clock.now(), Some(language)).await
    }
}

#[derive(Debug, thiserror::Error)]
enum PageError {
    #[error("the table could not be read")]
    Store(#[from] runtime::store::StoreError),
    #[error("the page could not be rendered")]
    Template(#[from] askama::Error),
}

/// `GET /support[?find=…]`, `/support/catalog`.
pub(crate) fn router(support: Support) -> Router {
    Router::new()
        .route("/support", get(show))
        .route("/support/catalog", get(catalog))
        .route(
            "/support/style.css",
            get(async || web::file(web::CSS, include_str!("../templates/support.css"))),
        )
        .with_state(support)
}

async fn show(
    State(support): State<Support>,
    Query(query): Query<SearchQuery>,
    language: PageLanguage,
) -> Response<Body> {
    match support.page(query.find.trim(), language).await {
        Ok(html) => web::file(HTML, html),
        Err(error) => failed(&error),
    }
}

async fn catalog(State(support): State<Support>, language: PageLanguage) -> Response<Body> {
    match support.catalog(language).await {
        Ok(html) => web::with_policy(HTML, &page::policy(), html),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> Response<Body> {
    tracing::error!(cause = telemetry::chain(error), "a support page could not be rendered");
    StatusCode::BAD_GATEWAY.into_response()
}
