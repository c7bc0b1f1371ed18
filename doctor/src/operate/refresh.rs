//! Refresh of the catalog (steps 1 to 4): token requestors, then every missing logo.

use mastercard::token_requestor::TokenRequestorId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{OperateError, Operator};

/// Decisions of an operator about a refresh; the event of `sync-requestors`.
#[derive(Debug, Default, Serialize)]
pub struct RefreshOptions {
    /// Apply the refresh even if many token requestors have disappeared.
    pub force: bool,
    /// New redirect hosts that are allowed.
    pub allow: Vec<AllowedHost>,
}

/// A redirect host that an operator allows for a token requestor.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AllowedHost {
    /// The token requestor.
    pub token_requestor_id: TokenRequestorId,
    /// Host of the push URI, without port.
    pub host: String,
}

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

impl std::str::FromStr for AllowedHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "is <token requestor id>=<host>";
        let (id, host) = text.split_once('=').ok_or(FORM)?;
        let token_requestor_id = id.parse().map_err(|_| FORM)?;
        if host.is_empty() { Err(FORM) } else { Ok(Self { token_requestor_id, host: host.into() }) }
    }
}

impl Operator {
    /// Steps 1 and 2. Returns the response of `sync-requestors`.
    ///
    /// # Errors
    /// When the function cannot be invoked or fails.
    pub async fn sync_requestors(&self, options: &RefreshOptions) -> Result<Value, OperateError> {
        self.invoke(&self.sync_requestors, &json!(options)).await
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
