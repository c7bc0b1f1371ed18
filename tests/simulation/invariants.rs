//! The twelve invariants of the server, each a function that checks the history of a run.

mod facts;
mod isolation;
mod notifications;
mod pushes;
mod repair;
mod secrets;
mod tokens;

use super::history::History;

type Check = fn(&History) -> Result<(), String>;

/// In the order of their numbers.
const ALL: [(&str, Check); 12] = [
    ("an attempt is pushed at most once, and no card by two enrollments at a time", pushes::at_most_once),
    (
        "ENABLED needs a token at Mastercard, and a cardholder who accepted it or a list after the receipts' end",
        facts::enabled_needs_a_token,
    ),
    ("the same facts in any order give the same status", facts::order_and_repetition_change_nothing),
    ("no client reads or changes what belongs to others", isolation::no_client_accesses_others_data),
    ("a notification is stored before it is acknowledged, and applied once", notifications::count_once),
    ("only a response with a redirect reveals a secret", secrets::only_a_redirect_reveals_one),
    ("a failed refresh removes nothing", isolation::a_failed_refresh_removes_nothing),
    ("every crash is repaired in the end", repair::every_crash_is_repaired),
    ("no receipt or signature is readable at rest", secrets::none_is_readable_at_rest),
    ("cardholders are redirected to known URLs only", isolation::redirects_lead_to_known_urls),
    ("one change is of one token, of the caller's own card", tokens::changes_are_of_ones_own_token),
    ("a removed token never ends ENABLED, and a change that was made is shown", tokens::changes_are_shown),
];

/// Checks all. The error describes the first invariant that is broken.
pub(super) fn check_all(history: &History) -> Result<(), String> {
    for (number, (invariant, check)) in (1..).zip(ALL) {
        check(history).map_err(|reason| format!("invariant {number} is broken: {invariant}. {reason}"))?;
    }
    Ok(())
}

/// Returns an error unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}
use ensure;
