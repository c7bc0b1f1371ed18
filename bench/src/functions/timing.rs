//! Starts, first events, later events.

use std::{ffi::OsString, time::Duration};

use super::{
    figures::{HeldBack, Spread, Times},
    share::Share,
    stage::Stage,
};
use crate::{
    error::BenchError,
    function::{Answered, Function},
};

/// How often.
#[derive(Clone, Copy)]
pub(super) struct Often {
    pub(super) starts: usize,
    pub(super) warm: usize,
}

/// Fresh processes for one event each, and one process for many.
pub(super) async fn times(stage: &Stage, name: &'static str, often: Often) -> Result<Times, BenchError> {
    let (start, first) = starts(stage, name, often.starts, &[]).await?;
    let mut function = Function::start(&stage.binaries, name, &stage.variables).await?;
    let mut warm = Took::default();
    let _ = one(stage, &mut function, name).await?;
    for _ in 0..often.warm {
        warm.add(one(stage, &mut function, name).await?);
    }
    let peak_megabytes = f64::from(function.peak_kilobytes()) / 1e3;
    Ok(Times {
        start: Spread::of(start),
        first: Spread::of(first.all),
        first_own: Spread::of(first.own),
        warm: Spread::of(warm.all),
        warm_own: Spread::of(warm.own),
        warm_alone: Spread::of(warm.alone),
        peak_megabytes,
    })
}

/// The same with little of the processor, where this machine can hold a process back.
pub(super) async fn held_back(
    stage: &Stage,
    name: &'static str,
    times: usize,
) -> Result<Option<HeldBack>, BenchError> {
    let Some(share) = Share::of_256_megabytes(name) else { return Ok(None) };
    let (start, first) = starts(stage, name, times, &share.wrapper()).await?;
    Ok(Some(HeldBack { start: Spread::of(start), first: Spread::of(first.all) }))
}

async fn starts(
    stage: &Stage,
    name: &'static str,
    times: usize,
    wrapper: &[OsString],
) -> Result<(Vec<Duration>, Took), BenchError> {
    let (mut start, mut first) = (Vec::new(), Took::default());
    for _ in 0..times {
        let mut function = Function::start_under(wrapper, &stage.binaries, name, &stage.variables).await?;
        start.push(function.started);
        first.add(one(stage, &mut function, name).await?);
    }
    Ok((start, first))
}

/// What events took: altogether, less Mastercard, and less DynamoDB too.
#[derive(Default)]
struct Took {
    all: Vec<Duration>,
    own: Vec<Duration>,
    alone: Vec<Duration>,
}

impl Took {
    fn add(&mut self, [all, own, alone]: [Duration; 3]) {
        self.all.push(all);
        self.own.push(own);
        self.alone.push(alone);
    }
}

async fn one(
    stage: &Stage,
    function: &mut Function,
    name: &'static str,
) -> Result<[Duration; 3], BenchError> {
    let event = stage.event(name).await?;
    let _ = (stage.mastercard(), stage.dynamodb.take());
    let Answered { answer, took } = function.invoke(event).await?;
    let status = answer["statusCode"].as_u64().unwrap_or(200);
    if status >= 400 {
        return Err(BenchError::Unusable { what: format!("{name} answers {status}: {}", answer["body"]) });
    }
    let waited = stage.mastercard().into_iter().map(|count| count.waited).sum();
    let own = took.saturating_sub(waited);
    Ok([took, own, own.saturating_sub(stage.dynamodb.take().waited)])
}
