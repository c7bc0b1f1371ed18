//! One issuer, and what its refreshes cost it.

use std::{path::PathBuf, time::Duration};

use local::World;
use serde::Serialize;
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Operation, Scale};

use crate::{
    count::Count,
    counted::{Counted, Manner},
    error::BenchError,
    function::{Answered, Function, Variables},
};

/// Those that are measured.
pub(super) const FUNCTIONS: [&str; 2] = [SYNC, FETCH];
const SYNC: &str = "sync-requestors";
const FETCH: &str = "fetch-assets";

/// Engines and a simulator, seen through counters.
pub(super) struct Issuer {
    world: World,
    scale: Scale,
    binaries: PathBuf,
    variables: Variables,
    dynamodb: Counted,
    s3: Counted,
}

/// The refreshes of one issuer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Size {
    pub(super) ranges: usize,
    pub(super) requestors: usize,
    pub(super) logo_bytes: usize,
    /// sync-requestors with an empty table.
    pub(super) first: Cost,
    /// fetch-assets until no logo is missing.
    pub(super) logos: Cost,
    /// sync-requestors again.
    pub(super) again: Cost,
    /// fetch-assets with what that answered.
    pub(super) again_logos: Cost,
}

/// What one step cost; each invocation has a process of its own.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cost {
    pub(super) invocations: usize,
    pub(super) seconds: f64,
    pub(super) peak_megabytes: f64,
    /// CallLog of Mastercard: account ranges or assets.
    pub(super) calls: usize,
    /// What came of it: requestors named, or logos stored.
    pub(super) results: usize,
    pub(super) dynamodb: Count,
    pub(super) s3: Count,
}

impl Issuer {
    pub(super) async fn start(
        scale: Scale,
        latency: Duration,
        binaries: PathBuf,
    ) -> Result<Self, BenchError> {
        let ranges = scale.account_ranges().collect::<Vec<_>>().join(",");
        // Nobody is sent anywhere here.
        let origins = format!("{CLICK_TO_PAY}=https://requestor.example");
        let settings =
            [("ACCOUNT_RANGES".to_owned(), ranges), ("ALLOWED_REDIRECT_ORIGINS".to_owned(), origins)];
        let simulator = simulator::Options { latency, scale: Some(scale), ..simulator::Options::default() };
        let options = local::Options { settings: settings.into(), simulator, ..local::Options::default() };
        let world = World::start(options).await.map_err(Box::new)?;
        let manner = Manner::default();
        let (dynamodb, s3) = (
            Counted::before(world.dynamodb_url(), manner).await?,
            Counted::before(world.s3_url(), manner).await?,
        );
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        let settings = world.settings();
        let mut variables: Variables =
            settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        variables.extend(world.aws_variables().into_iter().map(owned));
        let engines = [
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url.to_string()),
            ("S3_ENDPOINT_URL", s3.url.to_string()),
        ];
        variables.extend(engines.map(owned));
        Ok(Self { world, scale, binaries, variables, dynamodb, s3 })
    }

    /// Two refreshes, the second with nothing changed.
    pub(super) async fn measure(&self) -> Result<Size, BenchError> {
        let Scale { requestors, ranges, logo_bytes } = self.scale;
        let (first, synced) = self.sync().await?;
        let logos = self.fetch(&synced).await?;
        let (again, synced) = self.sync().await?;
        let again_logos = self.fetch(&synced).await?;
        Ok(Size { ranges, requestors, logo_bytes, first, logos, again, again_logos })
    }

    async fn sync(&self) -> Result<(Cost, Value), BenchError> {
        let mut cost = Cost::default();
        let synced = self.invoke(SYNC, json!({}), &mut cost).await?;
        cost.results = number(&synced, SYNC, "requestors")?;
        Ok((cost, synced))
    }

    /// As the destination of `sync-requestors`, and by hand for what that leaves over.
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
            let stored = stored.ok_or(BenchError::Answer { function: FETCH, field: "stored" })?.len();
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
        let Answered { answer, took } = process.invoke(event).await?;
        cost.invocations += 1;
        cost.seconds += took.as_secs_f64();
        cost.peak_megabytes = cost.peak_megabytes.max(f64::from(process.peak_kilobytes()) / 1e3);
        cost.calls += self.calls() - calls;
        cost.dynamodb += self.dynamodb.take();
        cost.s3 += self.s3.take();
        Ok(answer)
    }

    fn calls(&self) -> usize {
        let operations = [Operation::GetEligibleTokenRequestors, Operation::GetAsset];
        operations.into_iter().map(|operation| self.world.simulator().calls(operation)).sum()
    }
}

fn number(answer: &Value, function: &'static str, field: &'static str) -> Result<usize, BenchError> {
    let number = answer[field].as_u64().and_then(|number| number.try_into().ok());
    number.ok_or(BenchError::Answer { function, field })
}
