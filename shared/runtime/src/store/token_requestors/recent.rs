//! A cache of token requestors in this process. The catalog changes every two weeks, and a read would delay each request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::{super::StoreError, TokenRequestors};
use mastercard::token_requestor::{TokenRequestor, TokenRequestorId};

/// How long an entry is valid. A retired requestor may be offered for this time.
const TIME_TO_LIVE: SignedDuration = SignedDuration::from_mins(1);

/// Caches each token requestor for a minute. Missing requestors are not cached.
#[derive(Debug)]
pub struct TokenRequestorCache {
    requestors: TokenRequestors,
    entries: Mutex<HashMap<TokenRequestorId, CachedRequestor>>,
}

#[derive(Debug)]
struct CachedRequestor {
    read_at: Timestamp,
    requestor: Arc<TokenRequestor>,
}

impl TokenRequestorCache {
    /// An empty cache of this table.
    pub fn new(requestors: TokenRequestors) -> Self {
        Self { requestors, entries: Mutex::default() }
    }

    /// One requestor, unless it is retired; read at most a minute ago.
    pub async fn get(
        &self,
        id: &TokenRequestorId,
        now: Timestamp,
    ) -> Result<Option<Arc<TokenRequestor>>, StoreError> {
        if let Some(requestor) = self.get_cached(id, now) {
            return Ok(Some(requestor));
        }
        let found = self.requestors.get(id).await?.map(Arc::new);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(requestor) => {
                entries.insert(id.clone(), CachedRequestor { read_at: now, requestor: requestor.clone() })
            }
            None => entries.remove(id),
        };
        Ok(found)
    }

    fn get_cached(&self, id: &TokenRequestorId, now: Timestamp) -> Option<Arc<TokenRequestor>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = entries.get(id)?;
        // After the clock was set back the age is negative, and the entry does not count.
        let fresh = (SignedDuration::ZERO..TIME_TO_LIVE).contains(&now.duration_since(cached.read_at));
        fresh.then(|| cached.requestor.clone())
    }
}
