//! Consumer keys: `<client id, 48 characters>!<key id>`, optionally after `<environment>:`. The length is not
//! documented but is that of the portal's keys, so a different one is a warning. The key itself is never shown.

use runtime::config::{Environment, registry::Setting};

use super::{Api, reading::Reading};
use crate::report::{Row, Verdict};

const CLIENT_ID_LENGTH: usize = 48;
const REMEDY: &str = "copy the project's complete consumer key from Mastercard Developers, including the `!`";

pub(super) fn rows(reading: &mut Reading<'_>) -> Vec<Row> {
    let current = Api::ALL.into_iter().map(|api| row(reading, &api.consumer_key()));
    let mut rows: Vec<Row> = current.collect();
    // The optional key set that will replace the one in use.
    let next = Api::ALL.map(Api::next_consumer_key);
    rows.extend(
        next.iter().map(|setting| row(reading, setting)).filter(|row| row.verdict != Verdict::Skipped),
    );
    rows
}

fn row(reading: &mut Reading<'_>, setting: &Setting<String>) -> Row {
    let name = setting.name();
    if let Some(row) = reading.problem_row(setting, REMEDY) {
        return row;
    }
    let Some(key) = reading.raw(setting) else { return Row::skipped(name, "not set") };
    let labeled = key.split_once(':').filter(|(label, _)| label.parse::<Environment>().is_ok());
    let key = labeled.map_or(key, |(_, key)| key);
    let fits_header = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b',');
    if !key.bytes().all(fits_header) {
        return Row::wrong(
            name,
            "contains characters that consumer keys do not have: spaces, quotes, commas",
            REMEDY,
        );
    }
    match key.split_once('!') {
        Some((client, id)) if client.len() == CLIENT_ID_LENGTH && !id.is_empty() => {
            Row::ok(name, format!("{CLIENT_ID_LENGTH} characters, `!`, {} characters", id.len()))
        }
        Some((client, _)) => {
            let finding =
                format!("{} characters before the `!`, usually there are {CLIENT_ID_LENGTH}", client.len());
            Row::warning(name, finding, REMEDY)
        }
        None => Row::warning(name, "has no `!`", REMEDY),
    }
}
