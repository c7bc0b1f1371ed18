//! The targets of the benchmark.

use super::refresh_bench::RefreshCosts;
use crate::report::{Target, count};

/// Account ranges per call to Mastercard.
const BATCH: usize = 25;

/// Targets for the configured number of account ranges, and for the growth from half to twice that number.
pub(super) fn targets(costs: &[RefreshCosts]) -> Vec<Target> {
    let [half, whole, twice] = costs else { return Vec::new() };
    let memory = |costs: &RefreshCosts| {
        let steps = [&costs.first_sync, &costs.first_fetch, &costs.second_sync, &costs.second_fetch];
        steps.into_iter().map(|cost| cost.peak_megabytes).fold(0.0, f64::max)
    };
    let calls = |costs: &RefreshCosts| count(costs.ranges.div_ceil(BATCH));
    let growth = |seconds: fn(&RefreshCosts) -> f64| seconds(twice) / seconds(half);
    vec![
        Target::exactly("token requestors listed", count(whole.requestors), count(whole.first_sync.results)),
        Target::exactly("logos stored", count(whole.requestors), count(whole.first_fetch.results)),
        Target::below(
            "first refresh and all logos, seconds",
            60.0,
            whole.first_sync.seconds + whole.first_fetch.seconds,
        ),
        Target::below("memory of any process, MB", 128.0, costs.iter().map(memory).fold(0.0, f64::max)),
        Target::exactly("no changes: calls to Mastercard", calls(whole), count(whole.second_sync.calls)),
        Target::exactly("no changes: assets fetched", 0.0, count(whole.second_fetch.calls)),
        Target::below(
            "no changes: DynamoDB items written",
            2.0,
            count(whole.second_sync.dynamodb.writes + whole.second_fetch.dynamodb.writes),
        ),
        Target::below("no changes: seconds", 3.0, whole.second_sync.seconds + whole.second_fetch.seconds),
        Target::exactly("half the ranges: calls to Mastercard", calls(half), count(half.first_sync.calls)),
        Target::exactly("twice the ranges: calls to Mastercard", calls(twice), count(twice.first_sync.calls)),
        // Linear growth is a factor of four; the rest is a margin for other processes on this machine.
        Target::below(
            "four times the ranges, first refresh: factor",
            5.0,
            growth(|costs| costs.first_sync.seconds),
        ),
        Target::below(
            "four times the ranges, no changes: factor",
            5.0,
            growth(|costs| costs.second_sync.seconds),
        ),
    ]
}
