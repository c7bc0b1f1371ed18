//! A rate limit over the last second.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Times of the calls that were admitted in the last second.
#[derive(Default)]
pub(crate) struct RateLimit(Mutex<VecDeque<Instant>>);

impl RateLimit {
    /// Admits a call unless `limit` calls were admitted in the last second.
    pub(crate) fn admit(&self, limit: usize) -> bool {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while calls.front().is_some_and(|call| call.elapsed() > Duration::from_secs(1)) {
            calls.pop_front();
        }
        let admitted = calls.len() < limit;
        if admitted {
            calls.push_back(Instant::now());
        }
        admitted
    }
}
