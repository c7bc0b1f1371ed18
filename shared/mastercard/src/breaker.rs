//! A circuit breaker per API, so that callers fail immediately while the API is down and the API can recover.
//!
//! Closed: calls pass. Five failures in a row open it: calls fail immediately, except one probe every five seconds. A
//! response to the probe closes it. Failures are connect errors, timeouts and the statuses 500, 502, 503 and 504; any
//! other response, also 429, is a success.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use super::{
    error::{MastercardError, Upstream},
    response::ApiResponse,
};

/// Failures in a row that open the circuit.
const FAILURE_THRESHOLD: u32 = 5;
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// A call that times out sooner than this is not counted as a failure.
const MIN_TIMEOUT: Duration = Duration::from_secs(1);

/// Clones share their state.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    api: Upstream,
    probe_interval: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Failures in a row.
    failures: u32,
    /// While open: when the next probe may pass.
    next_probe: Option<Instant>,
}

impl Breaker {
    pub(super) fn new(api: Upstream) -> Self {
        Self { api, probe_interval: PROBE_INTERVAL, state: Arc::default() }
    }

    /// Whether the next call would pass. It is not counted as the probe.
    pub(super) fn admits(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.next_probe.is_none_or(|next| next <= Instant::now())
    }

    /// Lets a call pass, or fails while the circuit is open.
    pub(super) fn admit(&self) -> Result<(), MastercardError> {
        self.admit_at(Instant::now())
            .map_err(|retry_after| MastercardError::CircuitOpen { api: self.api, retry_after })
    }

    /// Records the outcome of a call that had `timeout` to complete.
    pub(super) fn record(&self, outcome: &Result<ApiResponse, MastercardError>, timeout: Duration) {
        let success = match outcome {
            Ok(response) => !is_failure(response.status),
            Err(MastercardError::Connect(_)) => false,
            Err(MastercardError::ResponseLost(_)) if timeout >= MIN_TIMEOUT => false,
            Err(_) => return,
        };
        self.record_at(success, Instant::now());
    }

    /// If a probe has no outcome because its caller was canceled, the next probe passes one interval later.
    fn admit_at(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.next_probe {
            Some(next) if next > now => Err(next - now),
            Some(_) => {
                state.next_probe = Some(now + self.probe_interval);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn record_at(&self, success: bool, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = state.next_probe.is_some();
        if success {
            *state = State::default();
            if was_open {
                tracing::info!(event = "circuit_closed", api = %self.api, "circuit closed");
            }
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURE_THRESHOLD {
            state.next_probe = Some(now + self.probe_interval);
            if !was_open {
                let failures = state.failures;
                tracing::error!(event = "circuit_opened", api = %self.api, failures, "circuit opened");
            }
        }
    }
}

fn is_failure(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502..=504)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Breaker {
        /// The same with another time between probes, so that a test need not wait.
        pub(crate) fn with_probe_interval(self, probe_interval: Duration) -> Self {
            Self { probe_interval, ..self }
        }
    }

    fn open(start: Instant) -> Breaker {
        let breaker = Breaker::new(Upstream::Processing);
        for _ in 0..FAILURE_THRESHOLD {
            assert_eq!(breaker.admit_at(start), Ok(()));
            breaker.record_at(false, start);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_fewer_do_not() {
        let start = Instant::now();
        let breaker = Breaker::new(Upstream::Processing);
        for _ in 0..20 {
            for _ in 1..FAILURE_THRESHOLD {
                breaker.record_at(false, start);
            }
            breaker.record_at(true, start);
        }
        assert_eq!(breaker.admit_at(start), Ok(()));
        assert_eq!(open(start).admit_at(start), Err(PROBE_INTERVAL));
    }

    #[test]
    fn one_probe_passes_and_its_response_closes_it() {
        let start = Instant::now();
        let (breaker, later) = (open(start), start + PROBE_INTERVAL);
        assert_eq!(breaker.admit_at(later), Ok(()));
        assert_eq!(breaker.admit_at(later), Err(PROBE_INTERVAL), "only one probe");
        breaker.record_at(true, later);
        for _ in 0..3 {
            assert_eq!(breaker.admit_at(later), Ok(()));
        }
    }

    #[test]
    fn after_a_failed_or_canceled_probe_the_next_one_passes_an_interval_later() {
        let start = Instant::now();
        let (breaker, later) = (open(start), start + PROBE_INTERVAL);
        assert_eq!(breaker.admit_at(later), Ok(()));
        breaker.record_at(false, later);
        assert_eq!(breaker.admit_at(later), Err(PROBE_INTERVAL));
        assert_eq!(breaker.admit_at(later + PROBE_INTERVAL), Ok(()));
        assert_eq!(breaker.admit_at(later + PROBE_INTERVAL * 2), Ok(()), "the probe before has no outcome");
    }

    #[test]
    fn only_four_statuses_are_failures() {
        for status in [200, 400, 401, 403, 404, 408, 429, 501] {
            assert!(!is_failure(StatusCode::from_u16(status).unwrap()), "{status}");
        }
        for status in [500, 502, 503, 504] {
            assert!(is_failure(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }
}
