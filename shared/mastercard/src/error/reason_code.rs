//! Mastercard's words for a refusal, and what is known of them.

use std::fmt;

use super::diagnosis::{self, Diagnosis};

/// Mastercard's word for a refusal, for example `ACCOUNT_INELIGIBLE`. The full list is not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCode(String);

impl ReasonCode {
    /// Letters, digits and `_ - .`, at most 100, or it is no code and might be anything: then `UNREADABLE`.
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

    /// What it means and what to do; `None` for a code that this server does not know.
    pub fn diagnosis(&self) -> Option<Diagnosis> {
        diagnosis::of_code(self.as_str())
    }

    /// Those that no repetition heals: configuration, credentials, data, or a mistake of ours. All known ones are.
    pub(super) fn is_final(&self) -> bool {
        self.diagnosis().is_some()
    }

    /// The gateway's words for a request whose sender it does not believe.
    pub(super) fn is_of_credentials(&self) -> bool {
        matches!(self.as_str(), "AUTHENTICATION_FAILED" | "INVALID_BODY_HASH" | "INVALID_OAUTH_SBS")
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
