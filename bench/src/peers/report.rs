//! The report, as Markdown and JSON.

use std::fmt;

use serde::Serialize;

use super::{
    comparison::{self, Comparison},
    round::{Figures, Samples},
};
use crate::{
    machine::Machine,
    report::{self, Target},
};

/// Bytes of both zips.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sizes {
    pub(super) enroll_zip: u64,
    pub(super) node_zip: u64,
}

/// The results of the comparison.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    machine: Machine,
    node_version: String,
    rounds: usize,
    samples: Samples,
    comparisons: Vec<Comparison>,
    sizes: Sizes,
    targets: Vec<Target>,
}

impl Report {
    pub(super) fn new(
        machine: Machine,
        node_version: String,
        samples: Samples,
        rounds: &[[Figures; 2]],
        sizes: Sizes,
    ) -> Self {
        let comparisons = comparison::all(rounds);
        let targets = comparisons.iter().filter_map(Comparison::target).collect();
        Self { machine, node_version, rounds: rounds.len(), samples, comparisons, sizes, targets }
    }
}

impl report::Report for Report {
    fn targets(&self) -> &[Target] {
        &self.targets
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Samples { warm_up, warm } = self.samples;
        writeln!(
            f,
            "{}; Node.js {}; {} rounds, each with {warm} warm events after {warm_up} others. Median, least and most of the rounds:\n",
            self.machine, self.node_version, self.rounds
        )?;
        writeln!(f, "| figure | enroll | in Node.js | ratio |\n|---|---|---|---|")?;
        for Comparison { figure, enroll, node, ratio, .. } in &self.comparisons {
            writeln!(f, "| {figure} | {enroll} | {node} | {ratio} |")?;
        }
        let Sizes { enroll_zip, node_zip } = self.sizes;
        let [enroll, node] = [enroll_zip, node_zip].map(megabytes);
        writeln!(f, "| zip, MB | {enroll:.2} | {node:.2} | {:.2} |", node / enroll)?;
        report::table(f, &self.targets)
    }
}

#[expect(clippy::as_conversions, reason = "sizes of files, far below 2^53")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
