//! Comparison of `enroll` with the same function in Node.js (`bench/peers/node`): both get the same events in the same
//! environment, in turns.

mod bundle;
mod comparison;
mod idempotency_table;
mod process;
mod report;
mod round;
mod spread;

use std::path::PathBuf;

use crate::{
    binaries,
    error::BenchError,
    functions::{
        cpu_quota::CpuQuota,
        harness::{Harness, HarnessOptions},
        size,
    },
    machine::Machine,
};
use bundle::Bundle;
use process::{ENROLL, Starter};
use report::{Report, Sizes};
use round::Samples;

/// Options of the comparison.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Rounds; each starts both functions
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    starts: u32,
    /// Measured warm events of each function and round
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    warm: u32,
    /// Events before them that are not measured, while V8 compiles what runs often
    #[arg(long, value_name = "N", default_value_t = 50)]
    warm_up: u32,
    /// Folder of the release binary; by default it is built
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
}

/// Runs all rounds. The function that is first in one round is second in the next.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Report, BenchError> {
    let bundle = tokio::task::block_in_place(Bundle::build)?;
    let binaries = match &arguments.binaries {
        Some(folder) => folder.clone(),
        None => tokio::task::block_in_place(|| binaries::build(&[ENROLL]))?,
    };
    let (_, enroll_zip, _) = size::measure(&binaries.join(ENROLL))?;
    let (_, node_zip, _) = size::measure(&bundle.file())?;
    let mut harness = Harness::start(binaries, HarnessOptions::default()).await?;
    harness.variables.push(idempotency_table::create(&harness.world).await?);
    let samples = Samples { warm_up: arguments.warm_up, warm: arguments.warm };
    let starter = Starter { harness: &harness, bundle: &bundle };
    let quota = CpuQuota::of_256_megabytes("peers");
    let mut rounds = Vec::new();
    for number in 0..arguments.starts {
        rounds.push(round::measure(&starter, samples, quota.as_ref(), number % 2 == 0).await?);
    }
    let sizes = Sizes { enroll_zip, node_zip };
    Ok(Report::new(Machine::this(), bundle.node_version, samples, &rounds, sizes))
}
