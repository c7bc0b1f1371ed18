//! The commands `local refresh` and `local catalog`.

use std::process::ExitCode;

use local::{RefreshError, World, page};
use serde_json::{Value, json};

use crate::{NOT_DONE, NOT_STARTED, arguments, fail, output};

/// `local refresh`
pub(crate) async fn refresh(arguments: &arguments::Refresh) -> ExitCode {
    let world = match World::start(arguments.common.options()).await {
        Ok(world) => world,
        Err(error) => return fail(NOT_STARTED, &error),
    };
    exit_code(run_refresh(&world, arguments.event()).await)
}

/// `local catalog`
pub(crate) async fn show(arguments: &arguments::Catalog) -> ExitCode {
    let world = match World::start(arguments.common.options()).await {
        Ok(world) => world,
        Err(error) => return fail(NOT_STARTED, &error),
    };
    let exists = match world.token_requestors().catalog().await {
        Ok(catalog) => catalog.is_some(),
        Err(error) => return fail(NOT_STARTED, &error),
    };
    let complete = if arguments.refresh || !exists { run_refresh(&world, json!({})).await } else { true };
    let file = arguments.output();
    if let Err(error) = page::write(&world, &file).await {
        return fail(NOT_STARTED, &error);
    }
    output::line(file.canonicalize().unwrap_or(file).display());
    exit_code(complete)
}

fn exit_code(complete: bool) -> ExitCode {
    if complete { ExitCode::SUCCESS } else { ExitCode::from(NOT_DONE) }
}

/// Runs both functions and prints their results. `true` if nothing is missing.
async fn run_refresh(world: &World, event: Value) -> bool {
    let outcome = async {
        let synced = world.sync_requestors(event).await?;
        let complete = print_sync(&synced);
        Ok::<_, RefreshError>(fetch_logos(world).await? && complete)
    };
    outcome.await.unwrap_or_else(|error| {
        output::problem(format_args!("{error}."));
        false
    })
}

fn print_sync(report: &Value) -> bool {
    let ids = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let count = |name| ids(name).len();
    output::line(format_args!(
        "Mastercard listed {} token requestors: {} new, {} changed, {} retired, {} returned.",
        report["requestors"],
        count("added"),
        count("changed"),
        count("retired"),
        count("returned"),
    ));
    for id in ids("quarantined") {
        let id = id.as_str().unwrap_or_default();
        output::line(format_args!(
            "{id} has a new redirect host, which is in quarantine: allow it with --allow {id}=HOST."
        ));
    }
    let unanswered = report["unansweredRanges"].as_u64().unwrap_or_default();
    if unanswered > 0 {
        output::problem(format_args!(
            "{unanswered} account ranges got no response; their token requestors are kept."
        ));
    }
    if let Some(reason) = report["rejected"].as_str() {
        output::problem(format_args!(
            "The refresh was rejected by the safety check ({reason}): the catalog is unchanged. Apply it with --force."
        ));
    }
    unanswered == 0 && report["rejected"].is_null()
}

/// Fetches all missing logos, in as many invocations as needed. `true` if none is missing afterwards.
async fn fetch_logos(world: &World) -> Result<bool, RefreshError> {
    let mut stored = 0_usize;
    let (failed, remaining) = loop {
        let fetched = world.fetch_assets(json!({})).await?;
        let list = |name: &str| fetched[name].as_array().cloned().unwrap_or_default();
        let (new, remaining) = (list("stored").len(), fetched["remaining"].as_u64().unwrap_or_default());
        stored = stored.saturating_add(new);
        if remaining == 0 || new == 0 {
            break (list("failed"), remaining);
        }
    };
    output::line(format_args!("Logos: {stored} stored, {} failed, {remaining} remaining.", failed.len()));
    for failure in &failed {
        let [id, reason] = ["assetId", "reason"].map(|name| failure[name].as_str().unwrap_or_default());
        output::problem(format_args!("{id}: {reason}"));
    }
    Ok(failed.is_empty() && remaining == 0)
}
