//! Use-case steps 3 and 4: fetches missing artwork, checks every form of it, stores the usable ones in the bucket and
//! records the asset. A failure leaves the earlier logo in place and does not affect other assets.

mod bucket;
mod event;
mod fetch;
mod logo;
mod report;

use std::{collections::BTreeSet, time::Duration};

use futures_util::{StreamExt as _, future::ready, stream};
use lambda_runtime::{Diagnostic, LambdaEvent};
use mastercard::{
    Deadline, TokenConnect,
    asset::{Asset, AssetId},
};
use model::clock::Clock;
use runtime::{
    config::{ConfigError, Runtime, TokenConnectSettings},
    invocation::{deadline, failed},
    store::{MAX_ASSETS_PER_TRANSACTION, TokenRequestors},
    telemetry,
};
use serde_json::Value;
use tokio::sync::Semaphore;

pub use bucket::Bucket;
use event::FetchRequest;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use logo::fuzzing;
pub use report::{FailedAsset, FetchFailure, FetchReport, RejectedAssetForm};

/// Timeout of a run, unless Lambda's own deadline is earlier.
const TIMEOUT: Duration = Duration::from_secs(14 * 60);
/// Part of [`TIMEOUT`] that is reserved for recording the last batch.
const WRITE_MARGIN: Duration = Duration::from_secs(5);
/// Assets that are fetched concurrently. Each takes as much memory as its response.
const CONCURRENCY: usize = 16;
/// Batches that are recorded concurrently.
const BATCH_CONCURRENCY: usize = 2;

/// The function with its dependencies.
pub struct FetchAssets {
    token_connect: TokenConnect,
    requestors: TokenRequestors,
    bucket: Bucket,
    clock: Clock,
    /// Permits for checking an asset; a check takes much memory.
    checks: Semaphore,
}

impl FetchAssets {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (requestors, token_connect, bucket) = runtime.read_settings(|settings| {
            let requestors = TokenRequestors::from_settings(settings, runtime);
            let token_connect = TokenConnectSettings::from_settings(settings);
            let bucket = Bucket::from_settings(settings, &runtime.aws);
            Some((requestors?, token_connect?, bucket?))
        })?;
        Ok(Self {
            // An asset that was not fetched has to wait for the next refresh, which is days away.
            token_connect: token_connect.connect(runtime).await?.outlasting_outages(),
            requestors,
            bucket,
            clock: runtime.clock.clone(),
            checks: Semaphore::new(1),
        })
    }

    /// Fetches the assets that the event lists (a report of `sync-requestors`, or a list of ids), or all missing ones.
    /// Waits while Token Connect is down. Starts no asset shortly before the deadline, and reports how many remain.
    ///
    /// # Errors
    /// When the event or the catalog cannot be read; and when assets remain after a scheduled refresh, so that Lambda repeats the
    /// event, and it becomes a dead letter in the end. An operator reads in the response how many remain.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<FetchReport, Diagnostic> {
        let deadline = deadline(Some(&event.context), TIMEOUT);
        let request = event::parse(&event.payload);
        let request = request
            .map_err(|error| failed("event_payload_invalid", "invalid event payload", false, error))?;
        let is_unattended = request.is_unattended;
        let (missing, skipped) = self.missing(request).await?;
        let total = missing.len();
        let mut report = FetchReport { skipped, ..FetchReport::default() };
        self.fetch_all(missing, deadline, &mut report).await;
        report.remaining = total - report.done();
        tracing::info!(
            event = "asset_fetch_completed",
            stored = report.stored.len(),
            skipped = report.skipped.len(),
            failed = report.failed.len(),
            refused = report.refused.len(),
            remaining = report.remaining,
            "asset fetch completed"
        );
        if is_unattended && report.remaining > 0 {
            let cause = format!("{} assets", report.remaining);
            return Err(failed("assets_remain", "assets remain to be fetched", true, cause));
        }
        Ok(report)
    }

    /// The assets to fetch, and those of the request that are recorded already.
    async fn missing(&self, request: FetchRequest) -> Result<(Vec<AssetId>, Vec<AssetId>), Diagnostic> {
        let snapshot = self.requestors.snapshot().await;
        let snapshot =
            snapshot.map_err(|error| failed("catalog_read_failed", "catalog read failed", true, error))?;
        let requested: BTreeSet<AssetId> = match request.assets {
            Some(assets) => assets.into_iter().collect(),
            None if request.again => {
                snapshot.offered().filter_map(|entry| entry.requestor.image_asset_id.clone()).collect()
            }
            None => snapshot.missing_assets().into_iter().cloned().collect(),
        };
        Ok(requested.into_iter().partition(|id| request.again || !snapshot.assets.contains_key(id)))
    }

    /// Fetches and records concurrently, until the deadline is near.
    async fn fetch_all(&self, missing: Vec<AssetId>, deadline: Deadline, report: &mut FetchReport) {
        let total = missing.len();
        let started = stream::iter(missing).take_while(|_| {
            let has_time = deadline.remaining() > WRITE_MARGIN;
            async move { has_time }
        });
        let fetched = started.map(async |id| self.fetch(id, deadline).await).buffer_unordered(CONCURRENCY);
        let assets = fetched.filter_map(ready);
        let batches = assets.chunks(MAX_ASSETS_PER_TRANSACTION).map(async |batch| self.record(batch).await);
        let mut batches = std::pin::pin!(batches.buffer_unordered(BATCH_CONCURRENCY));
        while let Some((recorded, failures)) = batches.next().await {
            report.add_stored(recorded);
            report.failed.extend(failures);
            tracing::info!(
                event = "asset_fetch_progressed",
                progress_unit = "assets",
                progress_done = report.done(),
                progress_total = total,
                "asset fetch progressed"
            );
        }
    }

    async fn record(&self, batch: Vec<Result<Asset, FailedAsset>>) -> (Vec<Asset>, Vec<FailedAsset>) {
        let mut failures = Vec::new();
        let assets: Vec<Asset> = batch
            .into_iter()
            .filter_map(|result| result.map_err(|failure| failures.push(failure)).ok())
            .collect();
        if assets.is_empty() {
            return (assets, failures);
        }
        match self.requestors.record_assets(&assets).await {
            Ok(()) => (assets, failures),
            Err(error) => {
                tracing::error!(
                    event = "asset_record_failed",
                    assets = assets.len(),
                    cause = telemetry::chain(&error),
                    "recording assets failed"
                );
                let unrecorded = assets.into_iter().map(|asset| asset.asset_id);
                failures.extend(
                    unrecorded.map(|asset_id| FailedAsset { asset_id, reason: FetchFailure::NotRecorded }),
                );
                (Vec::new(), failures)
            }
        }
    }
}
