//! The targets of the benchmark.

use super::issuer::Size;
use crate::report::{Target, count};

/// Account ranges per call to Mastercard.
const BATCH: usize = 25;

/// The targets of the middle size, and those of growth.
pub(super) fn targets(sizes: &[Size]) -> Vec<Target> {
    let [half, whole, twice] = sizes else { return Vec::new() };
    let memory = |size: &Size| {
        let costs = [&size.first, &size.logos, &size.again, &size.again_logos];
        costs.into_iter().map(|cost| cost.peak_megabytes).fold(0.0, f64::max)
    };
    let calls = |size: &Size| count(size.ranges.div_ceil(BATCH));
    let growth = |seconds: fn(&Size) -> f64| seconds(twice) / seconds(half);
    vec![
        Target::exactly("token requestors listed", count(whole.requestors), count(whole.first.results)),
        Target::exactly("logos stored", count(whole.requestors), count(whole.logos.results)),
        Target::below(
            "first refresh and all logos, seconds",
            60.0,
            whole.first.seconds + whole.logos.seconds,
        ),
        Target::below("memory of any process, MB", 128.0, sizes.iter().map(memory).fold(0.0, f64::max)),
        Target::exactly("no changes: calls to Mastercard", calls(whole), count(whole.again.calls)),
        Target::exactly("no changes: assets fetched", 0.0, count(whole.again_logos.calls)),
        Target::below(
            "no changes: DynamoDB items written",
            2.0,
            count(whole.again.dynamodb.writes + whole.again_logos.dynamodb.writes),
        ),
        Target::below("no changes: seconds", 3.0, whole.again.seconds + whole.again_logos.seconds),
        Target::exactly("half the ranges: calls to Mastercard", calls(half), count(half.first.calls)),
        Target::exactly("twice the ranges: calls to Mastercard", calls(twice), count(twice.first.calls)),
        // Linear growth is a factor of four; the rest is a margin for other processes on this machine.
        Target::below("four times the ranges, first refresh: factor", 5.0, growth(|size| size.first.seconds)),
        Target::below("four times the ranges, no changes: factor", 5.0, growth(|size| size.again.seconds)),
    ]
}
