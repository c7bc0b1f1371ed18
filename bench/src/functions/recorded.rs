//! The recorded counts (`recorded.json`), the baseline of later runs.

use std::{collections::BTreeMap, fs, io, process::Command};

use serde::{Deserialize, Serialize};

use super::{
    figures::{Figures, Instructions},
    journey::{Part, Step},
};
use crate::{error::BenchError, machine};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/recorded.json");

/// Counts that do not depend on the load of the machine.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordedCounts {
    /// Instruction counts are comparable only for the same compiler and processor.
    pub(super) compiler_and_processor: String,
    pub(super) instructions: BTreeMap<String, Instructions>,
    /// DynamoDB capacity units of one enrollment, from `POST /enrollments` to its final status.
    pub(super) write_units: f64,
    pub(super) read_units: f64,
    /// DynamoDB read units of the lists before and after the enrollment.
    pub(super) read_units_of_lists: f64,
    /// DynamoDB capacity units of a list of the card's tokens and one of each change.
    pub(super) write_units_of_tokens: f64,
    pub(super) read_units_of_tokens: f64,
}

impl RecordedCounts {
    pub(super) fn new(functions: &[Figures], steps: &[Step]) -> Self {
        let rustc = Command::new("rustc").arg("--version").output().ok();
        let rustc = rustc.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
        let counted = functions.iter().filter_map(|it| Some((it.function.to_owned(), it.instructions?)));
        let of = |part: Part| steps.iter().filter(move |step| step.part() == part).map(|step| &step.dynamodb);
        let write_units = |part| of(part).map(|count| count.write_units).sum();
        let read_units = |part| of(part).map(|count| count.read_units).sum();
        Self {
            compiler_and_processor: format!("{}, {}", rustc.trim(), machine::processor()),
            instructions: counted.collect(),
            write_units: write_units(Part::Enrollment),
            read_units: read_units(Part::Enrollment),
            read_units_of_lists: read_units(Part::Lists),
            write_units_of_tokens: write_units(Part::Tokens),
            read_units_of_tokens: read_units(Part::Tokens),
        }
    }

    /// The counts of an earlier run; `None` without the file.
    pub(super) fn read() -> Result<Option<Self>, BenchError> {
        match fs::read(FILE) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| file_error(error.into())),
            Err(_) => Ok(None),
        }
    }

    pub(super) fn write(&self) -> Result<(), BenchError> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        fs::write(FILE, text + "\n").map_err(file_error)
    }
}

fn file_error(source: io::Error) -> BenchError {
    BenchError::File { file: FILE.into(), source }
}
