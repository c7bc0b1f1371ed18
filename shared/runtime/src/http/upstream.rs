//! The problem for a failed call to Mastercard.

use mastercard::MastercardError;
use model::enrollment::PushFailure;

use super::{Code, Problem};

impl From<MastercardError> for Problem {
    fn from(error: MastercardError) -> Self {
        // `PushFailure::from` returns no unknown failure, so that there is always a code.
        let code = Code::of(&PushFailure::from(&error)).unwrap_or(Code::InternalError);
        let problem = match (code, error.retry_after()) {
            (Code::MastercardUnavailable, wait) => {
                // Rounded up: a retry that is too early would fail again.
                let seconds = wait.map_or(5, |wait| wait.as_millis().div_ceil(1000).max(1));
                Problem::from(code).retry_after(u64::try_from(seconds).unwrap_or(u64::MAX))
            }
            _ => Problem::from(code),
        };
        problem.with_source(error)
    }
}

impl Code {
    /// The code of the problem for a failed push; `None` for a failure that this version does not know.
    pub fn of(failure: &PushFailure) -> Option<Self> {
        Some(match failure {
            PushFailure::CardNotFound => Self::CardNotFound,
            PushFailure::CardNotEligible => Self::CardNotEligible,
            PushFailure::PlatformNotSupported => Self::PlatformNotSupported,
            PushFailure::AlreadyEnabled => Self::AlreadyEnabled,
            PushFailure::TooManyEnrollments => Self::TooManyEnrollments,
            PushFailure::MastercardRefused => Self::MastercardRefused,
            PushFailure::MastercardUnreadable => Self::MastercardUnreadable,
            PushFailure::MastercardUnavailable => Self::MastercardUnavailable,
            PushFailure::InternalError => Self::InternalError,
            PushFailure::Other(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_and_its_problem_have_the_same_code_and_are_equally_retryable() {
        for failure in PushFailure::ALL {
            let code = Code::of(&failure).unwrap();
            assert_eq!((code.as_str(), code.retryable()), (failure.as_str(), failure.retryable()));
        }
        assert_eq!(Code::of(&PushFailure::Other("newer".into())), None);
    }
}
