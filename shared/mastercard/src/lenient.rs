//! Lenient deserialization of Mastercard's JSON: unknown fields and values, nulls, texts in place of numbers and
//! numbers in place of texts.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::IgnoredAny};

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    String(String),
    Integer(u64),
    Bool(bool),
    Other(IgnoredAny),
}

/// A string, or an integer as its decimal digits; `None` for an empty string and any other value.
pub(super) fn string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::String(text) if !text.is_empty() => Some(text),
        Scalar::Integer(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A boolean, or the string `true` or `false` in any case; `None` for any other value.
pub(super) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Bool(flag) => Some(flag),
        Scalar::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Scalar::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    })
}

/// A string or integer, parsed with `FromStr`; `None` if it does not parse.
pub(super) fn from_str<'de, T: std::str::FromStr, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(string(deserializer)?.and_then(|text| text.parse().ok()))
}

/// A list in which an invalid element becomes the default; a value that is not a list becomes an empty list.
pub(super) fn list_or_default<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let elements = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Array(elements) => elements,
        _ => Vec::new(),
    };
    Ok(elements.into_iter().map(|element| serde_json::from_value(element).unwrap_or_default()).collect())
}

/// A list without its invalid elements, which are logged; null is an empty list. `None` only with
/// `#[serde(default)]`, for an absent field.
pub(super) fn valid_elements<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let elements = Option::<Vec<serde_json::Value>>::deserialize(deserializer)?.unwrap_or_default();
    let all = elements.len();
    let valid: Vec<T> = elements.into_iter().filter_map(|it| serde_json::from_value(it).ok()).collect();
    if valid.len() < all {
        let (element, skipped) = (std::any::type_name::<T>(), all - valid.len());
        tracing::warn!(
            event = "response_elements_skipped",
            element,
            skipped,
            "unreadable elements of a response skipped"
        );
    }
    Ok(Some(valid))
}
