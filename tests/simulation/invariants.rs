//! The nine invariants of the server, each a function that judges what a run left behind.

mod pushes;
mod truth;
mod walls;

use super::evidence::Evidence;

type Check = fn(&Evidence) -> Result<(), String>;

/// In their order.
const ALL: [(&str, Check); 9] = [
    ("each attempt is pushed at most once, and no card by two enrollments at a time", pushes::at_most_once),
    ("ENABLED has a witness at Mastercard", truth::enabled_has_a_witness),
    ("the same facts in any order end in the same status", truth::order_and_repetition_change_nothing),
    ("nobody reads or moves what belongs to others", walls::nobody_reads_or_moves_what_belongs_to_others),
    ("a notification is stored before it is acknowledged, and counts once", truth::notifications_count_once),
    ("nothing but the redirect holds a secret", walls::nothing_but_the_redirect_holds_a_secret),
    ("a failing refresh takes nothing away", walls::a_failing_refresh_takes_nothing_away),
    ("whatever crashed is repaired in the end", pushes::whatever_crashed_is_repaired),
    ("cardholders are led only where they may be", walls::cardholders_are_led_only_where_they_may_be),
];

/// Judges a run; the first invariant that does not hold, in a sentence.
pub(super) fn judge(evidence: &Evidence) -> Result<(), String> {
    for (number, (sentence, check)) in (1..).zip(ALL) {
        check(evidence).map_err(|why| format!("invariant {number} is broken: {sentence}. {why}"))?;
    }
    Ok(())
}

/// Says what is wrong unless it holds.
macro_rules! ensure {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err(format!($($why)+));
        }
    };
}
use ensure;
