//! Refresh of the catalog (steps 1 to 4): token requestors, then every missing logo.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sync_requestors::{ReceivedReport, RefreshOptions};

use super::{OperateError, Operator};

/// Counts of one invocation of `fetch-assets`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FetchReport {
    /// Logos that were stored.
    pub stored: usize,
    /// Logos that could not be fetched; the next refresh tries again.
    pub failed: usize,
    /// Logos that the invocation had no time for.
    pub remaining: usize,
}

#[derive(Deserialize)]
struct FetchAssetsResponse {
    stored: Vec<Value>,
    failed: Vec<Value>,
    remaining: usize,
}

impl Operator {
    /// Steps 1 and 2. Returns the response of `sync-requestors`.
    ///
    /// # Errors
    /// When the function cannot be invoked or fails.
    pub async fn sync_requestors(&self, options: &RefreshOptions) -> Result<ReceivedReport, OperateError> {
        let response = self.invoke(&self.sync_requestors, &json!(options)).await?;
        serde_json::from_value(response)
            .map_err(|_| OperateError::InvalidResponse(self.sync_requestors.clone()))
    }

    /// Steps 3 and 4: fetches missing logos, as many as one invocation has time for.
    ///
    /// # Errors
    /// When the function cannot be invoked or fails.
    pub async fn fetch_assets(&self) -> Result<FetchReport, OperateError> {
        let response = self.invoke(&self.fetch_assets, &json!({})).await?;
        let invalid = |_| OperateError::InvalidResponse(self.fetch_assets.clone());
        let FetchAssetsResponse { stored, failed, remaining } =
            serde_json::from_value(response).map_err(invalid)?;
        Ok(FetchReport { stored: stored.len(), failed: failed.len(), remaining })
    }
}
