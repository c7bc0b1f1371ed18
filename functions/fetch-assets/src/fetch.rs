//! One asset: fetched, checked, stored in the bucket. It is recorded later, in a batch.

use std::time::Duration;

use mastercard::{
    Deadline, MastercardError,
    asset::{Asset, AssetId},
    token_connect::MediaContent,
};
use runtime::{BoxError, telemetry};
use tokio::{task::spawn_blocking, time};

use crate::{
    FetchAssets, WRITE_MARGIN,
    logo::{self, CheckedAsset},
    report::{FailedAsset, FetchFailure},
};

/// Timeout of checking and storing one asset.
const STORE_TIMEOUT: Duration = Duration::from_secs(60);

impl FetchAssets {
    /// Fetches an asset and stores its objects in the bucket. `None` if Token Connect was still down when the time was up: the
    /// asset remains.
    pub(crate) async fn fetch(
        &self,
        asset_id: AssetId,
        deadline: Deadline,
    ) -> Option<Result<Asset, FailedAsset>> {
        let deadline = Deadline::after(deadline.remaining().saturating_sub(WRITE_MARGIN));
        let stored = match self.token_connect.get_asset(&asset_id, deadline).await {
            Ok(contents) => {
                let timeout = deadline.remaining().min(STORE_TIMEOUT);
                let stored = time::timeout(timeout, self.store(&asset_id, contents)).await;
                stored.unwrap_or_else(|elapsed| Err(failure(FetchFailure::OutOfTime, elapsed)))
            }
            // Nothing is known about this asset.
            Err(error) if error.shows_outage() || matches!(error, MastercardError::OutOfTime) => return None,
            Err(error) => Err(failure(FetchFailure::NotFetched, error)),
        };
        Some(stored.map_err(|(failure, cause)| {
            let (reason, cause) = (failure.as_str(), telemetry::chain(cause.as_ref()));
            tracing::warn!(event = "asset_fetch_failed", %asset_id, reason, cause, "asset fetch failed");
            FailedAsset { asset_id, reason: failure }
        }))
    }

    async fn store(&self, asset_id: &AssetId, contents: Vec<MediaContent>) -> Result<Asset, StoreFailure> {
        let fetched_at = self.clock.now();
        if contents.is_empty() {
            return Err(failure(FetchFailure::NoForms, "the response has no form"));
        }
        let CheckedAsset { logos, kept, refused, objects } = self.check(contents).await?;
        for form in &refused {
            let (media_type, reason) = (&form.media_type, &form.reason);
            tracing::warn!(
                event = "asset_media_rejected", %asset_id, media_type, reason, "media content of an asset rejected"
            );
        }
        // Not recorded, so that a later run asks for it again and an earlier logo stays: what was wrong may be mended by then, at
        // Mastercard or here. A document beside it is no logo.
        if logos.is_empty() && !refused.is_empty() {
            let reasons: Vec<_> =
                refused.iter().map(|form| format!("{}: {}", form.media_type, form.reason)).collect();
            return Err(failure(FetchFailure::NoUsableForm, reasons.join(", ")));
        }
        for object in objects {
            self.bucket.put(object).await.map_err(|error| failure(FetchFailure::NotStored, error))?;
        }
        Ok(Asset { asset_id: asset_id.clone(), logos, kept, refused, fetched_at })
    }

    /// Checks all forms on a blocking thread, so that a panic of a library fails this asset alone. One asset at a time: a
    /// large SVG takes several times its size in memory.
    async fn check(&self, contents: Vec<MediaContent>) -> Result<CheckedAsset, StoreFailure> {
        let permit = self.checks.acquire().await;
        let _permit = permit.map_err(|closed| failure(FetchFailure::NotRead, closed))?;
        spawn_blocking(|| logo::check(contents)).await.map_err(|error| {
            // The panic's message could quote the content.
            let message = if error.is_panic() { "the check panicked" } else { "the check was canceled" };
            failure(FetchFailure::NotRead, message)
        })
    }
}

type StoreFailure = (FetchFailure, BoxError);

fn failure(failure: FetchFailure, cause: impl Into<BoxError>) -> StoreFailure {
    (failure, cause.into())
}
