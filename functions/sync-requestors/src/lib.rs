//! Use-case steps 1 and 2, every 14 days: asks Token Connect which token requestors take the bank's cards, and
//! keeps the answer. Its own answer lists the artwork that is missing, and is the event of `fetch-assets`.

mod ask;
mod event;
mod plan;

use std::time::Duration;

use lambda_runtime::{Diagnostic, LambdaEvent};
use mastercard::{TokenConnect, asset::AssetId, card::AccountRange};
use model::{catalog::Change, clock::Clock};
use runtime::{
    config::{ConfigError, Runtime, TokenConnectSettings},
    invocation::{deadline, failed},
    store::TokenRequestors,
};
use serde::Serialize;
use serde_json::Value;

pub use plan::Disbelieved;

/// How long Token Connect may take; the rest of Lambda's two minutes is for writing.
const PATIENCE: Duration = Duration::from_secs(90);
/// Of all requestors, how many may go at once before the answer is taken for a fault.
const LARGEST_DROP_PERCENT: usize = 30;
/// Assets handed on. A Lambda destination takes 256 kB; more than these `fetch-assets` finds by itself.
const ASSETS_HANDED_ON: usize = 1000;

/// The function; its fields are all that it may touch.
pub struct SyncRequestors {
    token_connect: TokenConnect,
    requestors: TokenRequestors,
    account_ranges: Vec<AccountRange>,
    largest_drop_percent: usize,
    clock: Clock,
}

/// What a refresh found and did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Synced {
    /// How many token requestors Token Connect named.
    pub requestors: usize,
    /// The version that readers see from now on; absent if nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// What changed.
    #[serde(flatten)]
    pub change: Change,
    /// Why the answer was not believed: nothing was written then, and `{"force": true}` would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disbelieved: Option<Disbelieved>,
    /// Another refresh asked later and was answered first: this answer was not used.
    #[serde(skip_serializing_if = "is_false")]
    pub overtaken: bool,
    /// How many account ranges got no answer; what is known of them stays.
    pub unanswered_ranges: usize,
    /// Artwork to fetch, at most a thousand.
    pub assets: Vec<AssetId>,
    /// There is more artwork to fetch than `assets` names.
    pub more_assets: bool,
}

impl SyncRequestors {
    /// Reads `TOKEN_REQUESTORS_TABLE`, `TENANT`, `TOKEN_CONNECT_*`, `ACCOUNT_RANGES` and `LARGEST_DROP_PERCENT`.
    pub async fn connect(host: &Runtime) -> Result<Self, ConfigError> {
        let mut read = host.settings.read();
        let requestors = TokenRequestors::read(&mut read, host);
        let token_connect = TokenConnectSettings::read(&mut read);
        let account_ranges = read.unique_list::<AccountRange>("ACCOUNT_RANGES");
        let largest_drop_percent = read.or_default("LARGEST_DROP_PERCENT", LARGEST_DROP_PERCENT);
        if largest_drop_percent.is_some_and(|percent| percent > 100) {
            read.problem("LARGEST_DROP_PERCENT", "is a share of 0 to 100");
            return Err(read.problems());
        }
        let (Some(requestors), Some(token_connect), Some(account_ranges), Some(largest_drop_percent)) =
            (requestors, token_connect, account_ranges, largest_drop_percent)
        else {
            return Err(read.problems());
        };
        Ok(Self {
            token_connect: token_connect.connect(host).await?,
            requestors,
            account_ranges,
            largest_drop_percent,
            clock: host.clock.clone(),
        })
    }

    /// One refresh. The event may order what a person has decided: `{"force": true}` retires however many are gone,
    /// `{"allow": [{"tokenRequestorId", "host"}]}` lets push methods out of quarantine.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Synced, Diagnostic> {
        let until = deadline(Some(&event.context), PATIENCE);
        let orders = event::orders(&event.payload)
            .map_err(|error| failed("the event orders what this function does not know", false, error))?;
        // The order of refreshes is that in which they asked, whenever their answers come.
        let asked_at = self.clock.now();
        let answered = ask::ask(&self.token_connect, &self.account_ranges, until).await.map_err(|error| {
            let retryable = error.retryable();
            failed(
                "Token Connect did not name its token requestors; the catalog stays as it is",
                retryable,
                error,
            )
        })?;
        let plan = |seen: &_| plan::plan(seen, &answered, &orders, self.largest_drop_percent, asked_at);
        let written = self.requestors.refresh(asked_at, plan).await;
        let (changed, beside) =
            written.map_err(|error| failed("the catalog could not be written", true, error))?;
        let mut assets = beside.assets;
        let more_assets = assets.len() > ASSETS_HANDED_ON;
        assets.truncate(ASSETS_HANDED_ON);
        let synced = Synced {
            requestors: answered.named.len(),
            version: changed.as_ref().map(|changed| changed.version),
            change: changed.map(|changed| changed.change).unwrap_or_default(),
            disbelieved: beside.disbelieved,
            overtaken: beside.overtaken,
            unanswered_ranges: answered.unanswered.len(),
            assets,
            more_assets,
        };
        tell(&synced);
        Ok(synced)
    }
}

fn is_false(it: &bool) -> bool {
    !it
}

/// One line for each thing that an operator may have to act on, and one for the refresh.
fn tell(synced: &Synced) {
    let Synced { requestors, change, unanswered_ranges, .. } = synced;
    if let Some(disbelieved) = synced.disbelieved {
        let reason = match disbelieved {
            Disbelieved::Empty => "Token Connect named no token requestor at all",
            Disbelieved::Drop => "Token Connect no longer names many token requestors",
        };
        tracing::error!(reason, requestors, "the refresh was not believed; the catalog stays as it is");
    }
    if synced.overtaken {
        tracing::warn!("another refresh asked later; this one changes nothing");
    }
    for id in &change.quarantined {
        tracing::error!(token_requestor.id = %id, "a push method leads to a new host; it waits to be allowed");
    }
    tracing::info!(
        requestors,
        unanswered_ranges,
        added = change.added.len(),
        changed = change.changed.len(),
        retired = change.retired.len(),
        returned = change.returned.len(),
        assets = synced.assets.len(),
        "the token requestors were refreshed"
    );
}
