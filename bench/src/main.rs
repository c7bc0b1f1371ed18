//! Measures this server on this machine, and fails when a target is missed: `catalog` and `functions`
//! the real release binaries, each in a process of its own, `enrollments` everything together in this one. `cargo run --profile bench -p bench -- catalog`.
//! Linux only: memory is read from `/proc`.
#![expect(clippy::print_stderr, reason = "a program that talks to a developer's terminal")]

mod binaries;
mod catalog;
mod count;
mod counted;
mod enrollments;
mod error;
mod function;
mod functions;
mod machine;
mod report;
mod runtime_api;
mod secrets;
mod tls;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Measures this server against the embedded engines and the simulator.
#[derive(Parser)]
struct Arguments {
    /// Write the figures to this file too
    #[arg(long, value_name = "FILE", global = true)]
    json: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A large issuer's refresh: sync-requestors and fetch-assets, at first and with nothing changed
    Catalog(catalog::Arguments),
    /// Many cardholders at once, from the first tap to the enabled card
    Enrollments(enrollments::Arguments),
    /// Every function: start, first and later events, memory, size, instructions, and what an enrollment consumes
    Functions(functions::Arguments),
}

/// A target was missed.
const MISSED: u8 = 1;
/// It could not be measured.
const NOT_MEASURED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { json, what } = Arguments::parse();
    let met = match what {
        What::Catalog(arguments) => {
            catalog::measure(&arguments).await.and_then(|report| report::tell(&report, json.as_deref()))
        }
        What::Enrollments(arguments) => {
            enrollments::measure(&arguments).await.and_then(|report| report::tell(&report, json.as_deref()))
        }
        What::Functions(arguments) => {
            functions::measure(&arguments).await.and_then(|report| report::tell(&report, json.as_deref()))
        }
    };
    match met {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(MISSED),
        Err(error) => {
            eprintln!("{}.", runtime::telemetry::chain(&error));
            ExitCode::from(NOT_MEASURED)
        }
    }
}
