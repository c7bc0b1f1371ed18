//! One asset: asked for, looked at, stored. It is recorded later, together with others.

use std::{error::Error, time::Duration};

use mastercard::{
    Deadline,
    asset::{Asset, AssetId},
    token_connect::MediaContent,
};
use runtime::{log_event, telemetry};
use tokio::{task::spawn_blocking, time};

use crate::{
    FetchAssets, LAST_RECORDS,
    logo::{self, Accepted},
    outcome::Failure,
};

/// One asset may take so long; the others do not wait for it.
const FETCH_TIMEOUT: Duration = Duration::from_secs(60);

impl FetchAssets {
    /// An asset whose objects are all in the bucket.
    pub(crate) async fn fetch(&self, asset_id: AssetId, until: Deadline) -> Result<Asset, Failure> {
        let timeout = until.remaining().saturating_sub(LAST_RECORDS).min(FETCH_TIMEOUT);
        let fetched = time::timeout(timeout, self.store(&asset_id, Deadline::after(timeout))).await;
        match fetched.unwrap_or_else(|late| Err(("out_of_time", late.into()))) {
            Ok(asset) => Ok(asset),
            Err((reason, cause)) => {
                let cause = telemetry::chain(cause.as_ref());
                tracing::warn!(event = log_event::ASSET_FETCH_FAILED, %asset_id, reason, cause, "asset fetch failed");
                Err(Failure { asset_id, reason })
            }
        }
    }

    async fn store(&self, asset_id: &AssetId, until: Deadline) -> Result<Asset, Why> {
        let contents = self.token_connect.get_asset(asset_id, until).await;
        let contents = contents.map_err(|error| why("not_fetched", error))?;
        let fetched_at = self.clock.now();
        if contents.is_empty() {
            return Err(why("no_forms", "the answer has no form that can be read"));
        }
        let Accepted { logos, kept, refused, objects } = self.look_at(contents).await?;
        for object in objects {
            self.bucket.put(object).await.map_err(|error| why("not_stored", error))?;
        }
        for form in &refused {
            let (media_type, reason) = (&form.media_type, &form.reason);
            tracing::warn!(
                event = log_event::ASSET_MEDIA_REJECTED, %asset_id, media_type, reason, "media content of an asset rejected"
            );
        }
        Ok(Asset { asset_id: asset_id.clone(), logos, kept, refused, fetched_at })
    }

    /// Off the thread that the network runs on; what makes a library panic fails alone. One at a time: a heavy drawing
    /// takes several times its size in memory.
    async fn look_at(&self, contents: Vec<MediaContent>) -> Result<Accepted, Why> {
        let _turn = self.looking.acquire().await.map_err(|closed| why("not_read", closed))?;
        spawn_blocking(|| logo::accept(contents)).await.map_err(|error| {
            // The panic's own words could quote the content.
            let what = if error.is_panic() { "looking at it panicked" } else { "looking at it was stopped" };
            why("not_read", what)
        })
    }
}

type Why = (&'static str, Box<dyn Error + Send + Sync>);

fn why(reason: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Why {
    (reason, cause.into())
}
