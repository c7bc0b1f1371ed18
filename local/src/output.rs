//! Writes to the terminal. Errors, such as a closed pipe, are ignored.

use std::{fmt::Display, io, io::Write as _};

/// Prints a line to standard output.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints a line to standard error.
pub(crate) fn problem(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
