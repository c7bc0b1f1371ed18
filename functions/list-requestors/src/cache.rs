//! The listing of the catalog version that was read last. While the catalog record in DynamoDB is unchanged, nothing else
//! is read. If DynamoDB fails, the cached listing is served.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use model::catalog::Catalog;
use runtime::{http::Problem, store::TokenRequestors, telemetry};
use tokio::time::timeout;
use url::Url;

use crate::{listing::CachedListing, order::Order};

/// Timeout of reading the catalog record while a listing is cached.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// Reads the catalog and caches its listing.
pub(crate) struct CatalogCache {
    requestors: TokenRequestors,
    logo_base_url: Url,
    order: Order,
    cached: Mutex<Option<CatalogState>>,
    /// Locked while the catalog is read, so that concurrent requests read it once.
    reading: tokio::sync::Mutex<()>,
}

/// A catalog record, `None` before the first refresh, and the listing of this version.
pub(crate) type CatalogState = (Option<Catalog>, Arc<CachedListing>);

impl CatalogCache {
    pub(crate) fn new(requestors: TokenRequestors, logo_base_url: Url, order: Order) -> Self {
        let (cached, reading) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { requestors, logo_base_url, order, cached, reading }
    }

    /// The current catalog record: from DynamoDB, or the cached one if DynamoDB fails.
    ///
    /// # Errors
    /// When DynamoDB fails and no listing is cached.
    pub(crate) async fn current(&self) -> Result<Option<Catalog>, Problem> {
        let Some((cached, listing)) = self.cached() else { return Ok(self.requestors.catalog().await?) };
        match timeout(READ_TIMEOUT, self.requestors.catalog()).await {
            Ok(Ok(current)) => {
                if same_version(cached.as_ref(), current.as_ref()) && cached != current {
                    // A refresh without changes: only its time is new.
                    self.store((current.clone(), listing));
                }
                Ok(current)
            }
            Ok(Err(error)) => Ok(fall_back(&error, cached)),
            Err(elapsed) => Ok(fall_back(&elapsed, cached)),
        }
    }

    /// The listing of this catalog version or a newer one. If the catalog cannot be read: the cached listing, of any
    /// version.
    ///
    /// # Errors
    /// When the catalog cannot be read and no listing is cached.
    pub(crate) async fn listing(
        &self,
        current: Option<Catalog>,
        now: Timestamp,
    ) -> Result<CatalogState, Problem> {
        let fresh = || self.cached().filter(|(cached, _)| same_version(cached.as_ref(), current.as_ref()));
        if let Some(state) = fresh() {
            return Ok(state);
        }
        let _reading = self.reading.lock().await;
        if let Some(state) = fresh() {
            return Ok(state);
        }
        let error = match self.requestors.snapshot().await {
            Ok(snapshot) => {
                let updated_at = snapshot.catalog.as_ref().and_then(|catalog| catalog.updated_at);
                let age_hours = updated_at.map(|at| now.duration_since(at).as_hours());
                tracing::info!(event = "catalog_loaded", age_hours, "catalog loaded");
                let listing = CachedListing::new(&snapshot, &self.order, &self.logo_base_url);
                let state = (snapshot.catalog, Arc::new(listing.map_err(Problem::internal)?));
                self.store(state.clone());
                return Ok(state);
            }
            Err(error) => error,
        };
        match self.cached() {
            Some((cached, listing)) => Ok((fall_back(&error, cached), listing)),
            None => Err(error.into()),
        }
    }

    fn cached(&self) -> Option<CatalogState> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn store(&self, state: CatalogState) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    }
}

fn fall_back(error: &dyn Error, cached: Option<Catalog>) -> Option<Catalog> {
    tracing::error!(
        event = "stale_catalog_served",
        cause = telemetry::chain(error),
        "catalog read failed; serving the copy in memory"
    );
    cached
}

/// Whether both records stand for the same requestors and artwork. The time of the refresh may differ.
fn same_version(one: Option<&Catalog>, other: Option<&Catalog>) -> bool {
    let version = |catalog: &Catalog| (catalog.version, catalog.change, catalog.artwork);
    one.map(version) == other.map(version)
}
