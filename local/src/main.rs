//! `cargo run -p local`: starts the `World`, refreshes, lets one cardholder enable a card, then stays up.

mod arguments;
mod say;

use std::{io, process::ExitCode};

use clap::Parser as _;
use jiff::Timestamp;
use local::{World, journey, ready, timeline};
use tracing_subscriber::EnvFilter;

use arguments::Arguments;

/// The card was not enabled.
const NOT_ENABLED: u8 = 1;
/// It did not start.
const NOT_STARTED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log();
    let started = Timestamp::now();
    let world = match World::start(arguments.options()).await {
        Ok(world) => world,
        Err(error) => return stop(NOT_STARTED, error),
    };
    let enabled = tell_journey(&world, started).await;
    if let Err(error) = write_files(&world, &arguments) {
        return stop(NOT_STARTED, error);
    }
    if arguments.once {
        return if enabled { ExitCode::SUCCESS } else { ExitCode::from(NOT_ENABLED) };
    }
    match tell_how_to_try(&world) {
        Ok(text) => say::line(text),
        Err(error) => return stop(NOT_STARTED, error),
    }
    tokio::select! {
        never = world.keep_schedules() => never,
        _ = tokio::signal::ctrl_c() => {}
    }
    ExitCode::SUCCESS
}

/// To standard error, so that the timeline stays readable. The engines call a condition that is not met a warning, and
/// tell at `info` what was sent to them: they are heard from `error` on only.
fn log() {
    let filter =
        EnvFilter::builder().with_env_var("LOG_LEVEL").with_default_directive(tracing::Level::WARN.into());
    let engines =
        ["dynoxide=error", "s3s=error", "s3s_fs=error"].into_iter().filter_map(|engine| engine.parse().ok());
    let filter = engines.fold(filter.from_env_lossy(), EnvFilter::add_directive);
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).try_init();
}

/// Steps 1 to 25 and their timeline; whether the card was enabled.
async fn tell_journey(world: &World, started: Timestamp) -> bool {
    let cardholder = match world.cardholder(journey::CLIENT_ID) {
        Ok(cardholder) => cardholder,
        Err(error) => {
            say::problem(error);
            return false;
        }
    };
    let steps = async {
        world.refresh().await.map_err(|error| error.to_string())?;
        journey::journey(&cardholder).await.map_err(|error| shared::telemetry::chain(&error))
    };
    let outcome = tokio::select! {
        outcome = steps => outcome,
        never = world.keep_schedules() => never,
    };
    world.simulator().notifications_settled().await;
    let exchanges = [world.simulator().journal(), cardholder.steps()].concat();
    say::line(timeline::render(exchanges, started));
    match outcome {
        Ok(outcome) => {
            say::line(format_args!("Card contract {}: {}", outcome.card_contract_id, outcome.status));
            outcome.status == "ENABLED"
        }
        Err(error) => {
            say::problem(format_args!("The journey stopped: {error}."));
            false
        }
    }
}

fn write_files(world: &World, arguments: &Arguments) -> Result<(), ready::ReadyError> {
    if let Some(file) = &arguments.env_file {
        ready::write_env_file(world, file)?;
    }
    if let Some(file) = &arguments.ready_file {
        ready::write_ready_file(world, file)?;
    }
    Ok(())
}

fn tell_how_to_try(world: &World) -> Result<String, local::KeyError> {
    let base = world.base_url().as_str().trim_end_matches('/');
    let client = journey::CLIENT_ID;
    let token = world.token_for(client)?;
    let now = Timestamp::now();
    let consent = format!(r#""consent":{{"termsVersion":"2026-01","acceptedAt":"{now:.0}"}}"#);
    let request = format!(r#"{{"cardContractId":"70002","platform":"web","callback":"web-bank",{consent}}}"#);
    Ok(format!(
        "
API          {base}
Simulator    {simulator}
Token of the cardholder with client id {client}, for twelve hours:

TOKEN={token}

curl -H \"Authorization: Bearer $TOKEN\" '{base}/token-requestors?platform=web'
curl -H \"Authorization: Bearer $TOKEN\" '{base}/cards?cardContractId=70001&cardContractId=70002'
curl -H \"Authorization: Bearer $TOKEN\" -H \"Idempotency-Key: $RANDOM\" -H 'Content-Type: application/json' \\
  -d '{request}' {base}/enrollments

Open the redirectUrl of the last answer in a browser. Ctrl-C ends it all.",
        simulator = world.simulator().base_url(),
    ))
}

fn stop(code: u8, error: impl std::error::Error) -> ExitCode {
    say::problem(format_args!("{}.", shared::telemetry::chain(&error)));
    ExitCode::from(code)
}
