//! What the figures have to be.

use serde::Serialize;

use super::issuer::Size;

/// Account ranges in one call of Mastercard.
const BATCH: usize = 25;

/// One promise, and whether it was kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    /// `first refresh and all logos, seconds`.
    pub(super) what: &'static str,
    /// The most that is allowed, and also the least where a count has to be met.
    pub(super) wanted: f64,
    pub(super) measured: f64,
    pub(super) met: bool,
}

/// The targets of the middle size, and that of growth over all.
pub(super) fn targets(sizes: &[Size]) -> Vec<Target> {
    let [half, whole, twice] = sizes else { return Vec::new() };
    let memory = |size: &Size| {
        let costs = [&size.first, &size.logos, &size.again, &size.again_logos];
        costs.into_iter().map(|cost| cost.peak_megabytes).fold(0.0, f64::max)
    };
    let calls = |size: &Size| count(size.ranges.div_ceil(BATCH));
    let growth = |seconds: fn(&Size) -> f64| seconds(twice) / seconds(half);
    vec![
        exactly("token requestors named", count(whole.requestors), count(whole.first.results)),
        exactly("logos stored", count(whole.requestors), count(whole.logos.results)),
        below("first refresh and all logos, seconds", 60.0, whole.first.seconds + whole.logos.seconds),
        below("memory of any process, MB", 128.0, sizes.iter().map(memory).fold(0.0, f64::max)),
        exactly("nothing changed: calls of Mastercard", calls(whole), count(whole.again.calls)),
        exactly("nothing changed: assets fetched", 0.0, count(whole.again_logos.calls)),
        below(
            "nothing changed: DynamoDB items written",
            2.0,
            count(whole.again.dynamodb.writes + whole.again_logos.dynamodb.writes),
        ),
        below("nothing changed: seconds", 3.0, whole.again.seconds + whole.again_logos.seconds),
        exactly("half the ranges: calls of Mastercard", calls(half), count(half.first.calls)),
        exactly("twice the ranges: calls of Mastercard", calls(twice), count(twice.first.calls)),
        // Linear growth is four times at most; the rest is for what else runs on this machine.
        below("four times the ranges, first refresh: times as long", 5.0, growth(|size| size.first.seconds)),
        below(
            "four times the ranges, nothing changed: times as long",
            5.0,
            growth(|size| size.again.seconds),
        ),
    ]
}

fn below(what: &'static str, wanted: f64, measured: f64) -> Target {
    Target { what, wanted, measured, met: measured <= wanted }
}

fn exactly(what: &'static str, wanted: f64, measured: f64) -> Target {
    Target { what, wanted, measured, met: measured.to_bits() == wanted.to_bits() }
}

/// Counts here are far below 2^32.
fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
