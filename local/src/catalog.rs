//! The commands about the catalog: refresh it, look at it.

use std::process::ExitCode;

use local::{RefreshError, World, page};
use serde_json::{Value, json};

use crate::{NOT_DONE, NOT_STARTED, arguments, say, stop};

/// `local refresh`
pub(crate) async fn refresh(arguments: &arguments::Refresh) -> ExitCode {
    let world = match World::start(arguments.place.options()).await {
        Ok(world) => world,
        Err(error) => return stop(NOT_STARTED, &error),
    };
    exit(refreshed(&world, arguments.orders()).await)
}

/// `local catalog`
pub(crate) async fn show(arguments: &arguments::Catalog) -> ExitCode {
    let world = match World::start(arguments.place.options()).await {
        Ok(world) => world,
        Err(error) => return stop(NOT_STARTED, &error),
    };
    let known = match world.token_requestors().catalog().await {
        Ok(catalog) => catalog.is_some(),
        Err(error) => return stop(NOT_STARTED, &error),
    };
    let well = if arguments.refresh || !known { refreshed(&world, json!({})).await } else { true };
    let file = arguments.output();
    if let Err(error) = page::write(&world, &file).await {
        return stop(NOT_STARTED, &error);
    }
    say::line(file.canonicalize().unwrap_or(file).display());
    exit(well)
}

fn exit(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::from(NOT_DONE) }
}

/// Both functions, and what they did; whether nothing is missing.
async fn refreshed(world: &World, orders: Value) -> bool {
    let outcome = async {
        let synced = world.sync_requestors(orders).await?;
        let synced_well = tell_requestors(&synced);
        Ok::<_, RefreshError>(fetch(world).await? && synced_well)
    };
    outcome.await.unwrap_or_else(|error| {
        say::problem(format_args!("{error}."));
        false
    })
}

fn tell_requestors(synced: &Value) -> bool {
    let ids = |name: &str| synced[name].as_array().cloned().unwrap_or_default();
    let count = |name| ids(name).len();
    say::line(format_args!(
        "Mastercard named {} token requestors: {} new, {} changed, {} gone, {} back again.",
        synced["requestors"],
        count("added"),
        count("changed"),
        count("retired"),
        count("returned"),
    ));
    for id in ids("quarantined") {
        let id = id.as_str().unwrap_or_default();
        say::line(format_args!("{id} leads to a new host, which waits: --allow {id}=HOST lets it in."));
    }
    let unanswered = synced["unansweredRanges"].as_u64().unwrap_or_default();
    if unanswered > 0 {
        say::problem(format_args!("{unanswered} account ranges got no answer; what is known of them stays."));
    }
    if let Some(why) = synced["rejected"].as_str() {
        say::problem(format_args!(
            "The refresh was rejected by the safety check ({why}): the catalog is unchanged. --force accepts it."
        ));
    }
    unanswered == 0 && synced["rejected"].is_null()
}

/// All logos that are missing, in as many runs as it takes.
async fn fetch(world: &World) -> Result<bool, RefreshError> {
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
    say::line(format_args!("Logos: {stored} stored, {} failed, {remaining} left.", failed.len()));
    for failure in &failed {
        let [id, reason] = ["assetId", "reason"].map(|name| failure[name].as_str().unwrap_or_default());
        say::problem(format_args!("{id}: {reason}"));
    }
    Ok(failed.is_empty() && remaining == 0)
}
