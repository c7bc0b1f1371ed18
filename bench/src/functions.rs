//! Benchmark of each function as Lambda runs it: the release binary, in a separate process, with TLS to all upstreams.

mod budgets;
mod cost;
pub(crate) mod cpu_quota;
mod delivery;
mod events;
pub(crate) mod figures;
pub(crate) mod harness;
mod instructions;
mod journey;
mod recorded;
mod report;
pub(crate) mod size;
mod soak;
pub(crate) mod timing;

use std::{path::PathBuf, time::Duration};

use crate::{binaries, error::BenchError, function::Function, machine::Machine};
use cost::Cost;
use figures::{Figures, Percentiles};
use harness::{Harness, HarnessOptions};
use recorded::RecordedCounts;
use report::Report;
use timing::SampleSizes;

/// All functions.
const FUNCTIONS: [&str; 10] = [
    "sync-requestors",
    "fetch-assets",
    "list-requestors",
    "list-cards",
    "manage-tokens",
    "enroll",
    "get-enrollment",
    "receive-notification",
    "receive-callback",
    "reconcile-enrollments",
];
const ECHO: &str = "echo";

/// Options of the benchmark.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Processes started per function
    #[arg(long, value_name = "N", default_value_t = 30)]
    starts: usize,
    /// Warm events per function, in one process
    #[arg(long, value_name = "N", default_value_t = 200)]
    warm: usize,
    /// Enrollments of the soak test, in one process
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    enrollments: u32,
    /// Check only the targets that do not depend on the load of this machine
    #[arg(long)]
    counts_only: bool,
    /// Keep the keys of Mastercard's APIs in one secret; the recorded counts are those of separate ones
    #[arg(long, conflicts_with = "record")]
    one_secret: bool,
    /// Round trip time to Mastercard, in milliseconds; limits of times are for 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    round_trip_ms: u64,
    /// Write the counts to `recorded.json`, the baseline of later runs
    #[arg(long)]
    record: bool,
    /// Only this function; may be repeated
    #[arg(long, value_name = "FUNCTION", value_parser = FUNCTIONS)]
    only: Vec<String>,
    /// Folder of the release binaries, echo included; by default they are built
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
}

/// Runs the benchmark, one function after the other.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Report, BenchError> {
    let all: Vec<&str> = FUNCTIONS.into_iter().chain([ECHO]).collect();
    let binaries = match &arguments.binaries {
        Some(folder) => folder.clone(),
        None => tokio::task::block_in_place(|| binaries::build(&all))?,
    };
    let options = HarnessOptions {
        one_secret: arguments.one_secret,
        round_trip: Duration::from_millis(arguments.round_trip_ms),
        ..HarnessOptions::default()
    };
    let harness = Harness::start(binaries.clone(), options).await?;
    let echo_start = echo(&harness, arguments.starts).await?;
    let mut functions = Vec::new();
    let selected = |name: &&str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    for name in FUNCTIONS.into_iter().filter(selected) {
        functions.push(figures(&harness, name, arguments).await?);
    }
    let delivery = match selected(&"receive-notification") {
        true => delivery::targets(&harness, !arguments.counts_only).await?,
        false => Vec::new(),
    };
    let soak = soak::run(&harness, arguments.enrollments).await?;
    drop(harness);
    let journey = journey::measure(binaries).await?;
    let current = RecordedCounts::new(&functions, &journey.steps);
    let cost = Cost::of(&journey, &functions);
    if arguments.record {
        current.write()?;
    }
    let mut targets = budgets::size_targets(&functions, echo_start.shortest, arguments.counts_only);
    let baseline = RecordedCounts::read()?;
    if let Some(baseline) = &baseline {
        targets.extend(budgets::regression_targets(&current, baseline));
    }
    let not_checked = budgets::not_checked(&current, baseline.as_ref());
    targets.extend(delivery);
    targets.extend(budgets::soak_targets(&soak, arguments.counts_only));
    if !arguments.counts_only {
        targets.extend(budgets::latency_targets(&functions));
        targets.extend(budgets::growth_target(&functions, &journey.steps));
        targets.extend(budgets::capacity_targets(&current));
        targets.extend(cost.targets(arguments.only.is_empty()));
    }
    let machine = Machine::this();
    Ok(Report { machine, echo_start, functions, soak, journey, cost, targets, not_checked })
}

async fn figures(
    harness: &Harness,
    name: &'static str,
    arguments: &Arguments,
) -> Result<Figures, BenchError> {
    /// Throttled starts; each takes a second or more.
    const THROTTLED_STARTS: usize = 10;
    let (binary_bytes, zip_bytes, has_s3) = size::measure(&harness.binaries.join(name))?;
    let samples = SampleSizes { starts: arguments.starts, warm: arguments.warm };
    let times = timing::measure(harness, name, samples).await?;
    let throttled = match arguments.counts_only {
        true => None,
        false => timing::throttled(harness, name, THROTTLED_STARTS.min(arguments.starts)).await?,
    };
    let instructions = instructions::count(harness, name).await?;
    Ok(Figures { function: name, binary_bytes, zip_bytes, has_s3, times, throttled, instructions })
}

async fn echo(harness: &Harness, times: usize) -> Result<Percentiles, BenchError> {
    let mut startups = Vec::new();
    for _ in 0..times {
        startups.push(Function::start(&harness.binaries, ECHO, &Vec::new()).await?.startup);
    }
    Ok(Percentiles::of(startups))
}
