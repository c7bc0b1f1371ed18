//! What the program `local` uses while nobody asks it anything.

use std::time::Duration;

use local::{EVENT_POLL_INTERVAL, Pipes, StreamError, World};
use tokio::time::{Instant, sleep};

use crate::{error::BenchError, machine};

const TIME: Duration = Duration::from_secs(20);

/// CPU time of this process with the schedules and the reader of the stream, as a share of one core.
pub(super) async fn share_of_a_core(world: &World) -> Result<f64, BenchError> {
    let mut pipes = world.pipes();
    // The program would have read by then what the load wrote.
    pipes.read().await?;
    let id = std::process::id();
    let (started_at, before) = (Instant::now(), machine::cpu_time(id));
    tokio::select! {
        never = world.run_schedules() => never,
        error = follow(pipes) => return Err(error.into()),
        () = sleep(TIME) => {}
    }
    let used = machine::cpu_time(id).zip(before).map(|(after, before)| after - before);
    let used = used.ok_or_else(|| BenchError::InvalidResult { detail: "no CPU time in /proc".into() })?;
    Ok(used.as_secs_f64() / started_at.elapsed().as_secs_f64())
}

async fn follow(mut pipes: Pipes<'_>) -> StreamError {
    loop {
        sleep(EVENT_POLL_INTERVAL).await;
        if let Err(error) = pipes.read().await {
            return error;
        }
    }
}
