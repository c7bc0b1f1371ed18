//! Detects secrets in logs, problem documents and stored items by their form. It is independent of the server's own
//! redaction, so that a mistake is not in both.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

/// A secret that was found, without its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leak {
    /// What kind of secret it is.
    pub(crate) kind: &'static str,
    /// Path of the field that has it; empty for plain text.
    pub(crate) field: String,
}

/// Kinds of secrets, each with a form that no harmless value has.
static KINDS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let kind = |name, pattern| (name, Regex::new(pattern).expect("a pattern"));
    vec![
        kind("a push account receipt", r"\b(MCC|DMC|MSI|PVL)-[A-Za-z0-9]"),
        kind("a JWS or JWE", r"eyJ[\w-]{10,}\.[\w-]*\.[\w-]"),
        kind("a PEM block", "-----BEGIN"),
        kind("a key or certificate in base64", r"\bMII[A-Za-z0-9+/]{57}"),
        kind("a long hexadecimal text", r"\b[0-9a-fA-F]{128}"),
        kind("an Authorization header", r"(?i)\bOAuth oauth_|\bBearer ey"),
        kind("a callback state", r"/callback/[\w-]{20}"),
    ]
});
static UUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b").expect("a pattern")
});
/// A number without spaces, or in the groups that are printed on a card.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{12,19}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|\d{4}[ -]\d{6}[ -]\d{5})\b")
        .expect("a pattern")
});

/// Finds a secret in a JSON document, in its names too, or in plain text.
pub(crate) fn leak(text: &str) -> Option<Leak> {
    match serde_json::from_str::<Value>(text) {
        Ok(document) => leak_in(&document, ""),
        Err(_) => kind(text).map(|kind| Leak { kind, field: String::new() }),
    }
}

fn leak_in(value: &Value, field: &str) -> Option<Leak> {
    let found = |text: &str| kind(text).map(|kind| Leak { kind, field: field.to_owned() });
    match value {
        Value::String(text) => found(text),
        Value::Number(number) if !number.is_f64() => found(&number.to_string()),
        Value::Array(items) => items.iter().find_map(|item| leak_in(item, field)),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| found(name).or_else(|| leak_in(value, &format!("{field}/{name}")))),
        Value::Number(_) | Value::Bool(_) | Value::Null => None,
    }
}

/// The kind of secret in a text, percent-encoded ones too.
fn kind(text: &str) -> Option<&'static str> {
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    let decoded: String = pairs.map(|(name, value)| format!("{name} {value} ")).collect();
    [text, &decoded].into_iter().find_map(|text| {
        let named = KINDS.iter().find(|(_, pattern)| pattern.is_match(text)).map(|(kind, _)| *kind);
        named
            .or_else(|| NUMBER.find_iter(&UUID.replace_all(text, "an-id")).find_map(|it| number(it.as_str())))
    })
}

fn number(text: &str) -> Option<&'static str> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let significant = text.trim_end_matches('0').len();
    match digits.len() {
        // The start of an account range, padded with zeros.
        19 if significant <= 11 => None,
        13 | 16 | 19 if is_timestamp(text) => None,
        _ if luhn(&digits) => Some("a card number"),
        16 => Some("a token number"),
        _ => None,
    }
}

/// Milliseconds, microseconds or nanoseconds since 1970, between 2020 and 2034. No card number begins so.
fn is_timestamp(text: &str) -> bool {
    text.get(..4).is_some_and(|start| ("1577".."2051").contains(&start))
}

fn luhn(digits: &[u32]) -> bool {
    let odd = digits.iter().rev().step_by(2).sum::<u32>();
    let even =
        digits.iter().rev().skip(1).step_by(2).map(|digit| digit * 2 / 10 + digit * 2 % 10).sum::<u32>();
    (odd + even).is_multiple_of(10)
}
