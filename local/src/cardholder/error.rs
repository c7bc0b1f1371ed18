//! Errors of a journey.

use super::Response;

/// A journey failed.
#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// The request failed without a response.
    #[error("no response")]
    Unreachable(#[source] reqwest::Error),
    /// Another status code than the journey needs.
    #[error("{request} returned {status} {code}")]
    Unexpected {
        /// The request's route.
        request: &'static str,
        /// The response's status code.
        status: u16,
        /// The problem's code; empty if the response is not a problem document.
        code: String,
    },
    /// A page or response lacks a link, form or field.
    #[error("there is no {0}")]
    Missing(&'static str),
}

impl JourneyError {
    pub(super) fn unexpected(request: &'static str, response: Response) -> Self {
        let code = response.body["code"].as_str().unwrap_or_default().to_owned();
        Self::Unexpected { request, status: response.status, code }
    }
}
