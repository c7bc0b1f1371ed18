//! Measures the real release binaries on this machine, each in a process of its own, and fails when a target is missed:
//! `cargo run --profile bench -p bench -- catalogue`. Linux only: peak memory is read from `/proc`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that talks to a developer's terminal"
)]

mod binaries;
mod catalogue;
mod counted;
mod error;
mod function;
mod machine;
mod runtime_api;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures the release binaries of the functions against the embedded engines and the simulator.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A large issuer's refresh: sync-requestors and fetch-assets, at first and with nothing changed
    Catalogue(catalogue::Arguments),
}

/// A target was missed.
const MISSED: u8 = 1;
/// It could not be measured.
const NOT_MEASURED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let measured = match Arguments::parse().what {
        What::Catalogue(arguments) => catalogue::measure(&arguments).await,
    };
    match measured {
        Ok(report) => {
            println!("{report}");
            if report.met() { ExitCode::SUCCESS } else { ExitCode::from(MISSED) }
        }
        Err(error) => {
            eprintln!("{}.", shared::telemetry::chain(&error));
            ExitCode::from(NOT_MEASURED)
        }
    }
}
