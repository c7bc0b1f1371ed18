//! Keeps one process below Mastercard Processing's 30 requests a second.
//!
//! A token bucket that remembers a single moment (the generic cell rate algorithm): small enough to be our own. Other
//! processes of the same client share Mastercard's limit, hence 429 is still to be expected.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// At most `BURST` at once and `PER_SECOND` more in each second: 29 in any one second.
const BURST: u32 = 5;
const PER_SECOND: u32 = 24;

/// Clones count together.
#[derive(Clone, Debug)]
pub(super) struct Limiter {
    /// When the bucket is full again.
    full_at: Arc<Mutex<Instant>>,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self { full_at: Arc::new(Mutex::new(Instant::now())) }
    }

    /// Waits for its turn; `false`, at once, if that comes later than anyone waits.
    pub(super) async fn turn(&self, patience: Duration) -> bool {
        let Some(wait) = self.reserve(Instant::now(), patience) else { return false };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        true
    }

    fn reserve(&self, now: Instant, patience: Duration) -> Option<Duration> {
        let each = Duration::from_secs(1) / PER_SECOND;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = full_at.saturating_duration_since(now);
        let wait = behind.saturating_sub(each * (BURST - 1));
        if wait >= patience {
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
        let (limiter, start) = (Limiter::new(), Instant::now());
        let mut calls: Vec<Duration> = (0..200).map(|_| limiter.reserve(start, PATIENT).unwrap()).collect();
        calls.sort();
        for (index, first) in calls.iter().enumerate() {
            let second = calls[index..].iter().take_while(|at| **at < *first + Duration::from_secs(1));
            assert!(second.count() < 30);
        }
        assert!(*calls.last().unwrap() > Duration::from_secs(8), "it is used");
    }

    #[test]
    fn few_calls_never_wait() {
        let (limiter, start) = (Limiter::new(), Instant::now());
        for second in 0..10 {
            for _ in 0..BURST {
                let now = start + Duration::from_secs(second);
                assert_eq!(limiter.reserve(now, PATIENT), Some(Duration::ZERO));
            }
        }
    }

    #[test]
    fn nobody_waits_in_vain_or_in_the_way_of_others() {
        let (limiter, start) = (Limiter::new(), Instant::now());
        for _ in 0..BURST {
            limiter.reserve(start, PATIENT);
        }
        for _ in 0..100 {
            assert_eq!(limiter.reserve(start, Duration::from_millis(10)), None);
        }
        assert!(limiter.reserve(start, PATIENT).unwrap() < Duration::from_millis(50));
    }
}
