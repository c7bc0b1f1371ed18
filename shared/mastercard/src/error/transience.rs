//! Which failures are transient: the only place that knows. `retryable` and the retry policy are derived from it.

use super::{ApiError, ErrorSource, MastercardError, ReasonCode};

/// Whether a failure is expected to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transience {
    /// The same request may succeed later.
    Transient,
    /// The reason code is unknown; one more attempt shows whether the failure passes.
    Unknown,
    /// The same request would fail again.
    Permanent,
}

impl MastercardError {
    pub(crate) fn transience(&self) -> Transience {
        match self {
            Self::Connect(_)
            | Self::ResponseLost(_)
            | Self::InvalidResponse { .. }
            | Self::OutOfTime
            | Self::CircuitOpen { .. } => Transience::Transient,
            Self::Rejected(error) => error.transience(),
            Self::InvalidRequest(_) => Transience::Permanent,
        }
    }
}

impl ApiError {
    /// The order matters: credentials and rate limits decide before `recoverable`, and that before the known reason
    /// codes, the source and the status.
    fn transience(&self) -> Transience {
        let status = self.status.as_u16();
        if matches!(status, 401 | 403) || self.reason_codes.iter().any(ReasonCode::is_authentication_failure)
        {
            return Transience::Permanent;
        }
        if status == 429 {
            return Transience::Transient;
        }
        match self.recoverable {
            Some(true) => return Transience::Transient,
            Some(false) => return Transience::Permanent,
            None => {}
        }
        if self.source == ErrorSource::Input || self.reason_codes.iter().any(ReasonCode::is_permanent) {
            return Transience::Permanent;
        }
        match status {
            408 | 500 | 502..=504 => Transience::Transient,
            // Token Connect reports errors in a 200.
            200..=299 => Transience::Unknown,
            _ if self.source == ErrorSource::Mdes => Transience::Unknown,
            _ => Transience::Permanent,
        }
    }
}
