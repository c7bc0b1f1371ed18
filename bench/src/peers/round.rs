//! One round: a new process of each function, its first answer, and warm events in turns.

use std::time::Duration;

use super::bundle::Bundle;
use crate::{
    error::BenchError,
    function::Function,
    functions::{figures::Percentiles, harness::Harness, timing},
};

/// The function that is compared, and the events of both.
pub(super) const ENROLL: &str = "enroll";

/// Numbers of events of each function in a round.
#[derive(Clone, Copy, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Samples {
    pub(super) warm_up: u32,
    pub(super) warm: u32,
}

/// The figures of one function in one round; durations in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    /// From exec to the first poll for an event.
    pub(super) start: f64,
    /// From exec to the response to the first event.
    pub(super) first_answer: f64,
    pub(super) warm_p50: f64,
    pub(super) warm_p99: f64,
    /// Without the time waiting for Mastercard and DynamoDB.
    pub(super) warm_without_upstreams: f64,
    /// Of one warm event, user and system.
    pub(super) processor: f64,
    /// Peak resident memory.
    pub(super) megabytes: f64,
}

/// A function with its figures so far.
struct Measured {
    function: Function,
    first_answer: Duration,
    warm: Vec<Duration>,
    without_upstreams: Vec<Duration>,
}

/// The figures of `enroll` and of the Node.js function.
pub(super) async fn measure(
    harness: &Harness,
    bundle: &Bundle,
    samples: Samples,
    enroll_first: bool,
) -> Result<[Figures; 2], BenchError> {
    let enroll = async || {
        let function = Function::start(&harness.binaries, ENROLL, &harness.variables).await?;
        Measured::first(harness, function).await
    };
    let node = async || {
        let (wrapper, folder) = (bundle.wrapper(), Bundle::folder());
        let function = Function::start_under(&wrapper, &folder, Bundle::FILE, &harness.variables).await?;
        Measured::first(harness, function).await
    };
    let mut both = if enroll_first {
        [enroll().await?, node().await?]
    } else {
        let node = node().await?;
        [enroll().await?, node]
    };
    for _ in 0..samples.warm_up {
        for one in &mut both {
            let _ = timing::invoke(harness, &mut one.function, ENROLL).await?;
        }
    }
    let before = both.each_ref().map(|one| one.function.cpu_time());
    for _ in 0..samples.warm {
        for one in &mut both {
            let [total, _, without_upstreams] = timing::invoke(harness, &mut one.function, ENROLL).await?;
            one.warm.push(total);
            one.without_upstreams.push(without_upstreams);
        }
    }
    let [enroll, node] = both;
    let [enroll_before, node_before] = before;
    Ok([enroll.figures(enroll_before, samples.warm), node.figures(node_before, samples.warm)])
}

impl Measured {
    async fn first(harness: &Harness, mut function: Function) -> Result<Self, BenchError> {
        let [first, _, _] = timing::invoke(harness, &mut function, ENROLL).await?;
        let first_answer = function.startup + first;
        Ok(Self { function, first_answer, warm: Vec::new(), without_upstreams: Vec::new() })
    }

    fn figures(self, cpu_before: Option<Duration>, events: u32) -> Figures {
        let cpu_time = self.function.cpu_time().zip(cpu_before).map(|(end, start)| end - start);
        let warm = Percentiles::of(self.warm);
        Figures {
            start: self.function.startup.as_secs_f64() * 1e3,
            first_answer: self.first_answer.as_secs_f64() * 1e3,
            warm_p50: warm.p50,
            warm_p99: warm.p99,
            warm_without_upstreams: Percentiles::of(self.without_upstreams).p50,
            processor: cpu_time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3 / f64::from(events)),
            megabytes: f64::from(self.function.peak_kb()) / 1e3,
        }
    }
}
