//! Use-case steps 1 to 4, now: the token requestors, then every logo that is missing.

use mastercard::token_requestor::TokenRequestorId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{OperateError, Operator};

/// What only a person may decide; nothing by default.
#[derive(Debug, Default, Serialize)]
pub struct Orders {
    /// Believe an answer in which many token requestors are gone.
    pub force: bool,
    /// Let token requestors lead to hosts that they did not have before.
    pub allow: Vec<Allowed>,
}

/// A host that somebody looked at and found right.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowed {
    /// Whose.
    pub token_requestor_id: TokenRequestorId,
    /// As in the push URI, without port.
    pub host: String,
}

/// What one invocation of `fetch-assets` did, in counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// Logos that are held now.
    pub stored: usize,
    /// Those that could not be had; tried again at the next refresh.
    pub failed: usize,
    /// Those that there was no time for.
    pub remaining: usize,
}

#[derive(Deserialize)]
struct Answer {
    stored: Vec<Value>,
    failed: Vec<Value>,
    remaining: usize,
}

impl std::str::FromStr for Allowed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "is <token requestor id>=<host>";
        let (id, host) = text.split_once('=').ok_or(FORM)?;
        let token_requestor_id = id.parse().map_err(|_| FORM)?;
        if host.is_empty() { Err(FORM) } else { Ok(Self { token_requestor_id, host: host.into() }) }
    }
}

impl Operator {
    /// Steps 1 and 2. What changed, as `sync-requestors` tells it.
    ///
    /// # Errors
    /// When the function cannot be invoked or fails.
    pub async fn sync_requestors(&self, orders: &Orders) -> Result<Value, OperateError> {
        self.invoke(&self.sync_requestors, &json!(orders)).await
    }

    /// Steps 3 and 4: logos that are missing, as many as one invocation has time for.
    ///
    /// # Errors
    /// When the function cannot be invoked or fails.
    pub async fn fetch_assets(&self) -> Result<Fetched, OperateError> {
        let answer = self.invoke(&self.fetch_assets, &json!({})).await?;
        let unreadable = |_| OperateError::Unreadable(self.fetch_assets.clone());
        let Answer { stored, failed, remaining } = serde_json::from_value(answer).map_err(unreadable)?;
        Ok(Fetched { stored: stored.len(), failed: failed.len(), remaining })
    }
}
