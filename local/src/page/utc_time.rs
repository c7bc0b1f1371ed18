//! Times for people.

use std::fmt;

use jiff::Timestamp;

/// `5 January 2026, 10:30 UTC`
pub(super) struct UtcTime(pub(super) Timestamp);

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%-d %B %Y, %H:%M UTC").fmt(f)
    }
}
