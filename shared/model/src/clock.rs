//! The time, as an argument: functions ask this clock, and a test may move it, or hold it still.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// The system's clock, plus an offset that is zero outside tests.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    standing_at: Option<Timestamp>,
    ahead_milliseconds: Arc<AtomicI64>,
}

impl Clock {
    /// A clock on which time passes only by [`Clock::advance`].
    pub fn standing_at(moment: Timestamp) -> Self {
        Self { standing_at: Some(moment), ahead_milliseconds: Arc::default() }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_milliseconds.load(Ordering::Relaxed));
        self.standing_at.unwrap_or_else(Timestamp::now).saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }

    /// Lets time pass for everybody who shares this clock, to the millisecond; a negative duration sets it back.
    pub fn advance(&self, by: SignedDuration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
    }
}
