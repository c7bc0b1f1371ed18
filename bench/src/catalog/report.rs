//! The report, as Markdown and JSON.

use std::fmt;

use serde::Serialize;

use super::{
    refresh_bench::{Cost, RefreshCosts},
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
    costs: Vec<RefreshCosts>,
    targets: Vec<Target>,
}

impl Report {
    pub(super) fn new(machine: Machine, latency_milliseconds: u64, costs: Vec<RefreshCosts>) -> Self {
        Self { machine, latency_milliseconds, targets: targets(&costs), costs }
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
        for costs in &self.costs {
            row(f, costs.ranges, "first refresh", &costs.first_sync)?;
            row(f, costs.ranges, "all logos", &costs.first_fetch)?;
            row(f, costs.ranges, "no changes", &costs.second_sync)?;
            row(f, costs.ranges, "no logo missing", &costs.second_fetch)?;
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
