//! `doctor`: a human with credentials in hand, before the first live call.

mod arguments;

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser as _;
use doctor::{
    check::Check,
    explain::{acceptable_base_string, explain_lines},
    report::Verdict,
    settings_file::{self, SettingsFileError},
};
use shared::{config::Settings, telemetry};

use arguments::{Arguments, Command};

/// Something is wrong, and was told.
const WRONG: u8 = 1;
/// Bad usage: nothing was checked.
const NOT_CHECKED: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Check { env, config, offline, json, client_id } => {
            let check = Check { environment: env, offline, client_id, clock: Default::default() };
            match settings(config) {
                Ok(settings) => tell(&check, &settings, json).await,
                Err(error) => return stop(&error),
            }
        }
        Command::ExplainSignature { expect } => match expect.map(|expect| expected(&expect)).transpose() {
            Ok(expected) => {
                let expected = expected.as_deref().map(acceptable_base_string);
                explain_lines(io::stdin().lock(), io::stdout().lock(), expected).map(|()| ExitCode::SUCCESS)
            }
            Err(error) => return stop(&error),
        },
    };
    match done {
        Ok(code) => code,
        // A reader who went away has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => stop(&error),
    }
}

fn settings(file: Option<PathBuf>) -> Result<Settings, SettingsFileError> {
    file.map_or_else(|| Ok(std::env::vars().collect()), |file| settings_file::read(&file))
}

/// The text itself, or that of the file behind `@`.
fn expected(argument: &str) -> io::Result<String> {
    match argument.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(Path::new(file)),
        None => Ok(argument.to_owned()),
    }
}

async fn tell(check: &Check, settings: &Settings, json: bool) -> io::Result<ExitCode> {
    let report = check.run(settings).await;
    let mut output = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut output, &report)?;
        writeln!(output)?;
    } else {
        writeln!(output, "{report}")?;
    }
    Ok(if report.verdict() == Verdict::Wrong { ExitCode::from(WRONG) } else { ExitCode::SUCCESS })
}

fn stop(error: &dyn std::error::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "{}.", telemetry::chain(error));
    ExitCode::from(NOT_CHECKED)
}
