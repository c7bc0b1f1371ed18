//! Keeps one process below Mastercard Processing's limit of requests a second, which is 30 unless it was agreed otherwise.
//!
//! A token bucket that remembers a single moment (the generic cell rate algorithm): small enough to be our own. Other
//! processes of the same client share Mastercard's limit, hence 429 is still to be expected.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// At most so many at once, and as many as the pace says more in each second: 29 in any one second at the usual pace.
const BURST: u32 = 5;

/// How many requests a second one process makes, 1 to 1 000; 24 unless something else is agreed with Mastercard.
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
        raw.parse().ok().filter(|pace| (1..=1_000).contains(pace)).map(Self).ok_or(InvalidRateLimit)
    }
}

/// Not a pace.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is a whole number from 1 to 1000")]
pub struct InvalidRateLimit;

/// Clones count together.
#[derive(Clone, Debug)]
pub(super) struct Limiter {
    /// When the bucket is full again.
    full_at: Arc<Mutex<Instant>>,
    pace: RateLimit,
}

impl Limiter {
    pub(super) fn new(pace: RateLimit) -> Self {
        Self { full_at: Arc::new(Mutex::new(Instant::now())), pace }
    }

    /// Waits for its turn; `false`, at once, if that comes later than anyone waits.
    pub(super) async fn acquire(&self, timeout: Duration) -> bool {
        let Some(wait) = self.reserve(Instant::now(), timeout) else { return false };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        true
    }

    fn reserve(&self, now: Instant, timeout: Duration) -> Option<Duration> {
        let each = Duration::from_secs(1) / self.pace.0;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = full_at.saturating_duration_since(now);
        let wait = behind.saturating_sub(each * (BURST - 1));
        if wait >= timeout {
            return None;
        }
        *full_at = now + behind + each;
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENT: Duration = Duration::from_secs(60);

    #[test]
    fn no_second_sees_thirty_calls() {
        let (limiter, start) = (Limiter::new(RateLimit::default()), Instant::now());
        let mut calls: Vec<Duration> = (0..200).map(|_| limiter.reserve(start, PATIENT).unwrap()).collect();
        calls.sort();
        for (index, first) in calls.iter().enumerate() {
            let second = calls[index..].iter().take_while(|at| **at < *first + Duration::from_secs(1));
            assert!(second.count() < 30);
        }
        assert!(*calls.last().unwrap() > Duration::from_secs(8), "it is used");
    }

    #[test]
    fn another_pace_may_be_agreed() {
        let (limiter, start) = (Limiter::new("100".parse().unwrap()), Instant::now());
        let last = (0..1005).map(|_| limiter.reserve(start, PATIENT).unwrap()).max().unwrap();
        assert_eq!(last, Duration::from_secs(10));
        for raw in ["0", "1001", "-1", "24.5", ""] {
            assert_eq!(raw.parse::<RateLimit>(), Err(InvalidRateLimit), "{raw}");
        }
    }

    #[test]
    fn few_calls_never_wait() {
        let (limiter, start) = (Limiter::new(RateLimit::default()), Instant::now());
        for second in 0..10 {
            for _ in 0..BURST {
                let now = start + Duration::from_secs(second);
                assert_eq!(limiter.reserve(now, PATIENT), Some(Duration::ZERO));
            }
        }
    }

    #[test]
    fn nobody_waits_in_vain_or_in_the_way_of_others() {
        let (limiter, start) = (Limiter::new(RateLimit::default()), Instant::now());
        for _ in 0..BURST {
            limiter.reserve(start, PATIENT);
        }
        for _ in 0..100 {
            assert_eq!(limiter.reserve(start, Duration::from_millis(10)), None);
        }
        assert!(limiter.reserve(start, PATIENT).unwrap() < Duration::from_millis(50));
    }
}
