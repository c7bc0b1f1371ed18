//! Token requestors as this process read them last: a catalog changes every two weeks, and no tap has to wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::{super::StoreError, TokenRequestors};
use mastercard::token_requestor::{TokenRequestor, TokenRequestorId};

/// How old what is remembered may be: so long a requestor may be offered after a refresh retired it.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// The table, and what was read of it within the last minute. What is missing is looked for each time.
#[derive(Debug)]
pub struct TokenRequestorCache {
    table: TokenRequestors,
    read: Mutex<HashMap<TokenRequestorId, Read>>,
}

#[derive(Debug)]
struct Read {
    at: Timestamp,
    requestor: Arc<TokenRequestor>,
}

impl TokenRequestorCache {
    /// Nothing is remembered yet.
    pub fn new(table: TokenRequestors) -> Self {
        Self { table, read: Mutex::default() }
    }

    /// One requestor, unless it is retired: as it is now, or was at most a minute ago.
    pub async fn get(
        &self,
        id: &TokenRequestorId,
        now: Timestamp,
    ) -> Result<Option<Arc<TokenRequestor>>, StoreError> {
        if let Some(requestor) = self.remembered(id, now) {
            return Ok(Some(requestor));
        }
        let found = self.table.get(id).await?.map(Arc::new);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(requestor) => read.insert(id.clone(), Read { at: now, requestor: requestor.clone() }),
            None => read.remove(id),
        };
        Ok(found)
    }

    fn remembered(&self, id: &TokenRequestorId, now: Timestamp) -> Option<Arc<TokenRequestor>> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read.get(id)?;
        // A clock that was set back says nothing about an age.
        let fresh = (SignedDuration::ZERO..FRESH).contains(&now.duration_since(known.at));
        fresh.then(|| known.requestor.clone())
    }
}
