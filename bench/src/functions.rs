//! Each function as Lambda would run it: the release binary, in a process of its own, with TLS to everything.

mod budgets;
mod figures;
mod instructions;
mod journey;
mod recorded;
mod report;
mod share;
mod size;
mod stage;
mod stamina;
mod timing;

use std::path::PathBuf;

use crate::{binaries, error::BenchError, function::Function, machine::Machine};
use figures::{Figures, Spread};
use recorded::Recorded;
use report::Report;
use stage::Stage;
use timing::Often;

/// All of them.
const FUNCTIONS: [&str; 9] = [
    "sync-requestors",
    "fetch-assets",
    "list-requestors",
    "list-cards",
    "enroll",
    "get-enrollment",
    "receive-notification",
    "receive-callback",
    "reconcile-enrollments",
];
const ECHO: &str = "echo";

/// How often, and what of it.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fresh processes of each function
    #[arg(long, value_name = "N", default_value_t = 30)]
    starts: usize,
    /// Events of one process of each function, after its first
    #[arg(long, value_name = "N", default_value_t = 200)]
    warm: usize,
    /// Enrollments in one process
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    enrollments: u32,
    /// Measure everything, and hold the server only to what does not depend on what else this machine does
    #[arg(long)]
    counts_only: bool,
    /// Write the counts down, for later runs to be compared with
    #[arg(long)]
    record: bool,
    /// Only this one; may be repeated
    #[arg(long, value_name = "FUNCTION", value_parser = FUNCTIONS)]
    only: Vec<String>,
    /// Folder of the release binaries, echo too; they are built otherwise
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
}

/// Measures one function after the other.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Report, BenchError> {
    let all: Vec<&str> = FUNCTIONS.into_iter().chain([ECHO]).collect();
    let binaries = match &arguments.binaries {
        Some(folder) => folder.clone(),
        None => tokio::task::block_in_place(|| binaries::build(&all))?,
    };
    let stage = Stage::start(binaries.clone(), false).await?;
    let echo_start = echo(&stage, arguments.starts).await?;
    let mut functions = Vec::new();
    let wanted = |name: &&str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    for name in FUNCTIONS.into_iter().filter(wanted) {
        functions.push(figures(&stage, name, arguments).await?);
    }
    let stamina = stamina::stamina(&stage, arguments.enrollments).await?;
    drop(stage);
    let steps = journey::steps(binaries).await?;
    let now = Recorded::of(&functions, &steps);
    if arguments.record {
        now.write()?;
    }
    let mut targets = budgets::counted(&functions, echo_start.shortest, arguments.counts_only);
    targets.extend(Recorded::read()?.map(|then| budgets::unchanged(&now, &then)).unwrap_or_default());
    targets.extend(budgets::lasting(&stamina, arguments.counts_only));
    if !arguments.counts_only {
        targets.extend(budgets::timed(&functions));
        targets.extend(budgets::consumed(&now));
    }
    Ok(Report { machine: Machine::this(), echo_start, functions, stamina, steps, targets })
}

async fn figures(stage: &Stage, name: &'static str, arguments: &Arguments) -> Result<Figures, BenchError> {
    /// Each takes a second or more.
    const HELD_BACK: usize = 10;
    let (binary_bytes, zip_bytes, has_s3) = size::weigh(&stage.binaries.join(name))?;
    let often = Often { starts: arguments.starts, warm: arguments.warm };
    let times = timing::times(stage, name, often).await?;
    let held_back = match arguments.counts_only {
        true => None,
        false => timing::held_back(stage, name, HELD_BACK.min(arguments.starts)).await?,
    };
    let instructions = instructions::count(stage, name).await?;
    Ok(Figures { function: name, binary_bytes, zip_bytes, has_s3, times, held_back, instructions })
}

async fn echo(stage: &Stage, times: usize) -> Result<Spread, BenchError> {
    let mut started = Vec::new();
    for _ in 0..times {
        started.push(Function::start(&stage.binaries, ECHO, &Vec::new()).await?.started);
    }
    Ok(Spread::of(started))
}
