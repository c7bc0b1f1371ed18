//! Times as people read them.

use std::fmt;

use jiff::Timestamp;

/// `5 January 2026, 10:30 UTC`
pub(super) struct When(pub(super) Timestamp);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%-d %B %Y, %H:%M UTC").fmt(f)
    }
}
