//! Instruction counts by valgrind's callgrind, which do not depend on the load of the machine.

use std::{ffi::OsString, fs, path::Path};

use super::{figures::Instructions, harness::Harness};
use crate::{error::BenchError, function::Function};

/// The path on Debian.
const VALGRIND: &str = "/usr/bin/valgrind";
/// Events between two counts.
const EVENTS: u64 = 5;

/// Counts the instructions of the startup and of a warm event; `None` without valgrind.
pub(super) async fn count(harness: &Harness, name: &'static str) -> Result<Option<Instructions>, BenchError> {
    if !Path::new(VALGRIND).exists() {
        return Ok(None);
    }
    let start = run(harness, name, 0).await?;
    let few = run(harness, name, 1 + EVENTS).await?;
    let more = run(harness, name, 1 + 2 * EVENTS).await?;
    Ok(Some(Instructions { start, warm: more.saturating_sub(few) / EVENTS }))
}

/// Counts the instructions of a process that handles `events` events.
async fn run(harness: &Harness, name: &'static str, events: u64) -> Result<u64, BenchError> {
    let output = tempfile::NamedTempFile::new();
    let output = output.map_err(|source| BenchError::File { file: "a temporary file".into(), source })?;
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(output.path());
    let wrapper = [VALGRIND.into(), "--tool=callgrind".into(), file];
    let mut function = Function::start_under(&wrapper, &harness.binaries, name, &harness.variables).await?;
    for _ in 0..events {
        let _ = function.invoke(harness.event(name).await?).await?;
    }
    function.stop().await?;
    let unusable = || BenchError::InvalidResult { detail: format!("callgrind reported no total for {name}") };
    let text = fs::read_to_string(output.path()).map_err(|_| unusable())?;
    let total =
        text.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    total.and_then(|total| total.trim().parse().ok()).ok_or_else(unusable)
}
