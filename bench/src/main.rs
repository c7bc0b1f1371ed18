//! Benchmarks of the server on this machine; the exit code is 1 if a target is missed. `catalog`, `functions` and `peers` run the
//! release binaries, each in a separate process; `enrollments` runs everything in this process.
//! `cargo run --profile bench -p bench -- catalog`. Linux only: memory is read from `/proc`.
#![expect(clippy::print_stderr, reason = "a command-line program")]

mod binaries;
mod catalog;
mod counter;
mod distance;
mod enrollments;
mod error;
mod function;
mod functions;
mod machine;
mod peers;
mod proxy;
mod report;
mod runtime_api;
mod secrets;
mod tls;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// As in `local`, which `enrollments` runs in this process.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Benchmarks of the issuer server against the embedded engines and the simulator.
#[derive(Parser)]
struct Arguments {
    /// Write the figures to this file as JSON
    #[arg(long, value_name = "FILE", global = true)]
    json: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A large issuer's refresh: sync-requestors and fetch-assets, the first time and without changes
    Catalog(catalog::Arguments),
    /// Many concurrent cardholders, from `POST /enrollments` to the enabled card
    Enrollments(enrollments::Arguments),
    /// Every function: startup, first and later events, memory, size, instructions, capacity units of an enrollment
    Functions(functions::Arguments),
    /// `enroll` beside the same function in Node.js: start, first answer, warm events, processor time, memory
    Peers(peers::Arguments),
}

/// Exit code: a target was missed.
const MISSED: u8 = 1;
/// Exit code: the benchmark failed.
const FAILED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { json, command } = Arguments::parse();
    let result = match command {
        Command::Catalog(arguments) => {
            catalog::measure(&arguments).await.and_then(|report| report::publish(&report, json.as_deref()))
        }
        Command::Enrollments(arguments) => enrollments::measure(&arguments)
            .await
            .and_then(|report| report::publish(&report, json.as_deref())),
        Command::Functions(arguments) => {
            functions::measure(&arguments).await.and_then(|report| report::publish(&report, json.as_deref()))
        }
        Command::Peers(arguments) => {
            peers::measure(&arguments).await.and_then(|report| report::publish(&report, json.as_deref()))
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(MISSED),
        Err(error) => {
            eprintln!("{}.", runtime::telemetry::chain(&error));
            ExitCode::from(FAILED)
        }
    }
}
