//! How long, and how often, Mastercard may be asked: until the caller's deadline, at most three times.

use std::time::{Duration, Instant};

use aws_lc_rs::rand;

use super::retry::RetryPolicy;

const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The moment after which nobody waits for the answer any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// At a moment of the monotonic clock.
    pub fn at(moment: Instant) -> Self {
        Self(moment)
    }

    /// That long from now.
    pub fn after(timeout: Duration) -> Self {
        Self(Instant::now() + timeout)
    }

    /// What is left; zero when it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// Counts the attempts of one call and waits between them.
pub(super) struct Attempts {
    deadline: Deadline,
    made: u32,
}

impl Attempts {
    pub(super) fn until(deadline: Deadline) -> Self {
        Self { deadline, made: 0 }
    }

    /// An attempt that another may follow takes at most half of what is left, the last one all of it.
    pub(super) fn share(&self) -> Duration {
        let remaining = self.deadline.remaining();
        if self.made + 1 < RetryPolicy::Standard.attempts() { remaining / 2 } else { remaining }
    }

    /// All that is left, for an attempt that cannot be repeated.
    pub(super) fn remaining(&self) -> Duration {
        self.deadline.remaining()
    }

    /// Waits before the next attempt: as long as Mastercard asked, else a random part of a growing ceiling.
    /// `false`, at once, when there is no next attempt or no time for it.
    pub(super) async fn pause(&mut self, again: RetryPolicy, retry_after: Option<Duration>) -> bool {
        self.made += 1;
        let ceiling = FIRST_PAUSE * 4_u32.saturating_pow(self.made - 1);
        let pause = retry_after.unwrap_or_else(|| jitter(ceiling));
        if self.made >= again.attempts() || pause >= self.deadline.remaining() {
            return false;
        }
        tokio::time::sleep(pause).await;
        true
    }
}

/// Anything between zero and the ceiling, so that many callers do not return at the same moment.
fn jitter(ceiling: Duration) -> Duration {
    let mut random = [0; 4];
    match rand::fill(&mut random) {
        Ok(()) => ceiling.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX)),
        Err(_) => ceiling,
    }
}
