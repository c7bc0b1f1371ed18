//! Names of environment variables that resemble the name of a setting.

/// Names up to this length may differ in one letter only, longer ones in two.
const SHORT_NAME: usize = 8;

/// Prefixes of variables that belong to AWS and its Lambda runtime.
const RESERVED: [&str; 3] = ["AWS_", "LAMBDA_", "_"];

/// Whether `variable` is probably a misspelling of `setting`: the same but for case and hyphens, or one or two letters
/// added, left out, replaced or swapped.
pub(super) fn resembles(variable: &str, setting: &str) -> bool {
    let edits = if setting.len() <= SHORT_NAME { 1 } else { 2 };
    variable != setting
        && variable.len().abs_diff(setting.len()) <= edits
        && !RESERVED.iter().any(|prefix| variable.starts_with(prefix))
        // An edit changes at most two letters of the set. Most names differ in more, which is found out sooner.
        && different_letters(variable, setting) <= 2 * edits
        && is_within(variable.as_bytes(), setting.as_bytes(), edits)
}

/// Whether at most so many edits turn one name into the other (optimal string alignment distance).
fn is_within(one: &[u8], other: &[u8], edits: usize) -> bool {
    let (Some((first, one_rest)), Some((second, other_rest))) = (one.split_first(), other.split_first())
    else {
        return one.len().max(other.len()) <= edits;
    };
    if folded(*first) == folded(*second) {
        return is_within(one_rest, other_rest, edits);
    }
    let Some(left) = edits.checked_sub(1) else { return false };
    is_within(one_rest, other, left)
        || is_within(one, other_rest, left)
        || is_within(one_rest, other_rest, left)
        || is_within_once_swapped(one, other, left)
}

fn is_within_once_swapped(one: &[u8], other: &[u8], left: usize) -> bool {
    match (one, other) {
        ([a, b, one_rest @ ..], [c, d, other_rest @ ..]) => {
            folded(*a) == folded(*d) && folded(*b) == folded(*c) && is_within(one_rest, other_rest, left)
        }
        _ => false,
    }
}

/// How many letters only one of the names has.
fn different_letters(one: &str, other: &str) -> usize {
    usize::try_from((letters(one) ^ letters(other)).count_ones()).unwrap_or(usize::MAX)
}

/// The set of the name's letters, a bit for each, without regard to case. Digits and `_` share bits with letters.
fn letters(name: &str) -> u32 {
    name.bytes().fold(0, |set, letter| set | 1 << (folded(letter) & 31))
}

fn folded(letter: u8) -> u8 {
    if letter == b'-' { b'_' } else { letter.to_ascii_uppercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_variable_resembles_the_setting() {
        for variable in [
            "ENROLMENTS_TABLE",
            "enrollments-table",
            "ENROLLMENTS_TABEL",
            "ENROLLMENTS_TABLES",
            "ENROLLMENT_TABL",
        ] {
            assert!(resembles(variable, "ENROLLMENTS_TABLE"), "{variable}");
        }
        assert!(resembles("LOGLEVEL", "LOG_LEVEL") && resembles("TENATN", "TENANT"));
    }

    #[test]
    fn ordinary_variables_resemble_no_setting() {
        for variable in
            ["TERM", "PATH", "LANG", "TZ", "HOME", "SHLVL", "PARENT", "RUST_LOG", "_HANDLER", "PORT"]
        {
            for definition in crate::config::registry::definitions() {
                assert!(!resembles(variable, definition.name), "{variable} and {}", definition.name);
            }
        }
        assert!(!resembles("AWS_LOG_LEVEL", "LOG_LEVEL") && !resembles("LOG_LEVEL", "LOG_LEVEL"));
    }
}
