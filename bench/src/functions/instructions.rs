//! Instructions, which do not depend on the machine's mood: valgrind's callgrind counts them.

use std::{ffi::OsString, fs, path::Path};

use super::{figures::Instructions, stage::Stage};
use crate::{error::BenchError, function::Function};

/// Where Debian puts it.
const VALGRIND: &str = "/usr/bin/valgrind";
/// Events between two counts.
const EVENTS: u64 = 5;

/// Of the start, and of one warm event; nothing where valgrind is not installed.
pub(super) async fn count(stage: &Stage, name: &'static str) -> Result<Option<Instructions>, BenchError> {
    if !Path::new(VALGRIND).exists() {
        return Ok(None);
    }
    let start = run(stage, name, 0).await?;
    let few = run(stage, name, 1 + EVENTS).await?;
    let more = run(stage, name, 1 + 2 * EVENTS).await?;
    Ok(Some(Instructions { start, warm: more.saturating_sub(few) / EVENTS }))
}

/// Of a whole life with so many events.
async fn run(stage: &Stage, name: &'static str, events: u64) -> Result<u64, BenchError> {
    let told = tempfile::NamedTempFile::new();
    let told = told.map_err(|source| BenchError::File { what: "a temporary file".into(), source })?;
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(told.path());
    let wrapper = [VALGRIND.into(), "--tool=callgrind".into(), file];
    let mut function = Function::start_under(&wrapper, &stage.binaries, name, &stage.variables).await?;
    for _ in 0..events {
        let _ = function.invoke(stage.event(name).await?).await?;
    }
    function.end().await?;
    let unusable = || BenchError::Unusable { what: format!("callgrind does not say what {name} executed") };
    let told = fs::read_to_string(told.path()).map_err(|_| unusable())?;
    let total =
        told.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    total.and_then(|total| total.trim().parse().ok()).ok_or_else(unusable)
}
