//! One state of the catalog, ready to be answered: every offer is JSON already, and whole answers are made when they
//! are first query for and then kept.

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

/// Whole answers that are kept: for three platforms, and for the account ranges that were query for last. Ten are 20 MB
/// of a catalog of two thousand requestors.
const KEPT: usize = 10;

/// What an answer says about time, which passes while the catalog stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CatalogFreshness {
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) stale: bool,
}

/// One state of the catalog.
pub(crate) struct CachedListing {
    /// In the order for people.
    entries: Vec<Entry>,
    /// What was query for last comes first.
    answers: Mutex<VecDeque<(ListRequestorsQuery, CatalogFreshness, Arc<Answer>)>>,
}

struct Entry {
    requestor: TokenRequestor,
    json: Box<RawValue>,
}

/// A whole body.
pub(crate) struct Answer {
    pub(crate) text: String,
    /// The same, compressed.
    pub(crate) gzip: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    token_requestors: Vec<&'a RawValue>,
    catalog_updated_at: Option<Timestamp>,
    stale: bool,
}

impl CachedListing {
    pub(crate) fn new(snapshot: &Snapshot, order: &Order, logos: &Url) -> Result<Self, serde_json::Error> {
        let mut entries = Vec::new();
        for known in snapshot.offered() {
            let json =
                to_raw_value(&TokenRequestorResponse::new(&known.requestor, snapshot.logos(known), logos))?;
            entries.push(Entry { requestor: known.requestor.clone(), json });
        }
        entries.sort_by(|one, other| order.compare(&one.requestor, &other.requestor));
        Ok(Self { entries, answers: Mutex::default() })
    }

    /// From memory if it was made already; requests that come together wait for one of them to make it.
    pub(crate) fn answer(
        &self,
        query: &ListRequestorsQuery,
        freshness: CatalogFreshness,
    ) -> Result<Arc<Answer>, BoxError> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let made = answers.iter().position(|(of, at, _)| of == query && *at == freshness);
        let (_, _, answer) = match made.and_then(|at| answers.remove(at)) {
            Some(made) => made,
            None => (query.clone(), freshness, Arc::new(self.make(query, freshness)?)),
        };
        answers.push_front((query.clone(), freshness, Arc::clone(&answer)));
        answers.truncate(KEPT);
        Ok(answer)
    }

    fn make(&self, query: &ListRequestorsQuery, freshness: CatalogFreshness) -> Result<Answer, BoxError> {
        let fits = |requestor: &TokenRequestor| {
            let takes = |range| requestor.enabled_account_ranges.contains(range);
            requestor.supports(query.platform) && query.account_range.as_ref().is_none_or(takes)
        };
        let entries = self.entries.iter().filter(|entry| fits(&entry.requestor));
        let document = Document {
            token_requestors: entries.map(|entry| &*entry.json).collect(),
            catalog_updated_at: freshness.updated_at,
            stale: freshness.stale,
        };
        let text = serde_json::to_string(&document)?;
        let gzip = encoding::gzip(&text)?;
        Ok(Answer { text, gzip })
    }
}
