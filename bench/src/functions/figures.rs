//! The figures of one function.

use std::time::Duration;

use serde::Serialize;

/// Percentiles of many durations, in milliseconds.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Percentiles {
    /// Number of durations.
    pub(crate) count: usize,
    pub(crate) shortest: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) longest: f64,
}

impl Percentiles {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
            times.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        Self { count: times.len(), shortest: at(0), p50: at(50), p99: at(99), longest: at(100) }
    }
}

/// The figures of one function.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Figures {
    pub(super) function: &'static str,
    pub(super) binary_bytes: u64,
    pub(super) zip_bytes: u64,
    /// Whether the binary contains the S3 client.
    pub(super) has_s3: bool,
    #[serde(flatten)]
    pub(super) times: Times,
    /// With the CPU quota of a function with 256 MB; `None` if not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) throttled: Option<Throttled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instructions: Option<Instructions>,
}

/// Durations of new processes and of warm events.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Times {
    /// From exec to the first poll for an event.
    pub(super) start: Percentiles,
    /// The first event of each process.
    pub(super) first: Percentiles,
    /// First events, without the time waiting for Mastercard.
    pub(super) first_without_mastercard: Percentiles,
    /// Later events of one process.
    pub(super) warm: Percentiles,
    /// Later events, without the time waiting for Mastercard.
    pub(super) warm_without_mastercard: Percentiles,
    /// Later events, without the time waiting for Mastercard and DynamoDB.
    pub(super) warm_without_upstreams: Percentiles,
    /// Peak resident memory after all events.
    pub(super) peak_megabytes: f64,
    /// Growth of resident memory in the second half of the warm events, for each of them; infinite if it cannot be read. The first
    /// half fills caches.
    pub(super) growth_kilobytes: f64,
}

/// Startup and first event with a CPU quota.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Throttled {
    pub(super) start: Percentiles,
    pub(super) first: Percentiles,
}

/// Executed instructions, counted by callgrind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instructions {
    /// From exec to the first poll for an event.
    pub(super) start: u64,
    /// One warm event.
    pub(super) warm: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_durations() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let Percentiles { count, shortest, p50, p99, longest } = Percentiles::of(times);
        assert_eq!((count, shortest, p50, p99, longest), (200, 1.0, 100.0, 198.0, 200.0));
        assert_eq!(Percentiles::of(Vec::new()).p99, 0.0);
    }
}
