//! `local` without a command: starts the `World`, refreshes the catalog, enables one card, then keeps running.

use std::process::ExitCode;

use jiff::Timestamp;
use local::{AuditFile, AuditFileError, EVENT_POLL_INTERVAL, Pipes, World, journey, ready, timeline};
use serde_json::Value;

use crate::{NOT_DONE, NOT_STARTED, arguments::Run, fail, output};

pub(crate) async fn run(arguments: &Run) -> ExitCode {
    let started = Timestamp::now();
    let world = match World::start(arguments.options()).await {
        Ok(world) => world,
        Err(error) => return fail(NOT_STARTED, &error),
    };
    let audit = match AuditFile::of(&world) {
        Ok(audit) => audit,
        Err(error) => return fail(NOT_STARTED, &AuditFileError::from(error)),
    };
    let mut stream = FollowedStream { pipes: world.pipes(), audit };
    let enabled = run_journey(&world, started).await;
    let changes = stream.follow().await;
    if let Err(error) = write_files(&world, arguments) {
        return fail(NOT_STARTED, &error);
    }
    if arguments.once {
        return if enabled { ExitCode::SUCCESS } else { ExitCode::from(NOT_DONE) };
    }
    match usage_hints(&world) {
        Ok(text) => output::line(text),
        Err(error) => return fail(NOT_STARTED, &error),
    }
    print(&changes);
    tokio::select! {
        never = world.run_schedules() => never,
        never = print_changes(&mut stream) => never,
        _ = tokio::signal::ctrl_c() => {}
    }
    stream.follow().await;
    ExitCode::SUCCESS
}

/// The table's stream, with the file of the audit trail if the world keeps data.
struct FollowedStream<'a> {
    pipes: Pipes<'a>,
    audit: Option<AuditFile>,
}

impl FollowedStream<'_> {
    /// Appends new lines of the audit trail to its file, and returns new `EnrollmentStatusChanged` events. Problems are printed.
    async fn follow(&mut self) -> Vec<Value> {
        let carried = match self.pipes.read().await {
            Ok(carried) => carried,
            Err(error) => {
                output::problem(runtime::telemetry::chain(&error));
                return Vec::new();
            }
        };
        let appended = self.audit.as_mut().map_or(Ok(()), |audit| audit.append(&carried.audit_lines));
        if let Err(error) = appended {
            output::problem(runtime::telemetry::chain(&error));
        }
        carried.status_changes
    }
}

/// Prints each event.
async fn print_changes(stream: &mut FollowedStream<'_>) -> ! {
    loop {
        print(&stream.follow().await);
        tokio::time::sleep(EVENT_POLL_INTERVAL).await;
    }
}

fn print(changes: &[Value]) {
    changes.iter().for_each(|change| output::line(event(change)));
}

fn event(change: &Value) -> String {
    let text = |name: &str| change[name].as_str().unwrap_or_default().to_owned();
    let from = Some(text("from")).filter(|from| !from.is_empty()).unwrap_or("new".into());
    let end = if change["final"] == true { "final" } else { "not final" };
    let (id, to, reason) = (text("enrollmentId"), text("to"), text("reason"));
    format!("EnrollmentStatusChanged  {id}  {from} -> {to} ({end}) {reason}")
}

/// Runs steps 1 to 25 and prints their timeline. `true` if the card was enabled.
async fn run_journey(world: &World, started: Timestamp) -> bool {
    let cardholder = match world.cardholder(journey::CLIENT_ID) {
        Ok(cardholder) => cardholder,
        Err(error) => {
            output::problem(error);
            return false;
        }
    };
    let recording = world.record_for_live();
    let steps = async {
        world.refresh().await.map_err(|error| error.to_string())?;
        journey::journey(&cardholder).await.map_err(|error| runtime::telemetry::chain(&error))
    };
    let outcome = tokio::select! {
        outcome = steps => outcome,
        never = world.run_schedules() => never,
    };
    world.simulator().notifications_settled().await;
    recording.keep();
    let exchanges = [world.simulator().journal(), cardholder.steps()].concat();
    output::line(timeline::render(exchanges, started));
    match outcome {
        Ok(outcome) => {
            output::line(format_args!("Card contract {}: {}", outcome.card_contract_id, outcome.status));
            outcome.status == "ENABLED"
        }
        Err(error) => {
            output::problem(format_args!("The journey stopped: {error}."));
            false
        }
    }
}

fn write_files(world: &World, arguments: &Run) -> Result<(), ready::ReadyError> {
    if let Some(file) = &arguments.env_file {
        ready::write_env_file(world, file)?;
    }
    if let Some(file) = &arguments.ready_file {
        ready::write_ready_file(world, file)?;
    }
    Ok(())
}

fn usage_hints(world: &World) -> Result<String, local::KeyError> {
    let base = world.base_url().as_str().trim_end_matches('/');
    let client = journey::CLIENT_ID;
    let token = world.token_for(client)?;
    let now = Timestamp::now();
    let consent = format!(r#""consent":{{"termsVersion":"2026-01","acceptedAt":"{now:.0}"}}"#);
    let request = format!(r#"{{"cardContractId":"70002","platform":"web","callback":"web-bank",{consent}}}"#);
    Ok(format!(
        "
Bank app     {base}/
Live steps   {base}/live
Support      {base}/support
Simulator    {simulator}__simulator/panel
API          {base}
Token of the cardholder with client id {client}, valid for twelve hours:

TOKEN={token}

curl -H \"Authorization: Bearer $TOKEN\" '{base}/token-requestors?platform=web'
curl -H \"Authorization: Bearer $TOKEN\" '{base}/cards?cardContractId=70001&cardContractId=70002'
curl -H \"Authorization: Bearer $TOKEN\" -H \"Idempotency-Key: curl-{key}\" -H 'Content-Type: application/json' \\
  -d '{request}' {base}/enrollments

Open the redirectUrl of the last response in a browser. Press Ctrl-C to stop.",
        key = now.as_second(),
        simulator = world.simulator().base_url(),
    ))
}
