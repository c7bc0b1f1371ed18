//! Reading Mastercard's JSON tolerantly: unknown fields and values, nulls, strings where numbers were promised
//! and the other way round.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::IgnoredAny};

use crate::log_event;

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Whole(u64),
    Flag(bool),
    Other(IgnoredAny),
}

/// A text or whole number, as text; anything else, and the empty text, is absent.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Text(text) if !text.is_empty() => Some(text),
        Scalar::Whole(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A flag, or a text that says one; anything else is `None`.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Flag(flag) => Some(flag),
        Scalar::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Scalar::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    })
}

/// A text or whole number, parsed; `None` when it does not parse.
pub(super) fn parsed<'de, T: std::str::FromStr, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.parse().ok()))
}

/// A list in which an unreadable element counts as an empty one; what is no list is the empty list.
pub(super) fn each<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(
    d: D,
) -> Result<Vec<T>, D::Error> {
    let elements = match serde_json::Value::deserialize(d)? {
        serde_json::Value::Array(elements) => elements,
        _ => Vec::new(),
    };
    Ok(elements.into_iter().map(|element| serde_json::from_value(element).unwrap_or_default()).collect())
}

/// A list whose unreadable elements are skipped, with a warning; null is the empty list. `None` is left for a
/// field that is not there at all (`#[serde(default)]`).
pub(super) fn readable<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let elements = Option::<Vec<serde_json::Value>>::deserialize(d)?.unwrap_or_default();
    let all = elements.len();
    let readable: Vec<T> = elements.into_iter().filter_map(|it| serde_json::from_value(it).ok()).collect();
    if readable.len() < all {
        let (element, skipped) = (std::any::type_name::<T>(), all - readable.len());
        tracing::warn!(
            event = log_event::RESPONSE_ELEMENTS_SKIPPED,
            element,
            skipped,
            "unreadable elements of a response skipped"
        );
    }
    Ok(Some(readable))
}
