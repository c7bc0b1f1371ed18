//! The nine invariants of the server, each a function that checks the history of a run.

mod facts;
mod isolation;
mod pushes;
mod repair;

use super::history::History;

type Check = fn(&History) -> Result<(), String>;

/// In the order of their numbers.
const ALL: [(&str, Check); 9] = [
    ("an attempt is pushed at most once, and no card by two enrollments at a time", pushes::at_most_once),
    (
        "ENABLED needs a token at Mastercard, and a cardholder who accepted it or a list after the receipts' end",
        facts::enabled_needs_a_token,
    ),
    ("the same facts in any order give the same status", facts::order_and_repetition_change_nothing),
    ("no client reads or changes what belongs to others", isolation::no_client_accesses_others_data),
    ("a notification is stored before it is acknowledged, and applied once", facts::notifications_apply_once),
    ("only the redirect item holds a secret", isolation::only_the_redirect_item_holds_a_secret),
    ("a failed refresh removes nothing", isolation::a_failed_refresh_removes_nothing),
    ("every crash is repaired in the end", repair::every_crash_is_repaired),
    ("cardholders are redirected to known URLs only", isolation::redirects_lead_to_known_urls),
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
