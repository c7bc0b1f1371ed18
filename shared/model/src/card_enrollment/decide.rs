//! Makes the next state from the current one and a command.

use jiff::Timestamp;

use super::{Change, Command, Items, Refusal};

/// Decides on a command: a pure function of the items, the command and the time.
///
/// # Errors
/// The reason for which the command changes nothing.
pub fn decide(items: &Items, command: Command<'_>, now: Timestamp) -> Result<Change, Refusal> {
    match command {
        Command::Begin(new) => super::begin::begin(items.card.as_ref(), new, now),
        Command::Restart(restart) => super::begin::restart(items, restart, now),
        Command::Record { enrollment_id, facts, redirect } => {
            super::record::record(items, enrollment_id, facts, redirect, now)
        }
        Command::Notify(arrivals) => Ok(super::notify::notify(items, arrivals, now)),
    }
}
