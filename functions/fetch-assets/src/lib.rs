//! Use-case steps 3 and 4: fetches the artwork that is not held yet, looks at every form of it, and records it once all
//! that is fit to be stored is in the bucket. What fails leaves the old logo in place and the others alone.

mod bucket;
mod event;
mod fetch;
mod logo;
mod outcome;

use std::{collections::BTreeSet, time::Duration};

use futures_util::{StreamExt as _, stream};
use lambda_runtime::{Diagnostic, LambdaEvent};
use mastercard::{
    Deadline, TokenConnect,
    asset::{Asset, AssetId},
};
use model::clock::Clock;
use runtime::{
    config::{ConfigError, Runtime, TokenConnectSettings},
    invocation::{deadline, failed},
    log_event,
    store::{ASSETS_AT_ONCE, TokenRequestors},
    telemetry,
};
use serde_json::Value;
use tokio::sync::Semaphore;

pub use bucket::Bucket;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use logo::probe;
pub use outcome::{Failure, Fetched, Refusal};

/// How long all of it may take, if Lambda allows as much.
const PATIENCE: Duration = Duration::from_secs(14 * 60);
/// Kept back from that for recording what was fetched last.
const LAST_RECORDS: Duration = Duration::from_secs(5);
/// Assets under way at once. Each takes as much memory as its answer.
const AT_ONCE: usize = 16;
/// Batches being recorded while further assets are fetched.
const BATCHES_AT_ONCE: usize = 2;

/// The function; its fields are all that it may touch.
pub struct FetchAssets {
    token_connect: TokenConnect,
    requestors: TokenRequestors,
    bucket: Bucket,
    clock: Clock,
    looking: Semaphore,
}

impl FetchAssets {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (requestors, token_connect, bucket) = runtime.read_settings(|read| {
            let requestors = TokenRequestors::read(read, runtime);
            let token_connect = TokenConnectSettings::read(read);
            let bucket = Bucket::read(read, &runtime.aws);
            Some((requestors?, token_connect?, bucket?))
        })?;
        Ok(Self {
            token_connect: token_connect.connect(runtime).await?,
            requestors,
            bucket,
            clock: runtime.clock.clone(),
            looking: Semaphore::new(1),
        })
    }

    /// Takes what `sync-requestors` hands on as its destination, a list of asset ids by hand, or nothing: then all
    /// artwork that is missing. Stops before its time is over and says how many remain.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Fetched, Diagnostic> {
        let until = deadline(Some(&event.context), PATIENCE);
        let wanted = event::wanted(&event.payload);
        let wanted = wanted.map_err(|error| {
            failed(log_event::EVENT_PAYLOAD_INVALID, "invalid event payload", false, error)
        })?;
        let (unknown, skipped) = self.unknown(wanted).await?;
        let total = unknown.len();
        let mut fetched = Fetched { skipped, ..Fetched::default() };
        self.fetch_all(unknown, until, &mut fetched).await;
        fetched.remaining = total - fetched.done();
        tracing::info!(
            event = log_event::ASSET_FETCH_COMPLETED,
            stored = fetched.stored.len(),
            skipped = fetched.skipped.len(),
            failed = fetched.failed.len(),
            refused = fetched.refused.len(),
            remaining = fetched.remaining,
            "asset fetch completed"
        );
        Ok(fetched)
    }

    /// What to fetch, each once; and what was asked for and is held.
    async fn unknown(&self, wanted: event::Wanted) -> Result<(Vec<AssetId>, Vec<AssetId>), Diagnostic> {
        let snapshot = self.requestors.snapshot().await;
        let snapshot = snapshot
            .map_err(|error| failed(log_event::CATALOG_READ_FAILED, "catalog read failed", true, error))?;
        let named: BTreeSet<AssetId> = match wanted.assets {
            Some(assets) => assets.into_iter().collect(),
            None if wanted.again => {
                snapshot.offered().filter_map(|known| known.requestor.image_asset_id.clone()).collect()
            }
            None => snapshot.missing_assets().into_iter().cloned().collect(),
        };
        Ok(named.into_iter().partition(|id| wanted.again || !snapshot.assets.contains_key(id)))
    }

    /// Fetching and recording go side by side; nothing new is begun when the time is almost over.
    async fn fetch_all(&self, unknown: Vec<AssetId>, until: Deadline, fetched: &mut Fetched) {
        let total = unknown.len();
        let begun = stream::iter(unknown).take_while(|_| {
            let time_is_left = until.remaining() > LAST_RECORDS;
            async move { time_is_left }
        });
        let assets = begun.map(async |id| self.fetch(id, until).await).buffer_unordered(AT_ONCE);
        let batches = assets.chunks(ASSETS_AT_ONCE).map(async |batch| self.record(batch).await);
        let mut batches = std::pin::pin!(batches.buffer_unordered(BATCHES_AT_ONCE));
        while let Some((recorded, failures)) = batches.next().await {
            fetched.recorded(recorded);
            fetched.failed.extend(failures);
            tracing::info!(
                event = log_event::ASSET_FETCH_PROGRESSED,
                progress_unit = "assets",
                progress_done = fetched.done(),
                progress_total = total,
                "asset fetch progressed"
            );
        }
    }

    async fn record(&self, batch: Vec<Result<Asset, Failure>>) -> (Vec<Asset>, Vec<Failure>) {
        let mut failures = Vec::new();
        let assets: Vec<Asset> =
            batch.into_iter().filter_map(|one| one.map_err(|failure| failures.push(failure)).ok()).collect();
        if assets.is_empty() {
            return (assets, failures);
        }
        match self.requestors.record_assets(&assets).await {
            Ok(()) => (assets, failures),
            Err(error) => {
                tracing::error!(
                    event = log_event::ASSET_RECORD_FAILED,
                    assets = assets.len(),
                    cause = telemetry::chain(&error),
                    "recording assets failed"
                );
                let lost = assets.into_iter().map(|asset| asset.asset_id);
                failures.extend(lost.map(|asset_id| Failure { asset_id, reason: "not_recorded" }));
                (Vec::new(), failures)
            }
        }
    }
}
