//! Consumer keys: `<client id, 48 characters>!<key id>`, perhaps with an environment's name and a colon before. The length is what the portal has been seen to give, so it
//! is a hint only; the key itself is never shown.

use runtime::config::Environment;

use super::{Api, reading::Reading};
use crate::report::{Row, Verdict};

const CLIENT_ID: usize = 48;
const TO_DO: &str =
    "copy the consumer key of the project from Mastercard Developers, all of it, with the `!`";

pub(super) fn rows(reading: &mut Reading<'_>) -> Vec<Row> {
    let own = Api::ALL.into_iter().map(|api| row(reading, &api.setting("CONSUMER_KEY")));
    let mut rows: Vec<Row> = own.collect();
    // The key set that will replace the one in use; there may be none.
    let next = Api::ALL.map(|api| api.setting("NEXT_CONSUMER_KEY"));
    rows.extend(next.iter().map(|name| row(reading, name)).filter(|row| row.verdict != Verdict::Skipped));
    rows
}

fn row(reading: &mut Reading<'_>, name: &str) -> Row {
    if let Some(refused) = reading.refused(name, TO_DO) {
        return refused;
    }
    let Some(key) = reading.raw(name) else { return Row::skipped(name, "not set") };
    let labeled = key.split_once(':').filter(|(label, _)| label.parse::<Environment>().is_ok());
    let key = labeled.map_or(key, |(_, key)| key);
    let fits_header = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b',');
    if !key.bytes().all(fits_header) {
        return Row::wrong(name, "has characters that no consumer key has: spaces, quotes, commas", TO_DO);
    }
    match key.split_once('!') {
        Some((client, id)) if client.len() == CLIENT_ID && !id.is_empty() => {
            Row::ok(name, format!("{CLIENT_ID} characters, `!`, {} characters", id.len()))
        }
        Some((client, _)) => {
            let told = format!("{} characters before the `!`, usually there are {CLIENT_ID}", client.len());
            Row::warning(name, told, TO_DO)
        }
        None => Row::warning(name, "has no `!`", TO_DO),
    }
}
