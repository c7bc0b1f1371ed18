//! Reports: figures as Markdown and JSON, and the targets for them.

use std::{
    fmt::{self, Display},
    fs,
    path::Path,
};

use serde::Serialize;

use crate::error::BenchError;

/// The results of a benchmark.
pub(crate) trait Report: Display + Serialize {
    /// The targets with their measured values.
    fn targets(&self) -> &[Target];
}

/// A limit for a figure, and whether it is met.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    /// Name and unit of the figure, such as `first refresh and all logos, seconds`.
    name: String,
    bound: Bound,
    limit: f64,
    measured: f64,
    met: bool,
}

/// How the figure is compared with the limit.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Bound {
    AtMost,
    AtLeast,
    Exactly,
}

impl Target {
    pub(crate) fn below(name: impl Into<String>, limit: f64, measured: f64) -> Self {
        Self { name: name.into(), bound: Bound::AtMost, limit, measured, met: measured <= limit }
    }

    pub(crate) fn above(name: impl Into<String>, limit: f64, measured: f64) -> Self {
        Self { name: name.into(), bound: Bound::AtLeast, limit, measured, met: measured >= limit }
    }

    pub(crate) fn exactly(name: impl Into<String>, limit: f64, measured: f64) -> Self {
        let met = measured.to_bits() == limit.to_bits();
        Self { name: name.into(), bound: Bound::Exactly, limit, measured, met }
    }

    pub(crate) fn is_met(&self) -> bool {
        self.met
    }
}

/// Converts a count below 2^32.
pub(crate) fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The targets as a table of Markdown.
pub(crate) fn table(f: &mut fmt::Formatter<'_>, targets: &[Target]) -> fmt::Result {
    writeln!(f, "\n| target | limit | measured | |\n|---|---|---|---|")?;
    for Target { name, bound, limit, measured, met } in targets {
        let (limit, met) = (Number(*limit), if *met { "met" } else { "MISSED" });
        let bound = match bound {
            Bound::AtMost => "at most ",
            Bound::AtLeast => "at least ",
            Bound::Exactly => "",
        };
        writeln!(f, "| {name} | {bound}{limit} | {} | {met} |", Measured(*measured))?;
    }
    Ok(())
}

/// Two digits below ten, one above, none for whole numbers.
struct Measured(f64);

impl Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            whole if whole.fract() == 0.0 => write!(f, "{whole:.0}"),
            small if small < 10.0 => write!(f, "{small:.2}"),
            large => write!(f, "{large:.1}"),
        }
    }
}

/// Whole numbers without a fraction.
struct Number(f64);

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 { write!(f, "{:.0}", self.0) } else { write!(f, "{}", self.0) }
    }
}

/// Prints the report and writes it to `json` if given; returns whether every target is met.
#[expect(clippy::print_stdout, reason = "the output of a command-line program")]
pub(crate) fn publish(report: &impl Report, json: Option<&Path>) -> Result<bool, BenchError> {
    println!("{report}");
    if let Some(file) = json {
        let text = serde_json::to_string_pretty(report).unwrap_or_default();
        let written = fs::write(file, text + "\n");
        written.map_err(|source| BenchError::File { file: file.display().to_string(), source })?;
    }
    let targets = report.targets();
    Ok(!targets.is_empty() && targets.iter().all(Target::is_met))
}
