//! What the app is told when Mastercard says no, or nothing.

use super::{Code, Problem};
use crate::mastercard::{Answerer, MastercardError};

impl From<MastercardError> for Problem {
    fn from(error: MastercardError) -> Self {
        let problem = Problem::from(code(&error));
        let problem = match (problem.code, error.retry_after()) {
            (Code::MastercardUnavailable, wait) => {
                problem.retry_after(wait.map_or(5, |wait| wait.as_secs().max(1)))
            }
            _ => problem,
        };
        problem.because(error)
    }
}

fn code(error: &MastercardError) -> Code {
    let named = |word: &str| error.reason_codes().iter().any(|code| code.as_str().starts_with(word));
    match error {
        // A card that Token Connect or Processing will not have. Processing's codes are not published;
        // the second word is the family that this server expects.
        _ if named("ACCOUNT_INELIGIBLE") || named("CARD_CONTRACT_NOT_ACTIVE") => Code::CardNotEligible,
        MastercardError::Unreadable { .. } => Code::MastercardUnreadable,
        MastercardError::Refused(refusal) => match (refusal.answerer, refusal.status.as_u16()) {
            (Answerer::Processing, 403 | 404) => Code::CardNotFound,
            (Answerer::Processing, 409 | 412 | 422) => Code::CardNotEligible,
            (_, 408 | 429 | 500..) => Code::MastercardUnavailable,
            _ => Code::MastercardRefused,
        },
        MastercardError::Unreached(_)
        | MastercardError::Lost(_)
        | MastercardError::OutOfTime
        | MastercardError::Down { .. } => Code::MastercardUnavailable,
        MastercardError::Unsendable(_) => Code::InternalError,
    }
}
