//! Fails fast while an API is down, so that cardholders learn it at once and Mastercard can recover.
//!
//! Closed: calls pass. After five failures in a row it opens: calls fail at once, but for a single probe every five
//! seconds. One answer closes it again. Down is who cannot be reached, does not answer or says 500, 502, 503 or 504;
//! a refusal, even 429, is a sign of life.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use super::{
    error::{MastercardError, Upstream},
    transport::ApiResponse,
};
use crate::log_event;

const FAILURES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(5);
/// Who was given less time than this to answer has not shown that it is down.
const FAIR: Duration = Duration::from_secs(1);

/// Clones learn together.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    api: Upstream,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// While open: when the next probe may pass.
    next_probe: Option<Instant>,
}

impl Breaker {
    pub(super) fn new(api: Upstream) -> Self {
        Self { api, state: Arc::default() }
    }

    /// Lets a call pass, or says that it would be in vain.
    pub(super) fn admit(&self) -> Result<(), MastercardError> {
        self.admit_at(Instant::now())
            .map_err(|retry_after| MastercardError::CircuitOpen { api: self.api, retry_after })
    }

    /// Takes in how a call went that was given so much time.
    pub(super) fn record(&self, outcome: &Result<ApiResponse, MastercardError>, given: Duration) {
        let alive = match outcome {
            Ok(answer) => !is_down(answer.status),
            Err(MastercardError::Connect(_)) => false,
            Err(MastercardError::ResponseLost(_)) if given >= FAIR => false,
            Err(_) => return,
        };
        self.record_at(alive, Instant::now());
    }

    /// An abandoned probe leaves nothing behind: the next one passes a pause later.
    fn admit_at(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.next_probe {
            Some(next) if next > now => Err(next - now),
            Some(_) => {
                state.next_probe = Some(now + PAUSE);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn record_at(&self, alive: bool, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = state.next_probe.is_some();
        if alive {
            *state = State::default();
            if was_open {
                tracing::info!(event = log_event::CIRCUIT_CLOSED, api = %self.api, "circuit closed");
            }
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.next_probe = Some(now + PAUSE);
            if !was_open {
                let failures = state.failures;
                tracing::error!(event = log_event::CIRCUIT_OPENED, api = %self.api, failures, "circuit opened");
            }
        }
    }
}

fn is_down(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502..=504)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(start: Instant) -> Breaker {
        let breaker = Breaker::new(Upstream::Processing);
        for _ in 0..FAILURES {
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
            for _ in 1..FAILURES {
                breaker.record_at(false, start);
            }
            breaker.record_at(true, start);
        }
        assert_eq!(breaker.admit_at(start), Ok(()));
        assert_eq!(open(start).admit_at(start), Err(PAUSE));
    }

    #[test]
    fn one_probe_passes_and_its_answer_closes_it() {
        let start = Instant::now();
        let (breaker, later) = (open(start), start + PAUSE);
        assert_eq!(breaker.admit_at(later), Ok(()));
        assert_eq!(breaker.admit_at(later), Err(PAUSE), "a single one");
        breaker.record_at(true, later);
        for _ in 0..3 {
            assert_eq!(breaker.admit_at(later), Ok(()));
        }
    }

    #[test]
    fn a_probe_that_fails_or_is_abandoned_costs_one_more_pause() {
        let start = Instant::now();
        let (breaker, later) = (open(start), start + PAUSE);
        assert_eq!(breaker.admit_at(later), Ok(()));
        breaker.record_at(false, later);
        assert_eq!(breaker.admit_at(later), Err(PAUSE));
        assert_eq!(breaker.admit_at(later + PAUSE), Ok(()));
        assert_eq!(breaker.admit_at(later + PAUSE * 2), Ok(()), "nobody heard of the one before");
    }

    #[test]
    fn a_refusal_is_a_sign_of_life() {
        for status in [200, 400, 401, 403, 404, 408, 429, 501] {
            assert!(!is_down(StatusCode::from_u16(status).unwrap()), "{status}");
        }
        for status in [500, 502, 503, 504] {
            assert!(is_down(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }
}
