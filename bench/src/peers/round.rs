//! One round: a new process of each function, its first answer, and warm events in turns.

use std::time::Duration;

use super::process::{ENROLL, Process, Starter};
use crate::{
    error::BenchError,
    functions::{cpu_quota::CpuQuota, figures::Percentiles, timing},
};

/// Numbers of events of each function in a round.
#[derive(Clone, Copy, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Samples {
    pub(super) warm_up: u32,
    pub(super) warm: u32,
}

/// The figures of one function in one round; durations in milliseconds, NaN if they cannot be measured on this machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    /// From exec to the first poll for an event.
    pub(super) start: f64,
    /// From exec to the response to the first event.
    pub(super) first_answer: f64,
    /// The same with the CPU quota of a function with 256 MB.
    pub(super) throttled_first_answer: f64,
    pub(super) warm_p50: f64,
    pub(super) warm_p99: f64,
    /// Without the time waiting for Mastercard and DynamoDB.
    pub(super) warm_without_upstreams: f64,
    /// Of one warm event, user and system.
    pub(super) processor: f64,
    /// Peak resident memory.
    pub(super) megabytes: f64,
}

/// The durations of warm events.
#[derive(Default)]
struct Warm {
    total: Vec<Duration>,
    without_upstreams: Vec<Duration>,
}

/// The figures of `enroll` and of the Node.js function.
pub(super) async fn measure(
    starter: &Starter<'_>,
    samples: Samples,
    quota: Option<&CpuQuota>,
    enroll_first: bool,
) -> Result<[Figures; 2], BenchError> {
    let throttled = match quota {
        Some(quota) => {
            let both = starter.both(&quota.wrapper(), enroll_first).await?;
            both.map(|process| milliseconds(process.first_answer))
        }
        None => [f64::NAN; 2],
    };
    let mut both = starter.both(&[], enroll_first).await?;
    for _ in 0..samples.warm_up {
        for process in &mut both {
            let _ = timing::invoke(starter.harness, &mut process.function, ENROLL).await?;
        }
    }
    let before = both.each_ref().map(|process| process.function.cpu_time());
    let mut warm = [Warm::default(), Warm::default()];
    for _ in 0..samples.warm {
        for (process, warm) in both.iter_mut().zip(&mut warm) {
            let times = timing::invoke(starter.harness, &mut process.function, ENROLL).await?;
            let [total, _, without_upstreams] = times;
            warm.total.push(total);
            warm.without_upstreams.push(without_upstreams);
        }
    }
    let ([enroll, node], [enroll_warm, node_warm]) = (both, warm);
    let [enroll_before, node_before] = before;
    let [enroll_throttled, node_throttled] = throttled;
    Ok([
        figures(&enroll, enroll_warm, enroll_before, enroll_throttled),
        figures(&node, node_warm, node_before, node_throttled),
    ])
}

fn figures(
    Process { function, first_answer }: &Process,
    warm: Warm,
    cpu_before: Option<Duration>,
    throttled_first_answer: f64,
) -> Figures {
    let events = crate::report::count(warm.total.len());
    let cpu_time = function.cpu_time().zip(cpu_before).map(|(end, start)| end.saturating_sub(start));
    let warm_times = Percentiles::of(warm.total);
    Figures {
        start: milliseconds(function.startup),
        first_answer: milliseconds(*first_answer),
        throttled_first_answer,
        warm_p50: warm_times.p50,
        warm_p99: warm_times.p99,
        warm_without_upstreams: Percentiles::of(warm.without_upstreams).p50,
        processor: cpu_time.map_or(f64::NAN, |time| milliseconds(time) / events),
        megabytes: f64::from(function.peak_kb()) / 1e3,
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
