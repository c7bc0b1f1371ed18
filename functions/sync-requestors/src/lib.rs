//! Use-case steps 1 and 2, every 14 days: asks Token Connect which token requestors take the bank's cards, and
//! keeps the answer. Its own answer lists the artwork that is missing, and is the event of `fetch-assets`.

use std::time::Duration;

use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use shared::{
    card::AccountRange,
    clock::Clock,
    config::{ConfigError, Host, TokenConnectSettings},
    invocation::{deadline, failed},
    mastercard::TokenConnect,
    store::TokenRequestors,
    token_requestor::{Artwork, TokenRequestor, TokenRequestorId},
};

/// How long a refresh may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The function; its fields are all that it may touch.
pub struct SyncRequestors {
    token_connect: TokenConnect,
    requestors: TokenRequestors,
    account_ranges: Vec<AccountRange>,
    clock: Clock,
}

/// What a refresh found and did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Synced {
    /// How many token requestors Token Connect named.
    pub requestors: usize,
    /// New or different ones.
    pub changed: Vec<TokenRequestorId>,
    /// Those no longer named: hidden from now on.
    pub retired: Vec<TokenRequestorId>,
    /// Logos to fetch.
    pub assets: Vec<Artwork>,
}

impl SyncRequestors {
    /// Reads `TOKEN_REQUESTORS_TABLE`, `TENANT`, `TOKEN_CONNECT_*` and `ACCOUNT_RANGES`.
    pub async fn connect(host: &Host) -> Result<Self, ConfigError> {
        let mut read = host.settings.read();
        let requestors = TokenRequestors::read(&mut read, host);
        let token_connect = TokenConnectSettings::read(&mut read);
        let mut account_ranges = read.list::<AccountRange>("ACCOUNT_RANGES");
        if let Some(ranges) = &mut account_ranges {
            ranges.sort();
            ranges.dedup();
        }
        let (Some(requestors), Some(token_connect), Some(account_ranges)) =
            (requestors, token_connect, account_ranges)
        else {
            return Err(read.problems());
        };
        Ok(Self {
            token_connect: token_connect.connect(host).await?,
            requestors,
            account_ranges,
            clock: host.clock.clone(),
        })
    }

    /// One refresh; the event says nothing.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Synced, Diagnostic> {
        let until = deadline(Some(&event.context), PATIENCE);
        let asked = self.token_connect.get_eligible_token_requestors(&self.account_ranges, until).await;
        let fresh = asked.map_err(|error| {
            let retryable = error.retryable();
            failed(
                "Token Connect did not name its token requestors; the catalogue stays as it is",
                retryable,
                error,
            )
        })?;
        let requestors = fresh.len();
        if requestors == 0 {
            tracing::warn!("Token Connect named no token requestor at all; the catalogue stays as it is");
        }
        let store = |error| failed("the catalogue could not be written", true, error);
        let refreshed = self.requestors.refresh(fresh, self.clock.now()).await.map_err(store)?;
        let known = self.requestors.list().await.map_err(store)?;
        let assets: Vec<_> = known.iter().filter_map(TokenRequestor::missing_artwork).collect();
        tracing::info!(
            requestors,
            changed = refreshed.changed.len(),
            retired = refreshed.retired.len(),
            assets = assets.len(),
            "the token requestors were refreshed"
        );
        Ok(Synced { requestors, changed: refreshed.changed, retired: refreshed.retired, assets })
    }
}
