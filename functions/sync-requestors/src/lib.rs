//! Use-case steps 1 and 2, every 14 days: fetches the token requestors that are eligible for the bank's account ranges
//! from Token Connect, and stores them. The report lists the artwork that is missing; it is the event of `fetch-assets`.

mod eligible;
mod event;
mod plan;
mod received_report;

use std::{collections::BTreeSet, time::Duration};

use lambda_runtime::{Diagnostic, LambdaEvent};
use mastercard::{TokenConnect, asset::AssetId, card::AccountRange};
use model::{catalog::Change, clock::Clock};
use runtime::{
    config::{
        ConfigError, List, Runtime, SettingsReader, TokenConnectSettings,
        registry::{self, ACCOUNT_RANGES},
    },
    invocation::{deadline, failed},
    store::TokenRequestors,
};
use serde::Serialize;
use serde_json::Value;

use eligible::fetch_eligible;

pub use event::{AllowedHost, InvalidAllowedHost, RefreshOptions};
pub use plan::RejectedRefresh;
pub use received_report::ReceivedReport;

/// Timeout of the calls to Token Connect; the rest of Lambda's two minutes is for writing.
const TIMEOUT: Duration = Duration::from_secs(90);
/// The most asset ids in a report. A Lambda destination takes 256 kB; `fetch-assets` finds further ones by itself.
const MAX_ASSETS: usize = 1000;

/// The function with its dependencies.
pub struct SyncRequestors {
    token_connect: TokenConnect,
    requestors: TokenRequestors,
    account_ranges: Vec<AccountRange>,
    largest_drop_percent: usize,
    clock: Clock,
}

/// The result of a refresh; tools read it as a [`ReceivedReport`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncReport {
    /// Token requestors in the response of Token Connect that are enabled for one of the requested account ranges.
    pub requestors: usize,
    /// The catalog's new version; absent if nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// What changed.
    #[serde(flatten)]
    pub change: Change,
    /// Why the safety check rejected the response. Nothing was written then; `{"force": true}` skips the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<RejectedRefresh>,
    /// A refresh that was requested later is complete already: the response of this one was not used.
    #[serde(skip_serializing_if = "is_false")]
    pub superseded: bool,
    /// Account ranges whose call failed; their entries are unchanged.
    pub unanswered_ranges: usize,
    /// Account ranges that MDES has not enabled: no token requestor is eligible for them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub ineligible_ranges: BTreeSet<AccountRange>,
    /// Account ranges in the response that were not requested, counted for each token requestor. They are not used.
    #[serde(skip_serializing_if = "is_zero")]
    pub unrequested_ranges: usize,
    /// Artwork to fetch, at most 1000 ids.
    pub assets: Vec<AssetId>,
    /// Whether there is more artwork to fetch than `assets` lists.
    pub more_assets: bool,
}

impl SyncRequestors {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (requestors, token_connect, account_ranges, largest_drop_percent) =
            runtime.read_settings(|settings| {
                let requestors = TokenRequestors::from_settings(settings, runtime);
                let token_connect = TokenConnectSettings::from_settings(settings);
                let account_ranges = account_ranges(settings);
                let largest_drop_percent = settings.value(&registry::LARGEST_DROP_PERCENT);
                Some((requestors?, token_connect?, account_ranges?, largest_drop_percent?))
            })?;
        Ok(Self {
            // A batch without a response has to wait for the next refresh, which is days away.
            token_connect: token_connect.connect(runtime).await?.outlasting_outages(),
            requestors,
            account_ranges,
            largest_drop_percent: largest_drop_percent.get().into(),
            clock: runtime.clock.clone(),
        })
    }

    /// One refresh. An operator may set options in the event: `{"force": true}` skips the safety check,
    /// `{"allow": [{"tokenRequestorId", "host"}]}` takes push methods out of quarantine.
    ///
    /// # Errors
    /// When the event has an unknown field, the calls for all account ranges fail, or the catalog cannot be written.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<SyncReport, Diagnostic> {
        let deadline = deadline(Some(&event.context), TIMEOUT);
        let options = event::options(&event.payload)
            .map_err(|error| failed("event_payload_invalid", "invalid event payload", false, error))?;
        // Refreshes are ordered by the time of their request, not of the response.
        let requested_at = self.clock.now();
        let response = fetch_eligible(&self.token_connect, &self.account_ranges, deadline).await;
        let response = response.map_err(|error| {
            let retryable = error.retryable();
            failed(
                "catalog_refresh_failed",
                "catalog refresh failed: no response from token connect",
                retryable,
                error,
            )
        })?;
        let plan =
            |current: &_| plan::plan(current, &response, &options, self.largest_drop_percent, requested_at);
        let refreshed = self.requestors.refresh(requested_at, plan).await;
        let (changed, summary) =
            refreshed.map_err(|error| failed("catalog_write_failed", "catalog write failed", true, error))?;
        let mut assets = summary.assets;
        let more_assets = assets.len() > MAX_ASSETS;
        assets.truncate(MAX_ASSETS);
        let report = SyncReport {
            requestors: response.requestors.len(),
            version: changed.as_ref().map(|changed| changed.version),
            change: changed.map(|changed| changed.change).unwrap_or_default(),
            rejected: summary.rejected,
            superseded: summary.superseded,
            unanswered_ranges: response.unanswered.len(),
            unrequested_ranges: response.unrequested,
            ineligible_ranges: response.ineligible,
            assets,
            more_assets,
        };
        log(&report);
        Ok(report)
    }
}

/// In ascending order, without repetition.
fn account_ranges(settings: &mut SettingsReader<'_>) -> Option<Vec<AccountRange>> {
    let List(mut ranges) = settings.value(&ACCOUNT_RANGES)?;
    ranges.sort();
    if ranges.windows(2).any(|pair| pair.first() == pair.last()) {
        settings.problem(&ACCOUNT_RANGES, "must not contain duplicates");
        return None;
    }
    Some(ranges)
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Logs one line for each finding that may need an operator, and one for the refresh.
fn log(report: &SyncReport) {
    let SyncReport { requestors, change, unanswered_ranges, unrequested_ranges, .. } = report;
    if let Some(rejected) = report.rejected {
        let reason = match rejected {
            RejectedRefresh::Empty => "Token Connect listed no token requestor",
            RejectedRefresh::Unrequested => {
                "Token Connect listed only account ranges that were not requested"
            }
            RejectedRefresh::Drop => "Token Connect no longer lists many token requestors or account ranges",
            RejectedRefresh::Unreadable => "many token requestors have fields that could not be read",
        };
        tracing::error!(
            event = "catalog_refresh_rejected",
            reason,
            requestors,
            "catalog refresh rejected by safety check"
        );
    }
    if report.superseded {
        tracing::warn!(event = "catalog_refresh_superseded", "catalog refresh superseded by a later one");
    }
    for id in &change.quarantined {
        tracing::error!(
            event = "redirect_host_quarantined", token_requestor_id = %id, "redirect host quarantined"
        );
    }
    tracing::info!(
        event = "catalog_refreshed",
        requestors,
        unanswered_ranges,
        ineligible_ranges = report.ineligible_ranges.len(),
        unrequested_ranges,
        added = change.added.len(),
        changed = change.changed.len(),
        retired = change.retired.len(),
        returned = change.returned.len(),
        assets = report.assets.len(),
        "catalog refreshed"
    );
}
