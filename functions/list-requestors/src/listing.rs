//! One version of the catalog, prepared for responses: each token requestor is serialized once, and whole bodies are
//! cached by query.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use mastercard::token_requestor::TokenRequestor;
use model::catalog::Snapshot;
use runtime::BoxError;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use url::Url;

use crate::{encoding, order::Order, query::ListRequestorsQuery, response::TokenRequestorResponse};

/// Bodies that are cached: for the three platforms, and for the account ranges that were requested last. With a catalog of
/// 2000 requestors ten bodies take 20 MB.
const MAX_CACHED_BODIES: usize = 10;

/// The fields of a body that change while the catalog does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CatalogFreshness {
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) stale: bool,
}

/// The listing of one catalog version.
pub(crate) struct CachedListing {
    /// In the order of [`Order`].
    entries: Vec<Entry>,
    /// Cached bodies; the most recently used one comes first.
    bodies: Mutex<VecDeque<(ListRequestorsQuery, CatalogFreshness, Arc<PreparedBody>)>>,
}

struct Entry {
    requestor: TokenRequestor,
    json: Box<RawValue>,
}

/// A response body in both encodings.
pub(crate) struct PreparedBody {
    pub(crate) text: String,
    /// The text, compressed.
    pub(crate) gzip: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListResponse<'a> {
    token_requestors: Vec<&'a RawValue>,
    catalog_updated_at: Option<Timestamp>,
    stale: bool,
}

impl CachedListing {
    pub(crate) fn new(snapshot: &Snapshot, order: &Order, logos: &Url) -> Result<Self, serde_json::Error> {
        let mut entries = Vec::new();
        for entry in snapshot.offered() {
            let json =
                to_raw_value(&TokenRequestorResponse::new(&entry.requestor, snapshot.logos(entry), logos))?;
            entries.push(Entry { requestor: entry.requestor.clone(), json });
        }
        entries.sort_by(|one, other| order.compare(&one.requestor, &other.requestor));
        Ok(Self { entries, bodies: Mutex::default() })
    }

    /// The body for a query, from the cache if possible. Concurrent requests wait until one of them has made it.
    pub(crate) fn body(
        &self,
        query: &ListRequestorsQuery,
        freshness: CatalogFreshness,
    ) -> Result<Arc<PreparedBody>, BoxError> {
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        let index = bodies.iter().position(|(of, at, _)| of == query && *at == freshness);
        let (_, _, body) = match index.and_then(|index| bodies.remove(index)) {
            Some(cached) => cached,
            None => (query.clone(), freshness, Arc::new(self.prepare(query, freshness)?)),
        };
        bodies.push_front((query.clone(), freshness, Arc::clone(&body)));
        bodies.truncate(MAX_CACHED_BODIES);
        Ok(body)
    }

    fn prepare(
        &self,
        query: &ListRequestorsQuery,
        freshness: CatalogFreshness,
    ) -> Result<PreparedBody, BoxError> {
        let is_listed = |requestor: &TokenRequestor| {
            let accepts = |range| requestor.enabled_account_ranges.contains(range);
            requestor.supports(query.platform) && query.account_range.as_ref().is_none_or(accepts)
        };
        let entries = self.entries.iter().filter(|entry| is_listed(&entry.requestor));
        let response = ListResponse {
            token_requestors: entries.map(|entry| &*entry.json).collect(),
            catalog_updated_at: freshness.updated_at,
            stale: freshness.stale,
        };
        let text = serde_json::to_string(&response)?;
        let gzip = encoding::gzip(&text)?;
        Ok(PreparedBody { text, gzip })
    }
}
