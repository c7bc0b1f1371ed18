//! `doctor`: a human with credentials in hand, before the first live call and after it.

mod arguments;
mod serve;

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser as _;
use doctor::{
    check::Check,
    desk::Desk,
    explain::{acceptable_base_string, explain_lines},
    operate::Orders,
    report::Verdict,
    settings_file::{self, SettingsFileError},
};
use runtime::{config::Settings, telemetry};

use arguments::{Arguments, Command};
use serve::ServeError;

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
        Command::Timeline { enrollment_id, desk } => {
            return served(desk.config, async |settings| {
                serve::timeline(&Desk::connect(settings).await?, enrollment_id, desk.json).await
            })
            .await;
        }
        Command::Unmatched { retry, desk } => {
            return served(desk.config, async |settings| {
                serve::unmatched(&Desk::connect(settings).await?, retry, desk.json).await.map(|()| true)
            })
            .await;
        }
        Command::Consents { since, desk } => {
            return served(desk.config, async |settings| {
                serve::consents(&Desk::connect(settings).await?, since).await.map(|()| true)
            })
            .await;
        }
        Command::Refresh { force, allow, consent, desk } => {
            return served(desk.config, async |settings| {
                let agreed = serve::agreed(&settings, consent.yes, "refresh the catalog")?;
                Ok(agreed && serve::refresh(&settings, &Orders { force, allow }, desk.json).await?)
            })
            .await;
        }
        Command::Changes { desk } => {
            return served(desk.config, async |settings| {
                serve::changes(settings, desk.json).await.map(|()| true)
            })
            .await;
        }
        Command::Redrive { consent, desk } => {
            return served(desk.config, async |settings| {
                let agreed = serve::agreed(&settings, consent.yes, "start what failed again")?;
                if agreed {
                    serve::redrive(&settings, desk.json).await?;
                }
                Ok(agreed)
            })
            .await;
        }
    };
    match done {
        Ok(code) => code,
        // A reader who went away has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => stop(&error),
    }
}

/// Does what support or an operator asked for; `false` is an answer that somebody will not like.
async fn served(
    config: Option<PathBuf>,
    what: impl AsyncFnOnce(Settings) -> Result<bool, ServeError>,
) -> ExitCode {
    let settings = match settings(config) {
        Ok(settings) => settings,
        Err(error) => return stop(&error),
    };
    match what(settings).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WRONG),
        Err(ServeError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
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
