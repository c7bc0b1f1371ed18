//! Counts that the next ones are compared with, beside the code that they are of.

use std::{collections::BTreeMap, fs, io, process::Command};

use serde::{Deserialize, Serialize};

use super::{
    figures::{Figures, Instructions},
    journey::Step,
};
use crate::{error::BenchError, machine};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/recorded.json");

/// What does not depend on the machine's mood.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recorded {
    /// Another compiler makes other instructions, and another processor runs others.
    pub(super) made_and_run_by: String,
    pub(super) instructions: BTreeMap<String, Instructions>,
    /// Of one enrollment, from the tap to the answer.
    pub(super) write_units: f64,
    pub(super) read_units: f64,
    /// Of the lists that the app shows before and after it.
    pub(super) read_units_of_lists: f64,
}

impl Recorded {
    pub(super) fn of(functions: &[Figures], steps: &[Step]) -> Self {
        let rustc = Command::new("rustc").arg("--version").output().ok();
        let rustc = rustc.and_then(|said| String::from_utf8(said.stdout).ok()).unwrap_or_default();
        let counted = functions.iter().filter_map(|it| Some((it.function.to_owned(), it.instructions?)));
        let read_units = |lists: bool| {
            let those = steps.iter().filter(|step| step.is_list() == lists);
            those.map(|step| step.dynamodb.read_units).sum()
        };
        Self {
            made_and_run_by: format!("{}, {}", rustc.trim(), machine::processor()),
            instructions: counted.collect(),
            write_units: steps.iter().map(|step| step.dynamodb.write_units).sum(),
            read_units: read_units(false),
            read_units_of_lists: read_units(true),
        }
    }

    /// What an earlier run wrote, if one did.
    pub(super) fn read() -> Result<Option<Self>, BenchError> {
        match fs::read(FILE) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| unusable(error.into())),
            Err(_) => Ok(None),
        }
    }

    pub(super) fn write(&self) -> Result<(), BenchError> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        fs::write(FILE, text + "\n").map_err(unusable)
    }
}

fn unusable(source: io::Error) -> BenchError {
    BenchError::File { what: FILE.into(), source }
}
