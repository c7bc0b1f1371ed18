//! Each figure of both functions, over all rounds.

use serde::Serialize;

use super::{round::Figures, spread::Spread};
use crate::report::Target;

/// A figure, how to read it, and the least ratio that is wanted.
type Row = (&'static str, fn(&Figures) -> f64, Option<f64>);

const ROWS: [Row; 8] = [
    ("start, ms", |it| it.start, None),
    ("start to first answer, ms", |it| it.first_answer, Some(12.0)),
    ("the same with 14 % of a vCPU, ms", |it| it.throttled_first_answer, None),
    ("warm event, p50, ms", |it| it.warm_p50, Some(1.5)),
    ("warm event, p99, ms", |it| it.warm_p99, None),
    ("warm event without upstreams, p50, ms", |it| it.warm_without_upstreams, None),
    ("processor time of a warm event, ms", |it| it.processor, Some(4.0)),
    ("peak memory, MB", |it| it.megabytes, None),
];

/// One figure of both functions.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Comparison {
    pub(super) figure: &'static str,
    pub(super) enroll: Spread,
    pub(super) node: Spread,
    /// Of the Node.js function to `enroll`.
    pub(super) ratio: Spread,
    #[serde(skip)]
    wanted: Option<f64>,
}

/// All figures that could be measured.
pub(super) fn all(rounds: &[[Figures; 2]]) -> Vec<Comparison> {
    ROWS.into_iter()
        .map(|(figure, value, wanted)| Comparison {
            figure,
            enroll: Spread::of(rounds.iter().map(|[enroll, _]| value(enroll))),
            node: Spread::of(rounds.iter().map(|[_, node]| value(node))),
            ratio: Spread::of_ratios(rounds.iter().map(|[enroll, node]| (value(node), value(enroll)))),
            wanted,
        })
        .filter(|comparison| comparison.wanted.is_some() || comparison.ratio.median.is_finite())
        .collect()
}

impl Comparison {
    /// The target for the median of the ratios, if there is one.
    pub(super) fn target(&self) -> Option<Target> {
        let name = format!("{}: ratio of Node.js to Rust", self.figure);
        self.wanted.map(|wanted| Target::above(name, wanted, self.ratio.median))
    }
}
