//! A client-side rate limit, below Mastercard Processing's limit of 30 requests a second (unless agreed otherwise).
//!
//! The generic cell rate algorithm: a token bucket whose state is one instant. All processes of one client share
//! Mastercard's limit, so a 429 is still possible.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Requests that may be sent without delay; with the default rate, at most 29 in any second.
const BURST: u32 = 5;

/// Requests a second of one process: 1 to 1000, by default 24.
///
/// ```
/// use push_provisioning_client::RateLimit;
///
/// let agreed: RateLimit = "100".parse()?;
/// assert_ne!(agreed, RateLimit::default());
/// assert!("0".parse::<RateLimit>().is_err());
/// # Ok::<(), push_provisioning_client::InvalidRateLimit>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit(u32);

impl Default for RateLimit {
    fn default() -> Self {
        Self(24)
    }
}

impl FromStr for RateLimit {
    type Err = InvalidRateLimit;

    fn from_str(raw: &str) -> Result<Self, InvalidRateLimit> {
        raw.parse().ok().filter(|rate| (1..=1_000).contains(rate)).map(Self).ok_or(InvalidRateLimit)
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
        let interval = Duration::from_secs(1) / self.rate_limit.0;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = full_at.saturating_duration_since(now);
        let wait = behind.saturating_sub(interval * (BURST - 1));
        if wait >= timeout {
            return None;
        }
        *full_at = now + behind + interval;
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(60);

    #[test]
    fn no_second_has_thirty_calls() {
        let (limiter, start) = (Limiter::new(RateLimit::default()), Instant::now());
        let mut calls: Vec<Duration> = (0..200).map(|_| limiter.reserve(start, TIMEOUT).unwrap()).collect();
        calls.sort();
        for (index, first) in calls.iter().enumerate() {
            let second = calls[index..].iter().take_while(|at| **at < *first + Duration::from_secs(1));
            assert!(second.count() < 30);
        }
        assert!(*calls.last().unwrap() > Duration::from_secs(8), "the limit is used");
    }

    #[test]
    fn a_higher_rate_may_be_configured() {
        let (limiter, start) = (Limiter::new("100".parse().unwrap()), Instant::now());
        let last = (0..1005).map(|_| limiter.reserve(start, TIMEOUT).unwrap()).max().unwrap();
        assert_eq!(last, Duration::from_secs(10));
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
        assert!(limiter.reserve(start, TIMEOUT).unwrap() < Duration::from_millis(50));
    }
}
