//! Reads the JSON that Mastercard's systems and intermediaries really send.
//!
//! A mistake in one value costs that value, never the document: a byte order mark is skipped; invalid UTF-8 and half
//! surrogates become U+FFFD; control characters inside strings are escaped; of a repeated key the last value counts; a
//! whole number is the same number as `5555550000000000000`, `5.55555E+18` or `5555550000000000000.0`.

mod fields;
mod repair;

use std::str::FromStr;

use serde_json::Value;

pub(crate) use self::{
    fields::{Fields, Unreadable},
    repair::with_valid_strings,
};

/// Parses a document.
///
/// Whole numbers are integers, without loss of precision. A number that is neither an integer of 64 bits nor a
/// fraction, such as `1e400`, becomes a string.
///
/// ```
/// use push_provisioning_client::json;
///
/// let body = b"\xef\xbb\xbf{\"range\": 5.55555E+18, \"name\": \"caf\xe9\", \"name\": \"caf\\ud83d\"}";
/// let value = json::parse(body)?;
/// assert_eq!(value["range"].as_u64(), Some(5_555_550_000_000_000_000));
/// assert_eq!(value["name"], "caf\u{fffd}");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// If it is not JSON in spite of all that.
pub fn parse(document: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_str(&repair::with_whole_numbers(&with_valid_strings(document)))
}

/// An id or number, from a string or a JSON number. Surrounding spaces, leading zeros and a fraction of zeros are ignored
/// unless they are part of the value.
///
/// ```
/// use push_provisioning_client::{card::ClientId, json, token_requestor::TokenRequestorId};
/// use serde_json::json;
///
/// for value in [json!(40000), json!("40000"), json!(" 00040000"), json!("4.0E4")] {
///     assert_eq!(json::from_scalar::<ClientId>(&value), Some(40000.into()));
/// }
/// assert_eq!(json::from_scalar::<TokenRequestorId>(&json!(50_123_197_928_u64)).unwrap().as_str(), "50123197928");
/// assert_eq!(json::from_scalar::<ClientId>(&json!("4000a")), None);
/// ```
pub fn from_scalar<T: FromStr>(value: &Value) -> Option<T> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let whole = repair::whole_number(&text);
    let digits = whole.as_deref().unwrap_or(&text);
    let forms = [&text, digits, digits.trim_start_matches('0')];
    forms.iter().find_map(|form| form.parse().ok())
}

#[cfg(test)]
mod tests;
