//! The one place that writes to the terminal: a reader who went away is no failure.

use std::{fmt::Display, io, io::Write as _};

/// A line for the person who runs this.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// A line about why it does not go on.
pub(crate) fn problem(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
