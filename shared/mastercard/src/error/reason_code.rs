//! Mastercard's reason codes, and what is known about them.

use std::fmt;

use super::known_codes::{self, Diagnosis};

/// Mastercard's code for the reason of an error: `ACCOUNT_INELIGIBLE`. The full list is not published.
///
/// ```
/// # use push_provisioning_client::MastercardError;
/// # fn example(error: MastercardError) {
/// for code in error.reason_codes() {
///     println!("{}: {:?}", code.as_str(), code.diagnosis());
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCode(String);

impl ReasonCode {
    /// A code has at most 100 letters, digits and `_ - .`, and fewer than 9 digits. Anything else may contain card data
    /// and becomes `UNREADABLE`.
    pub(crate) fn new(raw: &str) -> Self {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let digits = raw.bytes().filter(u8::is_ascii_digit).count();
        let code = (1..=100).contains(&raw.len()) && raw.bytes().all(plain) && digits < 9;
        Self(if code { raw } else { "UNREADABLE" }.into())
    }

    /// The code as Mastercard wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Meaning and remedy; `None` for an unknown code.
    pub fn diagnosis(&self) -> Option<Diagnosis> {
        known_codes::diagnosis(self.as_str())
    }

    /// Whether a retry would fail the same way; true for all known codes.
    pub(super) fn is_permanent(&self) -> bool {
        self.diagnosis().is_some()
    }

    /// Whether the gateway rejected the signature, the header, the body hash or an OAuth parameter.
    pub(super) fn is_authentication_failure(&self) -> bool {
        self.rejects_key_set() || matches!(self.as_str(), "INVALID_BODY_HASH" | "INVALID_OAUTH_SBS")
    }

    /// Whether the gateway rejected consumer key or signature, so that another key set may be accepted.
    pub(crate) fn rejects_key_set(&self) -> bool {
        matches!(self.as_str(), "AUTHENTICATION_FAILED" | "INVALID_AUTH_HEADER")
    }

    /// Whether the signature was accepted, and the project has no access.
    pub(crate) fn denies_access(&self) -> bool {
        matches!(self.as_str(), "AUTHORIZATION_FAILED" | "DECLINED")
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
