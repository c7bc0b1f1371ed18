//! The report, as Markdown and JSON.

use std::fmt;

use serde::Serialize;

use super::{
    issuer::{Cost, Size},
    targets::targets,
};
use crate::{
    machine::Machine,
    report::{self, Target},
};

/// The results of the benchmark.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    machine: Machine,
    latency_milliseconds: u64,
    sizes: Vec<Size>,
    targets: Vec<Target>,
}

impl Report {
    pub(super) fn new(machine: Machine, latency_milliseconds: u64, sizes: Vec<Size>) -> Self {
        Self { machine, latency_milliseconds, targets: targets(&sizes), sizes }
    }
}

impl report::Report for Report {
    fn targets(&self) -> &[Target] {
        &self.targets
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; latency of Mastercard {} ms.\n", self.machine, self.latency_milliseconds)?;
        writeln!(
            f,
            "| ranges | step | invocations | time | peak memory | calls to Mastercard | DynamoDB requests | items written | S3 puts |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|")?;
        for size in &self.sizes {
            row(f, size.ranges, "first refresh", &size.first)?;
            row(f, size.ranges, "all logos", &size.logos)?;
            row(f, size.ranges, "no changes", &size.again)?;
            row(f, size.ranges, "no logo missing", &size.again_logos)?;
        }
        report::table(f, &self.targets)
    }
}

fn row(f: &mut fmt::Formatter<'_>, ranges: usize, step: &str, cost: &Cost) -> fmt::Result {
    let Cost { invocations, seconds, peak_megabytes, calls, dynamodb, s3, .. } = cost;
    writeln!(
        f,
        "| {ranges} | {step} | {invocations} | {seconds:.2} s | {peak_megabytes:.0} MB | {calls} | {} | {} | {} |",
        dynamodb.requests, dynamodb.writes, s3.writes
    )
}
