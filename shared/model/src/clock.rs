//! The clock of the functions. Tests set and advance it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// The system's clock, plus an offset that is zero outside tests.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    fixed_at: Option<Timestamp>,
    ahead_milliseconds: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that stands still except for [`Clock::advance`].
    pub fn fixed_at(at: Timestamp) -> Self {
        Self { fixed_at: Some(at), ahead_milliseconds: Arc::default() }
    }

    /// The current time, to the millisecond: what is stored is exactly what was decided on.
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_milliseconds.load(Ordering::Relaxed));
        let now =
            self.fixed_at.unwrap_or_else(Timestamp::now).saturating_add(ahead).unwrap_or(Timestamp::MAX);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Advances this clock and its clones, to the millisecond. A negative duration sets it back.
    pub fn advance(&self, by: SignedDuration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
    }
}
