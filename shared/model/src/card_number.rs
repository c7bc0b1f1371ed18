//! Detects card numbers (PANs) in text and JSON. This server rejects every request that contains one.
//!
//! A card number has 12 to 19 digits, passes the Luhn check (ISO/IEC 7812-1), and begins as a card network has published
//! or as the bank's own account ranges do. `docs/security.md` has the measured rates of false refusals and misses.

mod digits;
mod networks;

use jiff::{Timestamp, civil::DateTime};
use mastercard::card::AccountRange;
use serde_json::Value;
use uuid::Uuid;

/// The digits that name an issuer (ISO/IEC 7812-1 before 2017; today's eight begin with the same six).
const ISSUER_DIGITS: usize = 6;
/// The most digits of an account range's start, without the zeros that pad it. A longer one has to be one of the bank's.
const START_DIGITS: usize = 11;

/// Fields that hold numbers other than card numbers: telephone numbers, ids, MDES's token numbers.
const NUMBER_FIELDS: [&str; 4] = ["countryDialInCode", "phoneNumber", "nextToken", "tokenNumber"];

/// Detects card numbers by the networks' published prefixes, and by the bank's account ranges.
#[derive(Clone, Debug, Default)]
pub struct CardNumberDetector {
    account_ranges: Vec<AccountRange>,
}

impl CardNumberDetector {
    /// A detector for a bank with these account ranges. A start does not say where its range ends: it is taken to extend
    /// to the last number with the same first six digits.
    pub fn new(account_ranges: Vec<AccountRange>) -> Self {
        Self { account_ranges }
    }

    /// Whether a value in a JSON document, or the name of a field, contains a card number.
    pub fn in_json(&self, document: &Value) -> bool {
        self.in_value("", document)
    }

    fn in_value(&self, name: &str, value: &Value) -> bool {
        match value {
            Value::Object(fields) => {
                fields.iter().any(|(name, value)| self.in_text(name) || self.in_value(name, value))
            }
            Value::Array(items) => items.iter().any(|item| self.in_value(name, item)),
            Value::String(text) => self.in_field(name, text),
            Value::Number(number) => self.in_field(name, &number.to_string()),
            Value::Bool(_) | Value::Null => false,
        }
    }

    /// Whether the text of a field or parameter contains a card number. Ids and telephone numbers often begin like one of
    /// some network, so they are compared with the bank's account ranges only.
    pub fn in_field(&self, name: &str, text: &str) -> bool {
        match name {
            "accountRange" => !self.is_range_start(text) && self.in_text(text),
            // `GET /cards` has the start of the range after the id.
            "cardContractId" => {
                self.any(text, |number| self.is_in_account_range(number) && !self.is_own_start(number))
            }
            _ if name.ends_with("Id") || name.ends_with("Reference") || NUMBER_FIELDS.contains(&name) => {
                self.any(text, |number| self.is_in_account_range(number))
            }
            _ => self.in_text(text),
        }
    }

    /// Whether free text contains a card number of any network.
    pub fn in_text(&self, text: &str) -> bool {
        self.any(text, |number| networks::is_issued(number) || self.is_in_account_range(number))
    }

    fn any(&self, text: &str, is_issued: impl Fn(&str) -> bool) -> bool {
        digits::any_number(text, |number| is_issued(number) && networks::passes_luhn(number))
            && !is_uuid_or_time(text)
    }

    /// Whether this is the start of an account range, padded with zeros or not, and not a card number.
    pub fn is_range_start(&self, text: &str) -> bool {
        is_short_start(text) || self.is_own_start(text)
    }

    /// Whether this is the start of one of the bank's account ranges, whatever its length.
    fn is_own_start(&self, text: &str) -> bool {
        let is_start = |range: &AccountRange| {
            let padding = range.as_str().strip_prefix(text);
            padding.is_some_and(|padding| padding.bytes().all(|digit| digit == b'0'))
        };
        !text.is_empty() && self.account_ranges.iter().any(is_start)
    }

    fn is_in_account_range(&self, number: &str) -> bool {
        let is_in = |range: &AccountRange| {
            let start = range.as_str();
            number.get(..ISSUER_DIGITS) == start.get(..ISSUER_DIGITS)
                && Some(number) >= start.get(..number.len())
        };
        !is_short_start(number) && self.account_ranges.iter().any(is_in)
    }
}

/// Whether this has no more digits than the start of an account range usually has, apart from the zeros that pad it.
fn is_short_start(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.trim_end_matches('0').len() <= START_DIGITS
}

/// Whether the whole text is a UUID or a date with time, which often have digits like those of a card number.
fn is_uuid_or_time(text: &str) -> bool {
    Uuid::try_parse(text).is_ok() || text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok()
}

#[cfg(test)]
mod tests;
