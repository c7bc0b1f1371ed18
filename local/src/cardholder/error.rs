//! Why a journey stopped.

use super::Answer;

/// The journey cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// No answer.
    #[error("nobody answered")]
    Unreachable(#[source] reqwest::Error),
    /// Another answer than the journey needs.
    #[error("{what} was answered with {status} {code}")]
    Refused {
        /// The request.
        what: &'static str,
        /// Its answer's status code.
        status: u16,
        /// The problem's code, if the answer is a problem document.
        code: String,
    },
    /// A page or answer has no such link, form or field.
    #[error("there is no {0} to follow")]
    NoWay(&'static str),
}

impl JourneyError {
    pub(super) fn refused(what: &'static str, answer: Answer) -> Self {
        let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
        Self::Refused { what, status: answer.status, code }
    }
}
