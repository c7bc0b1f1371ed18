//! What an app requests from the cardholder's login for a step-up (RFC 9470).

use serde::Serialize;

/// The parameters of the challenge, in the problem document: a proxy may rename the header `WWW-Authenticate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthenticationRequest {
    /// Accepted `acr`, preferred ones first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) acr_values: Vec<String>,
    /// Largest age of the login, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_age: Option<i64>,
}
