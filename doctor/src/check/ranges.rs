//! `ACCOUNT_RANGES`: prefixes of 9 to 19 digits, which Mastercard pads with zeros to 19. Entries are shown by their
//! position in the list, since the list may contain a card number by mistake.

use mastercard::{card::AccountRange, token_connect::MAX_RANGES_PER_CALL};
use runtime::config::registry::ACCOUNT_RANGES;

use super::reading::Reading;
use crate::report::Row;

/// Lengths of a card number; an entry of such a length that does not end in 0 is probably one.
const CARD_NUMBER_LENGTHS: std::ops::RangeInclusive<usize> = 15..=18;

pub(super) fn row(reading: &mut Reading<'_>) -> Option<Row> {
    let raw = reading.raw(&ACCOUNT_RANGES).unwrap_or_default();
    let entries: Vec<&str> = raw.split(',').map(str::trim).collect();
    if let Some(mut row) =
        reading.problem_row(&ACCOUNT_RANGES, "set it to entries of 9 to 19 digits, separated by commas")
    {
        let bad = entries.iter().enumerate().filter(|(_, entry)| entry.parse::<AccountRange>().is_err());
        if !raw.is_empty() {
            row = row.with_findings(bad.map(|(index, entry)| {
                let digits = entry.bytes().all(|b| b.is_ascii_digit());
                let suffix = if digits { "" } else { ", not all digits" };
                format!("entry {}: length {}{suffix}", index + 1, entry.chars().count())
            }));
        }
        return Some(row);
    }
    let ranges: Vec<AccountRange> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
    let padded = entries.iter().filter(|entry| entry.len() < 19).count();
    let calls = ranges.len().div_ceil(MAX_RANGES_PER_CALL);
    let summary = format!(
        "{} in {calls} call{}, {padded} padded with zeros to 19 digits",
        ranges.len(),
        if calls == 1 { "" } else { "s" }
    );
    let card_number =
        entries.iter().position(|entry| CARD_NUMBER_LENGTHS.contains(&entry.len()) && !entry.ends_with('0'));
    Some(if let Some(index) = card_number {
        let finding = format!("entry {} looks like a card number", index + 1);
        Row::warning(
            ACCOUNT_RANGES.name(),
            finding,
            "set the start of the range: no card number may enter this server",
        )
    } else {
        Row::ok(ACCOUNT_RANGES.name(), summary)
    })
}
