//! Times for people.

use std::fmt;

use jiff::Timestamp;
use simulator::Language;

use crate::language::Texts as _;

/// `5 January 2026, 10:30 UTC`
pub(super) struct UtcTime(pub(super) Timestamp, pub(super) Language);

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.1.day(self.0), self.0.strftime("%Y, %H:%M UTC"))
    }
}
