//! The error for an unknown id.

/// There is no such card contract, token or token requestor.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such {0}")]
pub struct NotFound(pub(super) &'static str);
