//! What every measurement ends with: figures for people and programs, and the targets that they have to meet.

use std::{
    fmt::{self, Display},
    fs,
    path::Path,
};

use serde::Serialize;

use crate::error::BenchError;

/// Everything that was measured.
pub(crate) trait Report: Display + Serialize {
    /// What it was to be, and was.
    fn targets(&self) -> &[Target];
}

/// One promise, and whether it was kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    /// `first refresh and all logos, seconds`.
    what: String,
    bound: Bound,
    wanted: f64,
    measured: f64,
    met: bool,
}

/// On which side of it to stay.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Bound {
    AtMost,
    AtLeast,
    Exactly,
}

impl Target {
    pub(crate) fn below(what: impl Into<String>, wanted: f64, measured: f64) -> Self {
        Self { what: what.into(), bound: Bound::AtMost, wanted, measured, met: measured <= wanted }
    }

    pub(crate) fn above(what: impl Into<String>, wanted: f64, measured: f64) -> Self {
        Self { what: what.into(), bound: Bound::AtLeast, wanted, measured, met: measured >= wanted }
    }

    pub(crate) fn exactly(what: impl Into<String>, wanted: f64, measured: f64) -> Self {
        let met = measured.to_bits() == wanted.to_bits();
        Self { what: what.into(), bound: Bound::Exactly, wanted, measured, met }
    }

    pub(crate) fn is_met(&self) -> bool {
        self.met
    }
}

/// Counts here are far below 2^32.
pub(crate) fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The targets as a table of Markdown.
pub(crate) fn table(f: &mut fmt::Formatter<'_>, targets: &[Target]) -> fmt::Result {
    writeln!(f, "\n| target | wanted | measured | |\n|---|---|---|---|")?;
    for Target { what, bound, wanted, measured, met } in targets {
        let (wanted, met) = (Number(*wanted), if *met { "met" } else { "MISSED" });
        let bound = match bound {
            Bound::AtMost => "at most ",
            Bound::AtLeast => "at least ",
            Bound::Exactly => "",
        };
        writeln!(f, "| {what} | {bound}{wanted} | {} | {met} |", Measured(*measured))?;
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

/// Shows it, and writes it to a file if that is asked for; says whether every target is met.
#[expect(clippy::print_stdout, reason = "what the developer asked for")]
pub(crate) fn tell(report: &impl Report, json: Option<&Path>) -> Result<bool, BenchError> {
    println!("{report}");
    if let Some(file) = json {
        let text = serde_json::to_string_pretty(report).unwrap_or_default();
        let written = fs::write(file, text + "\n");
        written.map_err(|source| BenchError::File { what: file.display().to_string(), source })?;
    }
    let targets = report.targets();
    Ok(!targets.is_empty() && targets.iter().all(Target::is_met))
}
