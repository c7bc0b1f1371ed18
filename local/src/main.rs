//! The program `local`: the whole use case once, or one of the commands about the catalog.

mod arguments;
mod catalog;
mod log;
mod output;
mod progress;
mod run;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use mimalloc::MiMalloc;

/// Under load a fifth of the time was in glibc's allocator: `docs/performance/tried.md`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Exit code: it ran, but the card was not enabled or a logo is missing.
const NOT_DONE: u8 = 1;
/// Exit code: it did not start.
const NOT_STARTED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.command {
        None => {
            log::quiet();
            run::run(&arguments.run).await
        }
        Some(command) => {
            log::with_progress();
            match command {
                Command::Catalog(arguments) => catalog::show(arguments).await,
                Command::Refresh(arguments) => catalog::refresh(arguments).await,
            }
        }
    }
}

fn fail(code: u8, error: &dyn std::error::Error) -> ExitCode {
    output::problem(format_args!("{}.", runtime::telemetry::chain(error)));
    ExitCode::from(code)
}
