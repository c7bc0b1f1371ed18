//! A large issuer's catalog: the first refresh with all its logos, the next one with nothing changed, and how both
//! grow with the number of account ranges.

mod issuer;
mod report;
mod targets;

use std::{path::PathBuf, time::Duration};

use simulator::Scale;

use crate::{binaries, error::BenchError, machine::Machine};
use issuer::Issuer;
use report::Report;

/// How large, and where the figures go.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Account ranges; measured with half and with twice as many too
    #[arg(long, value_name = "N", default_value_t = 500)]
    ranges: usize,
    /// Token requestors, each with a logo
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    requestors: usize,
    /// Bytes of each logo's PNG, about
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    logo_bytes: usize,
    /// Milliseconds that Mastercard adds to each answer
    #[arg(long, value_name = "N", default_value_t = 20)]
    latency_ms: u64,
    /// Folder of the release binaries; they are built otherwise
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
}

/// Measures everything, each size with engines and a simulator of its own.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Report, BenchError> {
    let binaries = match &arguments.binaries {
        Some(folder) => folder.clone(),
        None => tokio::task::block_in_place(|| binaries::build(&issuer::FUNCTIONS))?,
    };
    let latency = Duration::from_millis(arguments.latency_ms);
    let mut sizes = Vec::new();
    for ranges in [arguments.ranges.div_ceil(2), arguments.ranges, arguments.ranges * 2] {
        let scale = Scale { requestors: arguments.requestors, ranges, logo_bytes: arguments.logo_bytes };
        sizes.push(Issuer::start(scale, latency, binaries.clone()).await?.measure().await?);
    }
    Ok(Report::new(Machine::this(), arguments.latency_ms, sizes))
}
