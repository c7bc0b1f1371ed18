//! `cargo run -p local`: the whole use case once, or one of the commands about the catalog.

mod arguments;
mod catalog;
mod log;
mod progress;
mod run;
mod say;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};

/// It ran, and not everything went well: the card was not enabled, a logo is missing.
const NOT_DONE: u8 = 1;
/// It did not start.
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

fn stop(code: u8, error: &dyn std::error::Error) -> ExitCode {
    say::problem(format_args!("{}.", runtime::telemetry::chain(error)));
    ExitCode::from(code)
}
