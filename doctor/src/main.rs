//! The program `doctor`: arguments, commands, exit codes.

mod arguments;
mod commands;

use std::{
    error::Error,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser as _;
use doctor::{
    audit::AuditQuery,
    check::Check,
    explain::{acceptable_base_string, explain_lines},
    init::{DeployedSettings, DeployedSettingsError, Init},
    interruption::unless_stopped,
    report::{Report, Row, Verdict},
    sandbox::{Sandbox, SandboxError},
    settings_file::{self, SettingsFileError},
    support::Support,
};
use runtime::{
    config::{Environment, Settings},
    telemetry,
};
use sync_requestors::RefreshOptions;

use arguments::{Arguments, CardOptions, Command, QuarantineCommand, TokensCommand};
use commands::{CommandError, tokens};

/// Exit code: the command ran, and its report or answer is negative.
const WRONG: u8 = 1;
/// Exit code: the command did not run or could not finish.
const NOT_CHECKED: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Init(init) => run_init(&init).await,
        Command::Check { env, config, offline, json, client_id, card_contract_id } => {
            let clock = Default::default();
            let check = Check { environment: env, offline, client_id, card_contract_id, clock };
            run_check(&check, config, json).await
        }
        Command::Sandbox { config, json } => play_sandbox(config, json).await,
        Command::ExplainSignature { expect } => explain_signature(expect),
        Command::Timeline { enrollment_id, common } => {
            run_command(common.config, async |settings| {
                commands::timeline(&Support::connect(settings).await?, enrollment_id, common.json).await
            })
            .await
        }
        Command::Unmatched { retry, common } => {
            run_command(common.config, async |settings| {
                commands::unmatched(&Support::connect(settings).await?, retry, common.json)
                    .await
                    .map(|()| true)
            })
            .await
        }
        Command::Quarantine { command } => quarantine(command).await,
        Command::Consents { since, common } => {
            run_command(common.config, async |settings| {
                commands::consents(&Support::connect(settings).await?, since).await.map(|()| true)
            })
            .await
        }
        Command::Audit { client_id, enrollment, since, common } => {
            let query = AuditQuery { client_id, enrollment_id: enrollment, since };
            run_command(common.config, async |settings| {
                commands::audit(&settings, &query, common.json).await.map(|()| true)
            })
            .await
        }
        Command::Tokens { command } => card_tokens(command).await,
        Command::Erase { client_id, confirmation, common } => {
            run_command(common.config, async |settings| {
                commands::erase(settings, client_id, confirmation.yes).await
            })
            .await
        }
        Command::Refresh { force, allow, confirmation, common } => {
            run_command(common.config, async |settings| {
                let confirmed = commands::is_confirmed(
                    &settings,
                    commands::LAMBDA,
                    confirmation.yes,
                    "refresh the catalog",
                )?;
                Ok(confirmed
                    && commands::refresh(&settings, &RefreshOptions { force, allow }, common.json).await?)
            })
            .await
        }
        Command::Changes { common } => {
            run_command(common.config, async |settings| {
                commands::changes(settings, common.json).await.map(|()| true)
            })
            .await
        }
        Command::Redrive { confirmation, common } => {
            run_command(common.config, async |settings| {
                commands::redrive(&settings, confirmation.yes, common.json).await
            })
            .await
        }
    }
}

async fn run_init(init: &Init) -> ExitCode {
    match init.run(io::stdin().lock(), io::stdout().lock()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WRONG),
        Err(error) => stop(&error),
    }
}

async fn run_check(check: &Check, config: Option<PathBuf>, json: bool) -> ExitCode {
    let work = async |settings: &Settings, rows| {
        print_report(&check.run(settings).await.with_rows_first(rows), json)
    };
    match with_settings(config, check.environment, check.offline, work).await {
        Ok(printed) => printed_code(printed),
        Err(error) => stop(&*error),
    }
}

async fn play_sandbox(config: Option<PathBuf>, json: bool) -> ExitCode {
    let work = async |settings: &Settings, _rows| {
        let sandbox = Sandbox::connect(settings.clone()).await?;
        Ok::<_, SandboxError>(print_report(&sandbox.play().await, json))
    };
    match with_settings(config, Environment::Sandbox, false, work).await {
        Ok(Ok(printed)) => printed_code(printed),
        Ok(Err(error)) => stop(&error),
        Err(error) => stop(&*error),
    }
}

fn explain_signature(expect: Option<String>) -> ExitCode {
    let expected = match expect.map(|expect| text_or_file(&expect)).transpose() {
        Ok(expected) => expected,
        Err(error) => return stop(&error),
    };
    let expected = expected.as_deref().map(acceptable_base_string);
    let explained = explain_lines(io::stdin().lock(), io::stdout().lock(), expected);
    printed_code(explained.map(|()| ExitCode::SUCCESS))
}

/// The exit code of a command that printed its result, unless that failed.
fn printed_code(printed: io::Result<ExitCode>) -> ExitCode {
    match printed {
        Ok(code) => code,
        // The reader closed the pipe, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => stop(&error),
    }
}

/// Runs a command of the quarantine.
async fn quarantine(command: QuarantineCommand) -> ExitCode {
    match command {
        QuarantineCommand::List { common } => {
            run_command(common.config, async |settings| {
                commands::quarantined(&Support::connect(settings).await?, common.json).await.map(|()| true)
            })
            .await
        }
        QuarantineCommand::Open { id, key, common } => {
            run_command(common.config, async |settings| {
                let key =
                    std::fs::read(&key).map_err(|source| CommandError::KeyFile { file: key, source })?;
                commands::open_quarantined(&Support::connect(settings).await?, &id, &key).await
            })
            .await
        }
        QuarantineCommand::Delete { id, confirmation, common } => {
            run_command(common.config, async |settings| {
                let what = format!("delete {id} from the quarantine");
                let confirmed =
                    commands::is_confirmed(&settings, commands::DYNAMODB, confirmation.yes, &what)?;
                Ok(confirmed && commands::delete_quarantined(&Support::connect(settings).await?, &id).await?)
            })
            .await
        }
    }
}

/// Runs a command about the tokens of a card.
async fn card_tokens(command: TokensCommand) -> ExitCode {
    let of = |card: &CardOptions| tokens::Card { client: card.client_id, card: card.card_contract_id };
    match command {
        TokensCommand::List { card } => {
            let own = of(&card);
            run_command(card.common.config, async |settings| {
                tokens::list(settings, own, card.common.json).await.map(|()| true)
            })
            .await
        }
        TokensCommand::Relink { to, token_id, confirmation, card } => {
            let own = of(&card);
            run_command(card.common.config, async |settings| {
                tokens::relink(settings, own, to, token_id, confirmation.yes).await
            })
            .await
        }
        TokensCommand::Remove { token_id, confirmation, card } => {
            let own = of(&card);
            run_command(card.common.config, async |settings| {
                tokens::remove(settings, own, token_id, confirmation.yes).await
            })
            .await
        }
    }
}

/// Runs a command of support or operators; its result `false` becomes exit code 1.
async fn run_command(
    config: Option<PathBuf>,
    command: impl AsyncFnOnce(Settings) -> Result<bool, CommandError>,
) -> ExitCode {
    let settings = match settings(config) {
        Ok(settings) => settings,
        Err(error) => return stop(&error),
    };
    match command(settings).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WRONG),
        Err(CommandError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => stop(&error),
    }
}

fn settings(file: Option<PathBuf>) -> Result<Settings, SettingsFileError> {
    file.map_or_else(|| Ok(std::env::vars().collect()), |file| settings_file::read(&file))
}

/// The argument itself, or the content of the file that it names after `@`.
fn text_or_file(argument: &str) -> io::Result<String> {
    match argument.strip_prefix('@') {
        Some(file) => {
            std::fs::read_to_string(Path::new(file)).map(|text| text.trim_start_matches('\u{feff}').into())
        }
        None => Ok(argument.to_owned()),
    }
}

/// Runs `work` with the settings of `config`, and with rows about its secrets: the settings of this environment's stage, if it is
/// `samconfig.toml`; without it, those of the process.
async fn with_settings<T>(
    config: Option<PathBuf>,
    environment: Environment,
    offline: bool,
    work: impl AsyncFnOnce(&Settings, Vec<Row>) -> T,
) -> Result<T, Box<dyn Error>> {
    match config {
        Some(file) if file.extension().is_some_and(|extension| extension == "toml") => {
            // A signal drops the work, which deletes the files of secrets.
            let work = async {
                let deployed = DeployedSettings::read(&file, environment, offline).await?;
                Ok::<_, DeployedSettingsError>(work(&deployed.settings, deployed.rows).await)
            };
            Ok(unless_stopped(work).await??)
        }
        config => Ok(work(&settings(config)?, Vec::new()).await),
    }
}

fn print_report(report: &Report, json: bool) -> io::Result<ExitCode> {
    let mut output = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut output, report)?;
        writeln!(output)?;
    } else {
        writeln!(output, "{report}")?;
    }
    Ok(if report.verdict() == Verdict::Wrong { ExitCode::from(WRONG) } else { ExitCode::SUCCESS })
}

fn stop(error: &dyn Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "{}.", telemetry::chain(error));
    ExitCode::from(NOT_CHECKED)
}
