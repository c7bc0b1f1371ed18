//! A client-side rate limit, so that all processes together stay below Mastercard Processing's limit: 30 requests a
//! second for each client id (unless agreed otherwise).
//!
//! The generic cell rate algorithm: a token bucket whose state is one instant. Processes do not know of each other: each
//! gets its part of the limit ([`RateLimit::part`]). Their bursts may coincide, so a 429 is still possible.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Requests that may be sent without delay: those that an enrollment makes at the same time, the search and the token list.
const BURST: u32 = 2;

/// Requests a second: Mastercard's limit of 30 by default, or the one that it agreed to, 1 to 1000.
///
/// ```
/// use std::time::Duration;
/// use push_provisioning_client::RateLimit;
///
/// let agreed: RateLimit = "100".parse()?;
/// assert_ne!(agreed, RateLimit::default());
/// assert!("0".parse::<RateLimit>().is_err());
/// // Half of it, for each of five processes.
/// assert_eq!(agreed.part(50, 5).interval(), Duration::from_millis(100));
/// # Ok::<(), push_provisioning_client::InvalidRateLimit>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    interval: Duration,
}

impl RateLimit {
    fn per_second(requests: u32) -> Self {
        Self { interval: Duration::from_secs(1) / requests }
    }

    /// The part of one of several processes that share `percent` of this limit.
    #[must_use]
    pub fn part(self, percent: u32, processes: u32) -> Self {
        let interval = self.interval.saturating_mul(processes).saturating_mul(100);
        Self { interval: interval.checked_div(percent).unwrap_or(Duration::MAX) }
    }

    /// The time from one request to the next, when many wait.
    pub fn interval(self) -> Duration {
        self.interval
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::per_second(30)
    }
}

impl FromStr for RateLimit {
    type Err = InvalidRateLimit;

    fn from_str(raw: &str) -> Result<Self, InvalidRateLimit> {
        let requests = raw.parse().ok().filter(|requests| (1..=1_000).contains(requests));
        requests.map(Self::per_second).ok_or(InvalidRateLimit)
    }
}

/// The text is not a rate limit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 1000")]
pub struct InvalidRateLimit;

/// Clones share their state.
#[derive(Clone, Debug)]
pub(super) struct Limiter {
    /// When the bucket is full again.
    full_at: Arc<Mutex<Instant>>,
    rate_limit: RateLimit,
}

impl Limiter {
    pub(super) fn new(rate_limit: RateLimit) -> Self {
        Self { full_at: Arc::new(Mutex::new(Instant::now())), rate_limit }
    }

    /// Waits until the request may be sent; returns `false` immediately if that takes longer than `timeout`.
    pub(super) async fn acquire(&self, timeout: Duration) -> bool {
        let Some(wait) = self.reserve(Instant::now(), timeout) else { return false };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        true
    }

    fn reserve(&self, now: Instant, timeout: Duration) -> Option<Duration> {
        let interval = self.rate_limit.interval;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = full_at.saturating_duration_since(now);
        let wait = behind.saturating_sub(interval.saturating_mul(BURST - 1));
        if wait >= timeout {
            return None;
        }
        *full_at = now.checked_add(behind.saturating_add(interval)).unwrap_or(*full_at);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(60);

    #[test]
    fn no_second_has_more_calls_than_the_limit_and_a_burst() {
        let (limiter, start) = (Limiter::new(RateLimit::default()), Instant::now());
        let mut calls: Vec<Duration> = (0..200).map(|_| limiter.reserve(start, TIMEOUT).unwrap()).collect();
        calls.sort();
        for (index, first) in calls.iter().enumerate() {
            let second = calls[index..].iter().take_while(|at| **at < *first + Duration::from_secs(1));
            assert!(second.count() <= 32);
        }
        assert!(*calls.last().unwrap() < Duration::from_secs(7), "the limit is used");
    }

    #[test]
    fn a_higher_rate_may_be_configured() {
        let (limiter, start) = (Limiter::new("100".parse().unwrap()), Instant::now());
        let last = (0..1002).map(|_| limiter.reserve(start, TIMEOUT).unwrap()).max().unwrap();
        assert_eq!(last, Duration::from_secs(10));
        let one_of_four = RateLimit::default().part(40, 4);
        assert_eq!(Limiter::new(one_of_four).reserve(start, TIMEOUT), Some(Duration::ZERO));
        assert_eq!(one_of_four.interval().as_millis(), 333);
        for raw in ["0", "1001", "-1", "24.5", ""] {
            assert_eq!(raw.parse::<RateLimit>(), Err(InvalidRateLimit), "{raw}");
        }
    }

    #[test]
    fn a_burst_below_the_limit_does_not_wait() {
        let (limiter, start) = (Limiter::new(RateLimit::default()), Instant::now());
        for second in 0..10 {
            for _ in 0..BURST {
                let now = start + Duration::from_secs(second);
                assert_eq!(limiter.reserve(now, TIMEOUT), Some(Duration::ZERO));
            }
        }
    }

    #[test]
    fn a_request_without_enough_time_is_rejected_immediately_and_delays_no_other() {
        let (limiter, start) = (Limiter::new(RateLimit::default()), Instant::now());
        for _ in 0..BURST {
            limiter.reserve(start, TIMEOUT);
        }
        for _ in 0..100 {
            assert_eq!(limiter.reserve(start, Duration::from_millis(10)), None);
        }
        assert!(limiter.reserve(start, TIMEOUT).unwrap() < Duration::from_millis(40));
    }
}
