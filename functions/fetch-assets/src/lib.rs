//! Use-case steps 3 and 4: fetches the logos that the bucket does not hold yet and records them beside their
//! token requestors. One that fails leaves the old logo in place and the others alone.

mod bucket;
mod event;
mod logo;

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use shared::{
    asset::{AssetId, Logo},
    clock::Clock,
    config::{ConfigError, Host, TokenConnectSettings},
    invocation::{deadline, failed},
    mastercard::{Deadline, TokenConnect},
    store::TokenRequestors,
    telemetry,
    token_requestor::{Artwork, TokenRequestor},
};

pub use bucket::Bucket;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(240);
/// Assets under way at once.
const AT_ONCE: usize = 8;

/// The function; its fields are all that it may touch.
pub struct FetchAssets {
    token_connect: TokenConnect,
    requestors: TokenRequestors,
    bucket: Bucket,
    clock: Clock,
}

/// What became of each asset.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fetched {
    /// In the bucket and recorded.
    pub stored: Vec<AssetId>,
    /// Fetched, but its requestor has other artwork by now.
    pub skipped: Vec<AssetId>,
    /// Not fetched, or nothing in it is fit to be shown.
    pub failed: Vec<Failure>,
}

/// An asset that brought no logo.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Which.
    pub asset_id: AssetId,
    /// Why.
    pub reason: &'static str,
}

impl FetchAssets {
    /// Reads `TOKEN_REQUESTORS_TABLE`, `TENANT`, `LOGO_BUCKET`, `TOKEN_CONNECT_*`.
    pub async fn connect(host: &Host) -> Result<Self, ConfigError> {
        let mut read = host.settings.read();
        let requestors = TokenRequestors::read(&mut read, host);
        let token_connect = TokenConnectSettings::read(&mut read);
        let bucket = Bucket::read(&mut read, &host.aws);
        let (Some(requestors), Some(token_connect), Some(bucket)) = (requestors, token_connect, bucket)
        else {
            return Err(read.problems());
        };
        Ok(Self {
            token_connect: token_connect.connect(host).await?,
            requestors,
            bucket,
            clock: host.clock.clone(),
        })
    }

    /// Takes what `sync-requestors` hands on as its destination, a list of assets by hand, or nothing: then all
    /// artwork that is missing.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Fetched, Diagnostic> {
        let until = deadline(Some(&event.context), PATIENCE);
        let wanted = match event::artwork(&event.payload)
            .map_err(|error| failed("the event cannot be read", false, error))?
        {
            Some(wanted) => wanted,
            None => self.missing().await?,
        };
        let outcomes = stream::iter(wanted).map(async |artwork| {
            let outcome = self.fetch(&artwork, until).await;
            (artwork, outcome)
        });
        let mut outcomes = std::pin::pin!(outcomes.buffer_unordered(AT_ONCE));
        let mut fetched = Fetched::default();
        while let Some((artwork, outcome)) = outcomes.next().await {
            match outcome {
                Ok(true) => fetched.stored.push(artwork.asset_id),
                Ok(false) => fetched.skipped.push(artwork.asset_id),
                Err(reason) => fetched.failed.push(Failure { asset_id: artwork.asset_id, reason }),
            }
        }
        let (stored, skipped, failures) = (fetched.stored.len(), fetched.skipped.len(), fetched.failed.len());
        tracing::info!(stored, skipped, failed = failures, "logos were fetched");
        Ok(fetched)
    }

    async fn missing(&self) -> Result<Vec<Artwork>, Diagnostic> {
        let known = self.requestors.list().await;
        let known = known.map_err(|error| failed("the catalogue could not be read", true, error))?;
        Ok(known.iter().filter_map(TokenRequestor::missing_artwork).collect())
    }

    /// All forms of one logo are in the bucket before the requestor refers to any of them.
    async fn fetch(&self, artwork: &Artwork, until: Deadline) -> Result<bool, &'static str> {
        let Artwork { token_requestor_id, asset_id } = artwork;
        let told = |cause: &dyn std::error::Error, reason: &'static str| {
            let cause = telemetry::chain(cause);
            tracing::warn!(asset.id = %asset_id, token_requestor.id = %token_requestor_id, cause, reason, "a logo was not stored");
            reason
        };
        let contents = self.token_connect.get_asset(asset_id, until).await;
        let contents = contents.map_err(|error| told(&error, "not_fetched"))?;
        let mut logos: Vec<Logo> = Vec::new();
        for content in &contents {
            match logo::accept(content) {
                Ok(logo) => {
                    self.bucket
                        .put(&logo, &content.data)
                        .await
                        .map_err(|error| told(error.as_ref(), "not_stored"))?;
                    logos.push(logo);
                }
                Err(refused) => {
                    told(&refused, "refused");
                }
            }
        }
        if logos.is_empty() {
            return Err("no_usable_form");
        }
        let recorded =
            self.requestors.set_logos(token_requestor_id, asset_id, &logos, self.clock.now()).await;
        recorded.map_err(|error| told(&error, "not_recorded"))
    }
}
