//! Each function as Lambda would run it: the release binary, in a process of its own, with TLS to everything.

mod budgets;
mod figures;
mod instructions;
mod journey;
mod report;
mod share;
mod size;
mod stage;
mod stamina;
mod timing;

use std::{fs, path::PathBuf};

use crate::{binaries, error::BenchError, function::Function, machine::Machine};
use budgets::Recorded;
use figures::{Figures, Spread};
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
/// Instruction counts that the next ones are compared with, beside the code that they are of.
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.json");

/// How often, and what of it.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fresh processes of each function
    #[arg(long, value_name = "N", default_value_t = 30)]
    starts: usize,
    /// Events of one process of each function, after its first
    #[arg(long, value_name = "N", default_value_t = 200)]
    warm: usize,
    /// Enrolments in one process
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    enrollments: u32,
    /// Measure everything, and hold the server only to what does not depend on what else this machine does
    #[arg(long)]
    counts_only: bool,
    /// Write the instruction counts down, for later runs to be compared with
    #[arg(long)]
    record: bool,
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
    for name in FUNCTIONS {
        functions.push(figures(&stage, name, arguments).await?);
    }
    let stamina = stamina::stamina(&stage, arguments.enrollments).await?;
    drop(stage);
    let steps = journey::steps(binaries).await?;
    let recorded = recorded(&functions, arguments.record)?;
    let mut targets = budgets::counted(&functions, echo_start.p50, recorded.as_ref());
    if !arguments.counts_only {
        targets.extend(budgets::timed(&functions));
    }
    targets.extend(budgets::lasting(&stamina, arguments.counts_only));
    targets.extend(budgets::consumed(&steps));
    Ok(Report { machine: Machine::this(), echo_start, functions, stamina, steps, targets })
}

async fn figures(stage: &Stage, name: &'static str, arguments: &Arguments) -> Result<Figures, BenchError> {
    /// Each takes a second or more.
    const HELD_BACK: usize = 10;
    let (binary_bytes, zip_bytes, has_s3) = size::weigh(&stage.binaries.join(name))?;
    let often = Often { starts: arguments.starts, warm: arguments.warm };
    let timing::Times { start, first, first_own, warm, warm_own, peak_megabytes } =
        timing::times(stage, name, often).await?;
    let held_back = match arguments.counts_only {
        true => None,
        false => timing::held_back(stage, name, HELD_BACK.min(arguments.starts)).await?,
    };
    let instructions = instructions::count(stage, name).await?;
    Ok(Figures {
        function: name,
        binary_bytes,
        zip_bytes,
        has_s3,
        start,
        first,
        first_own,
        warm,
        warm_own,
        peak_megabytes,
        held_back,
        instructions,
    })
}

async fn echo(stage: &Stage, times: usize) -> Result<Spread, BenchError> {
    let mut started = Vec::new();
    for _ in 0..times {
        started.push(Function::start(&stage.binaries, ECHO, &Vec::new()).await?.started);
    }
    Ok(Spread::of(started))
}

/// What was recorded before, or is now.
fn recorded(functions: &[Figures], now: bool) -> Result<Option<Recorded>, BenchError> {
    let unusable = |source| BenchError::File { what: RECORDED.into(), source };
    if now {
        let counts = functions.iter().filter_map(|it| Some((it.function.to_owned(), it.instructions?)));
        let counts: Recorded = counts.collect();
        let text = serde_json::to_string_pretty(&counts).unwrap_or_default();
        fs::write(RECORDED, text + "\n").map_err(unusable)?;
        return Ok(Some(counts));
    }
    match fs::read(RECORDED) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| unusable(error.into())),
        Err(_) => Ok(None),
    }
}
