//! Durations of startups, first events and warm events.

use std::{ffi::OsString, time::Duration};

use super::{
    cpu_quota::CpuQuota,
    figures::{Percentiles, Throttled, Times},
    harness::Harness,
};
use crate::{
    error::BenchError,
    function::{Function, Invocation},
    report::count,
};

/// Numbers of samples.
#[derive(Clone, Copy)]
pub(super) struct SampleSizes {
    pub(super) starts: usize,
    pub(super) warm: usize,
}

/// Measures new processes with one event each, and one process with many.
pub(super) async fn measure(
    harness: &Harness,
    name: &'static str,
    samples: SampleSizes,
) -> Result<Times, BenchError> {
    let (start, first) = starts(harness, name, samples.starts, &[]).await?;
    let mut function = Function::start(&harness.binaries, name, &harness.variables).await?;
    let mut warm = Durations::default();
    let _ = invoke(harness, &mut function, name).await?;
    let half = samples.warm / 2;
    let mut resident_at_half = function.resident_kb();
    for sample in 0..samples.warm {
        if sample == half {
            resident_at_half = function.resident_kb();
        }
        warm.add(invoke(harness, &mut function, name).await?);
    }
    let peak_megabytes = f64::from(function.peak_kb()) / 1e3;
    let growth = function.resident_kb().zip(resident_at_half).map(|(end, half)| end.saturating_sub(half));
    let growth_kilobytes = growth.map_or(f64::INFINITY, f64::from) / count((samples.warm - half).max(1));
    Ok(Times {
        start: Percentiles::of(start),
        first: Percentiles::of(first.total),
        first_without_mastercard: Percentiles::of(first.without_mastercard),
        warm: Percentiles::of(warm.total),
        warm_without_mastercard: Percentiles::of(warm.without_mastercard),
        warm_without_upstreams: Percentiles::of(warm.without_upstreams),
        peak_megabytes,
        growth_kilobytes,
    })
}

/// Measures new processes with a CPU quota; `None` if this machine does not allow it.
pub(super) async fn throttled(
    harness: &Harness,
    name: &'static str,
    times: usize,
) -> Result<Option<Throttled>, BenchError> {
    let Some(quota) = CpuQuota::of_256_megabytes(name) else { return Ok(None) };
    let (start, first) = starts(harness, name, times, &quota.wrapper()).await?;
    Ok(Some(Throttled { start: Percentiles::of(start), first: Percentiles::of(first.total) }))
}

async fn starts(
    harness: &Harness,
    name: &'static str,
    times: usize,
    wrapper: &[OsString],
) -> Result<(Vec<Duration>, Durations), BenchError> {
    let (mut start, mut first) = (Vec::new(), Durations::default());
    for _ in 0..times {
        let mut function =
            Function::start_under(wrapper, &harness.binaries, name, &harness.variables).await?;
        start.push(function.startup);
        first.add(invoke(harness, &mut function, name).await?);
    }
    Ok((start, first))
}

/// Durations of events.
#[derive(Default)]
struct Durations {
    total: Vec<Duration>,
    /// Without the time waiting for Mastercard.
    without_mastercard: Vec<Duration>,
    /// Without the time waiting for Mastercard and DynamoDB.
    without_upstreams: Vec<Duration>,
}

impl Durations {
    fn add(&mut self, [total, without_mastercard, without_upstreams]: [Duration; 3]) {
        self.total.push(total);
        self.without_mastercard.push(without_mastercard);
        self.without_upstreams.push(without_upstreams);
    }
}

/// Sends the function that is named the next event of `name`; returns the duration in full, without the time waiting for
/// Mastercard, and without that for DynamoDB either.
pub(crate) async fn invoke(
    harness: &Harness,
    function: &mut Function,
    name: &'static str,
) -> Result<[Duration; 3], BenchError> {
    let event = harness.event(name).await?;
    let _ = (harness.mastercard(), harness.dynamodb.take());
    let Invocation { response, duration } = function.invoke(event).await?;
    let status = response["statusCode"].as_u64().unwrap_or(200);
    if status >= 400 {
        return Err(BenchError::InvalidResult {
            detail: format!("{name} responded {status}: {}", response["body"]),
        });
    }
    let wait_time = harness.mastercard().into_iter().map(|count| count.wait_time).sum();
    let without_mastercard = duration.saturating_sub(wait_time);
    Ok([duration, without_mastercard, without_mastercard.saturating_sub(harness.dynamodb.take().wait_time)])
}
