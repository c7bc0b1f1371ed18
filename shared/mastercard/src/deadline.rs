//! The deadline of a call, and its attempts within it.

use std::time::{Duration, Instant};

use aws_lc_rs::rand;

use super::retry::RetryPolicy;

const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(1);
/// The longest timeout of an attempt of a call that may be repeated: a scheduled function has minutes for a call.
const MAX_ATTEMPT: Duration = Duration::from_secs(30);
/// Added at random to a wait that Mastercard asks for: callers that were refused in the same second do not all return in
/// the same one.
const MAX_JITTER: Duration = Duration::from_secs(1);

/// The point in time by which a call must have completed. Retries, waiting for the rate limit and reading the response
/// all end by then.
///
/// ```
/// use std::time::{Duration, Instant};
/// use push_provisioning_client::Deadline;
///
/// let deadline = Deadline::after(Duration::from_secs(10));
/// assert!(deadline.remaining() <= Duration::from_secs(10));
/// assert!(Deadline::at(Instant::now()).remaining().is_zero());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// A deadline at an instant of the monotonic clock.
    pub fn at(instant: Instant) -> Self {
        Self(instant)
    }

    /// A deadline `timeout` from now.
    pub fn after(timeout: Duration) -> Self {
        Self(Instant::now() + timeout)
    }

    /// The remaining time; zero once the deadline has passed.
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

    /// The timeout of the next attempt: half of the remaining time, from the third attempt on all of it; at most half a
    /// minute.
    pub(super) fn share(&self) -> Duration {
        let remaining = self.deadline.remaining();
        let share = if self.made + 1 < RetryPolicy::Standard.attempts() { remaining / 2 } else { remaining };
        share.min(MAX_ATTEMPT)
    }

    /// The remaining time, as the timeout of an attempt that is not repeated.
    pub(super) fn remaining(&self) -> Duration {
        self.deadline.remaining()
    }

    /// Waits before the next attempt: for `retry_after` and up to a second more, else an exponential backoff with full
    /// jitter. Returns `false` immediately if the policy allows no further attempt or the deadline leaves no time for it.
    pub(super) async fn pause(&mut self, policy: RetryPolicy, retry_after: Option<Duration>) -> bool {
        self.made += 1;
        let ceiling = FIRST_BACKOFF.saturating_mul(4_u32.saturating_pow(self.made - 1)).min(MAX_BACKOFF);
        let backoff = match retry_after {
            Some(wait) => wait.saturating_add(jitter(MAX_JITTER)),
            None => jitter(ceiling),
        };
        self.made < policy.attempts() && self.sleep(backoff).await
    }

    /// Waits until the circuit breaker lets a call pass, and up to a second more. This is no attempt, because nothing was
    /// sent. Returns `false` immediately if the deadline leaves no time for it.
    pub(super) async fn wait_for_probe(&self, wait: Duration) -> bool {
        self.sleep(wait.saturating_add(jitter(wait.min(MAX_JITTER)))).await
    }

    /// `false` immediately if the deadline would pass.
    async fn sleep(&self, wait: Duration) -> bool {
        if wait >= self.deadline.remaining() {
            return false;
        }
        tokio::time::sleep(wait).await;
        true
    }
}

/// A random duration up to the ceiling, so that callers do not retry at the same time.
fn jitter(ceiling: Duration) -> Duration {
    let mut random = [0; 4];
    match rand::fill(&mut random) {
        Ok(()) => ceiling.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX)),
        Err(_) => ceiling,
    }
}
