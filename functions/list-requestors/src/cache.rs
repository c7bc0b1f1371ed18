//! The last state of the catalog that was read. As long as the table says that it is current, nothing else is read;
//! when the table cannot be query, it is better than no answer.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use model::catalog::Catalog;
use runtime::{http::Problem, log_event, store::TokenRequestors, telemetry};
use tokio::time::timeout;
use url::Url;

use crate::{listing::CachedListing, order::Order};

/// How long the table is waited for when memory can answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The table, and what was last read of it.
pub(crate) struct CatalogCache {
    requestors: TokenRequestors,
    logo_base_url: Url,
    order: Order,
    last: Mutex<Option<Shown>>,
    /// Held while the catalog is read: requests that come together read it once.
    reading: tokio::sync::Mutex<()>,
}

/// A state of the catalog and its listing.
pub(crate) type Shown = (Option<Catalog>, Arc<CachedListing>);

impl CatalogCache {
    pub(crate) fn new(requestors: TokenRequestors, logo_base_url: Url, order: Order) -> Self {
        let (last, reading) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { requestors, logo_base_url, order, last, reading }
    }

    /// Which state is current: one small read, or what memory has if the table cannot be query.
    pub(crate) async fn current(&self) -> Result<Option<Catalog>, Problem> {
        let Some((known, listing)) = self.last() else { return Ok(self.requestors.catalog().await?) };
        match timeout(PATIENCE, self.requestors.catalog()).await {
            Ok(Ok(current)) => {
                if same(known.as_ref(), current.as_ref()) && known != current {
                    // A refresh that changed nothing moved the time.
                    self.keep((current.clone(), listing));
                }
                Ok(current)
            }
            Ok(Err(error)) => Ok(fall_back(&error, known)),
            Err(elapsed) => Ok(fall_back(&elapsed, known)),
        }
    }

    /// The listing of this state, or of a newer one; of the one in memory, whatever it is, if none can be read.
    pub(crate) async fn listing(&self, current: Option<Catalog>, now: Timestamp) -> Result<Shown, Problem> {
        let held = || self.last().filter(|(known, _)| same(known.as_ref(), current.as_ref()));
        if let Some(shown) = held() {
            return Ok(shown);
        }
        let _reading = self.reading.lock().await;
        if let Some(shown) = held() {
            return Ok(shown);
        }
        let error = match self.requestors.snapshot().await {
            Ok(snapshot) => {
                let updated_at = snapshot.catalog.as_ref().and_then(|it| it.updated_at);
                let age_hours = updated_at.map(|at| now.duration_since(at).as_hours());
                tracing::info!(event = log_event::CATALOG_LOADED, age_hours, "catalog loaded");
                let listing = CachedListing::new(&snapshot, &self.order, &self.logo_base_url);
                let shown = (snapshot.catalog, Arc::new(listing.map_err(Problem::internal)?));
                self.keep(shown.clone());
                return Ok(shown);
            }
            Err(error) => error,
        };
        match self.last() {
            Some((known, listing)) => Ok((fall_back(&error, known), listing)),
            None => Err(error.into()),
        }
    }

    fn last(&self) -> Option<Shown> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, shown: Shown) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
    }
}

fn fall_back(error: &dyn Error, known: Option<Catalog>) -> Option<Catalog> {
    tracing::error!(
        event = log_event::STALE_CATALOG_SERVED,
        cause = telemetry::chain(error),
        "catalog read failed; serving the copy in memory"
    );
    known
}

/// Whether both show the same requestors and artwork, whatever their times.
fn same(one: Option<&Catalog>, other: Option<&Catalog>) -> bool {
    let state = |it: &Catalog| (it.version, it.change, it.artwork);
    one.map(state) == other.map(state)
}
