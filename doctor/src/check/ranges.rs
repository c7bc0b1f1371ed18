//! `ACCOUNT_RANGES`: starts of account ranges, 9 to 19 digits, that Mastercard pads with zeros to 19 and compares
//! whole. Entries are told by their place in the list, since a card number may have strayed into it.

use std::collections::BTreeSet;

use mastercard::{card::AccountRange, token_connect::RANGES_A_CALL};

use super::reading::{ACCOUNT_RANGES, Reading};
use crate::report::Row;

/// What an account range starts with is followed by zeros; a whole card number seldom ends in many.
const CARD_NUMBER: std::ops::RangeInclusive<usize> = 15..=18;

pub(super) fn row(reading: &mut Reading<'_>) -> Option<Row> {
    let raw = reading.raw(ACCOUNT_RANGES).unwrap_or_default();
    let entries: Vec<&str> = raw.split(',').map(str::trim).collect();
    if let Some(mut refused) = reading.refused(ACCOUNT_RANGES, "give 9 to 19 digits each, comma separated") {
        let bad = entries.iter().enumerate().filter(|(_, entry)| entry.parse::<AccountRange>().is_err());
        if !raw.is_empty() {
            refused = refused.and(bad.map(|(index, entry)| {
                let digits = entry.bytes().all(|b| b.is_ascii_digit());
                let why = if digits { "" } else { ", not all digits" };
                format!("entry {}: length {}{why}", index + 1, entry.chars().count())
            }));
        }
        return Some(refused);
    }
    let ranges: Vec<AccountRange> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
    let distinct: BTreeSet<&AccountRange> = ranges.iter().collect();
    let padded = entries.iter().filter(|entry| entry.len() < 19).count();
    let calls = ranges.len().div_ceil(RANGES_A_CALL);
    let told = format!(
        "{} in {calls} call{}, {padded} padded with zeros to 19 digits",
        ranges.len(),
        if calls == 1 { "" } else { "s" }
    );
    let strayed =
        entries.iter().position(|entry| CARD_NUMBER.contains(&entry.len()) && !entry.ends_with('0'));
    Some(if let Some(index) = strayed {
        let told = format!("entry {} looks like a card number", index + 1);
        Row::warning(
            ACCOUNT_RANGES,
            told,
            "give the start of the range: no card number may enter this server",
        )
    } else if distinct.len() < ranges.len() {
        let twice = ranges.len() - distinct.len();
        Row::warning(ACCOUNT_RANGES, told, "remove the repeated entries").and([format!("{twice} repeated")])
    } else {
        Row::ok(ACCOUNT_RANGES, told)
    })
}
