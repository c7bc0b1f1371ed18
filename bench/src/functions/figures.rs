//! What is measured of one function.

use std::time::Duration;

use serde::Serialize;

/// Milliseconds of many times the same.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spread {
    pub(super) times: usize,
    pub(super) shortest: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) longest: f64,
}

impl Spread {
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
            times.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        Self { times: times.len(), shortest: at(0), p50: at(50), p99: at(99), longest: at(100) }
    }
}

/// One function.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Figures {
    pub(super) function: &'static str,
    pub(super) binary_bytes: u64,
    pub(super) zip_bytes: u64,
    /// Whether the code of the S3 client is in it.
    pub(super) has_s3: bool,
    #[serde(flatten)]
    pub(super) times: Times,
    /// With a share of the processor like that of a function with 256 MB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) held_back: Option<HeldBack>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instructions: Option<Instructions>,
}

/// Of fresh processes, and of one that lives on.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Times {
    /// From exec to the first request for an event.
    pub(super) start: Spread,
    /// The first event of each process.
    pub(super) first: Spread,
    /// The same, less the time for which Mastercard's answers were waited for.
    pub(super) first_own: Spread,
    /// Later events of one process.
    pub(super) warm: Spread,
    pub(super) warm_own: Spread,
    /// Less the time for which DynamoDB's answers were waited for, too.
    pub(super) warm_alone: Spread,
    /// The most main memory ever held, after all of them.
    pub(super) peak_megabytes: f64,
}

/// Start and first event with less of the processor.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeldBack {
    pub(super) start: Spread,
    pub(super) first: Spread,
}

/// Instructions executed, as callgrind counts them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instructions {
    /// From exec to the first request for an event.
    pub(super) start: u64,
    /// One event of a process that has answered others.
    pub(super) warm: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let Spread { times, shortest, p50, p99, longest } = Spread::of(times);
        assert_eq!((times, shortest, p50, p99, longest), (200, 1.0, 100.0, 198.0, 200.0));
        assert_eq!(Spread::of(Vec::new()).p99, 0.0);
    }
}
