//! The commands `local refresh` and `local catalog`.

use std::{error::Error, process::ExitCode};

use local::{RefreshError, World, page};
use serde_json::json;
use sync_requestors::{ReceivedReport, RefreshOptions};

use crate::{NOT_DONE, NOT_STARTED, arguments, fail, output};

/// `local refresh`
pub(crate) async fn refresh(arguments: &arguments::Refresh) -> ExitCode {
    let world = match World::start(arguments.common.options()).await {
        Ok(world) => world,
        Err(error) => return fail(NOT_STARTED, &error),
    };
    exit_code(run_refresh(&world, &arguments.options()).await)
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
    let is_shown_as_it_is = exists && !arguments.refresh;
    let complete = is_shown_as_it_is || run_refresh(&world, &RefreshOptions::default()).await;
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

/// Runs both functions and prints their results. `true` if Mastercard's response is the catalog now, and nothing is missing.
async fn run_refresh(world: &World, options: &RefreshOptions) -> bool {
    let outcome = async {
        let synced = world.sync_requestors(json!(options)).await?;
        let synced: ReceivedReport = serde_json::from_value(synced)?;
        output::line(&synced);
        synced.findings(options).iter().for_each(output::problem);
        Ok::<_, Box<dyn Error>>(fetch_logos(world).await? && synced.is_applied())
    };
    outcome.await.unwrap_or_else(|error| {
        output::problem(format_args!("{error}."));
        false
    })
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
