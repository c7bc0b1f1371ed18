//! Benchmark of a large catalog: the first refresh with all logos, the next one without changes, and the growth of both
//! with the number of account ranges.

mod refresh_bench;
mod report;
mod targets;

use std::{path::PathBuf, time::Duration};

use simulator::Scale;

use crate::{binaries, error::BenchError, machine::Machine};
use refresh_bench::RefreshBench;
use report::Report;

/// Options of the benchmark.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Account ranges; measured with half and with twice as many too
    #[arg(long, value_name = "N", default_value_t = 500)]
    ranges: usize,
    /// Token requestors, each with a logo
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    requestors: usize,
    /// Approximate size of each logo's PNG, in bytes
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    logo_bytes: usize,
    /// Latency of Mastercard's responses, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 20)]
    latency_ms: u64,
    /// Folder of the release binaries; by default they are built
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
}

/// Runs the benchmark; each number of account ranges has separate engines and a separate simulator.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Report, BenchError> {
    let binaries = match &arguments.binaries {
        Some(folder) => folder.clone(),
        None => tokio::task::block_in_place(|| binaries::build(&refresh_bench::FUNCTIONS))?,
    };
    let latency = Duration::from_millis(arguments.latency_ms);
    let mut costs = Vec::new();
    for ranges in [arguments.ranges.div_ceil(2), arguments.ranges, arguments.ranges * 2] {
        let scale = Scale { requestors: arguments.requestors, ranges, logo_bytes: arguments.logo_bytes };
        costs.push(RefreshBench::start(scale, latency, binaries.clone()).await?.measure().await?);
    }
    Ok(Report::new(Machine::this(), arguments.latency_ms, costs))
}
