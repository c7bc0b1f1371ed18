//! How often a call that changes nothing is attempted. Pushes do not use this policy: they are repeated only while
//! nothing was sent (see `ApiClient::push`).

use super::error::{MastercardError, Transience};

/// How many attempts a failed call gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// No retry.
    None,
    /// One retry, to find out whether an unknown reason code is transient.
    Once,
    /// Up to three attempts.
    Standard,
    /// As many attempts as the deadline allows.
    Outage,
}

impl RetryPolicy {
    /// The policy after this failure.
    pub(super) fn after(error: &MastercardError) -> Self {
        match error {
            // The next attempt would fail the same way within this call.
            MastercardError::OutOfTime | MastercardError::CircuitOpen { .. } => Self::None,
            _ => match error.transience() {
                Transience::Permanent => Self::None,
                Transience::Unknown => Self::Once,
                Transience::Transient => Self::Standard,
            },
        }
    }

    /// The policy of a client that outlasts outages: no limit but the deadline while the API is down.
    pub(super) fn outlasting(error: &MastercardError) -> Self {
        match Self::after(error) {
            Self::Standard if error.shows_outage() => Self::Outage,
            policy => policy,
        }
    }

    /// Attempts in all, the first included.
    pub(super) fn attempts(self) -> u32 {
        match self {
            Self::None => 1,
            Self::Once => 2,
            Self::Standard => 3,
            Self::Outage => u32::MAX,
        }
    }
}

#[cfg(test)]
mod tests;
