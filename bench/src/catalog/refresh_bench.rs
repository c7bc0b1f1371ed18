//! Measures the cost of catalog refreshes: the release binaries of the two functions, run against engines and a simulator.

use std::{path::PathBuf, time::Duration};

use local::World;
use serde::Serialize;
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Operation, Scale};

use crate::{
    counter::Count,
    error::BenchError,
    function::{Function, Invocation, Variables},
    proxy::{CountingProxy, ProxyOptions},
};

/// The measured functions.
pub(super) const FUNCTIONS: [&str; 2] = [SYNC, FETCH];
const SYNC: &str = "sync-requestors";
const FETCH: &str = "fetch-assets";

/// The environment of the measured functions: engines behind counting proxies, and a simulator.
pub(super) struct RefreshBench {
    world: World,
    scale: Scale,
    binaries: PathBuf,
    variables: Variables,
    dynamodb: CountingProxy,
    s3: CountingProxy,
}

/// The costs of two refreshes of one catalog.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefreshCosts {
    pub(super) ranges: usize,
    pub(super) requestors: usize,
    pub(super) logo_bytes: usize,
    /// sync-requestors with an empty table.
    pub(super) first_sync: Cost,
    /// fetch-assets until all logos are stored.
    pub(super) first_fetch: Cost,
    /// sync-requestors without changes.
    pub(super) second_sync: Cost,
    /// fetch-assets after the second sync.
    pub(super) second_fetch: Cost,
}

/// The cost of one step; each invocation runs in a new process.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cost {
    pub(super) invocations: usize,
    pub(super) seconds: f64,
    pub(super) peak_megabytes: f64,
    /// Calls to Mastercard: `getEligibleTokenRequestors` or `getAsset`.
    pub(super) calls: usize,
    /// Token requestors in the response of sync-requestors, or logos that fetch-assets stored.
    pub(super) results: usize,
    pub(super) dynamodb: Count,
    pub(super) s3: Count,
}

impl RefreshBench {
    pub(super) async fn start(
        scale: Scale,
        latency: Duration,
        binaries: PathBuf,
    ) -> Result<Self, BenchError> {
        let ranges = scale.account_ranges().collect::<Vec<_>>().join(",");
        // No cardholder is redirected in this benchmark.
        let origins = format!("{CLICK_TO_PAY}=https://requestor.example");
        let settings =
            [("ACCOUNT_RANGES".to_owned(), ranges), ("ALLOWED_REDIRECT_ORIGINS".to_owned(), origins)];
        let simulator = simulator::Options { latency, scale: Some(scale), ..simulator::Options::default() };
        let options = local::Options { settings: settings.into(), simulator, ..local::Options::default() };
        let world = World::start(options).await.map_err(Box::new)?;
        let options = ProxyOptions::default();
        let (dynamodb, s3) = (
            CountingProxy::start(world.dynamodb_url(), options).await?,
            CountingProxy::start(world.s3_url(), options).await?,
        );
        let to_owned = |(name, value): (&str, String)| (name.to_owned(), value);
        let settings = world.settings();
        let mut variables: Variables =
            settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        variables.extend(world.aws_variables().into_iter().map(to_owned));
        let engines = [
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url.to_string()),
            ("S3_ENDPOINT_URL", s3.url.to_string()),
        ];
        variables.extend(engines.map(to_owned));
        Ok(Self { world, scale, binaries, variables, dynamodb, s3 })
    }

    /// Measures two refreshes, the second without changes.
    pub(super) async fn measure(&self) -> Result<RefreshCosts, BenchError> {
        let Scale { requestors, ranges, logo_bytes } = self.scale;
        let (first_sync, synced) = self.sync().await?;
        let first_fetch = self.fetch(&synced).await?;
        let (second_sync, synced) = self.sync().await?;
        let second_fetch = self.fetch(&synced).await?;
        Ok(RefreshCosts {
            ranges,
            requestors,
            logo_bytes,
            first_sync,
            first_fetch,
            second_sync,
            second_fetch,
        })
    }

    async fn sync(&self) -> Result<(Cost, Value), BenchError> {
        let mut cost = Cost::default();
        let synced = self.invoke(SYNC, json!({}), &mut cost).await?;
        cost.results = number(&synced, SYNC, "requestors")?;
        Ok((cost, synced))
    }

    /// Invokes fetch-assets as the destination of sync-requestors, then directly until all logos are stored.
    async fn fetch(&self, synced: &Value) -> Result<Cost, BenchError> {
        let mut cost = Cost::default();
        let mut event = json!({
            "version": "1.0",
            "requestContext": {"condition": "Success", "approximateInvokeCount": 1},
            "responsePayload": synced,
        });
        loop {
            let fetched = self.invoke(FETCH, event, &mut cost).await?;
            let stored = fetched["stored"].as_array();
            let stored = stored.ok_or(BenchError::Response { function: FETCH, field: "stored" })?.len();
            cost.results += stored;
            if stored == 0 || cost.results >= self.scale.requestors {
                return Ok(cost);
            }
            event = json!({});
        }
    }

    async fn invoke(
        &self,
        function: &'static str,
        event: Value,
        cost: &mut Cost,
    ) -> Result<Value, BenchError> {
        let mut process = Function::start(&self.binaries, function, &self.variables).await?;
        let calls = self.calls();
        let _ = (self.dynamodb.take(), self.s3.take());
        let Invocation { response, duration } = process.invoke(event).await?;
        cost.invocations += 1;
        cost.seconds += duration.as_secs_f64();
        cost.peak_megabytes = cost.peak_megabytes.max(f64::from(process.peak_kb()) / 1e3);
        cost.calls += self.calls() - calls;
        cost.dynamodb += self.dynamodb.take();
        cost.s3 += self.s3.take();
        Ok(response)
    }

    fn calls(&self) -> usize {
        let operations = [Operation::GetEligibleTokenRequestors, Operation::GetAsset];
        operations.into_iter().map(|operation| self.world.simulator().calls(operation)).sum()
    }
}

fn number(response: &Value, function: &'static str, field: &'static str) -> Result<usize, BenchError> {
    let number = response[field].as_u64().and_then(|number| number.try_into().ok());
    number.ok_or(BenchError::Response { function, field })
}
