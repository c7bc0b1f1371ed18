//! How the cardholder was authenticated for a request, as the access token asserts it: evidence for the consent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::short_hash;

/// Claims of the access token with which an attempt was requested. Each is present only if the token has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authentication {
    /// `acr`: the class of authentication (OpenID Connect Core section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// `amr`: the methods of authentication (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// `auth_time`: when the cardholder was authenticated, to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated_at: Option<Timestamp>,
    /// By [`token_id_hash`] of `jti`: finds the token in the login's records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id_hash: Option<String>,
}

/// The first 16 bytes of the SHA-256 of a token's `jti`, as 32 hexadecimal digits.
pub fn token_id_hash(jti: &str) -> String {
    short_hash(jti)
}
