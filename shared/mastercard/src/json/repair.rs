//! Turns almost-JSON into JSON, in two passes over the text: strings, then numbers.

use std::borrow::Cow;

/// The document as UTF-8, with strings that every parser reads. Anything outside of strings is unchanged.
pub(crate) fn with_valid_strings(document: &[u8]) -> Cow<'_, str> {
    let document = match String::from_utf8_lossy(document) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Cow::Owned(text) => Cow::Owned(text.trim_start_matches('\u{feff}').to_owned()),
    };
    let mut repaired = String::with_capacity(document.len());
    let mut rest = &*document;
    while let Some((outside, string)) = rest.split_once('"') {
        repaired.push_str(outside);
        repaired.push('"');
        rest = push_string(&mut repaired, string);
    }
    repaired.push_str(rest);
    if repaired == document { document } else { Cow::Owned(repaired) }
}

/// Copies a string up to and including its closing quote; returns what follows.
fn push_string<'a>(repaired: &mut String, mut rest: &'a str) -> &'a str {
    while let Some(at) = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ') {
        let (plain, special) = rest.split_at(at);
        repaired.push_str(plain);
        rest = special.get(1..).unwrap_or_default();
        match special.as_bytes().first() {
            Some(b'"') => {
                repaired.push('"');
                return rest;
            }
            Some(b'\\') => rest = push_escape(repaired, rest),
            Some(control) => repaired.push_str(&format!("\\u{control:04x}")),
            None => {}
        }
    }
    repaired.push_str(rest);
    ""
}

/// Copies what follows a backslash; returns the rest. A surrogate without its other half becomes U+FFFD, and a backslash
/// that escapes nothing stands for itself.
fn push_escape<'a>(repaired: &mut String, rest: &'a str) -> &'a str {
    if let Some(unit) = code_unit(rest) {
        let (escape, after) = rest.split_at(5);
        let low = after.strip_prefix('\\').and_then(code_unit).filter(|low| (0xdc00..0xe000).contains(low));
        return match unit {
            0xd800..0xdc00 if low.is_some() => {
                let (pair, after) = rest.split_at(11);
                repaired.push('\\');
                repaired.push_str(pair);
                after
            }
            0xd800..0xe000 => {
                repaired.push(char::REPLACEMENT_CHARACTER);
                after
            }
            _ => {
                repaired.push('\\');
                repaired.push_str(escape);
                after
            }
        };
    }
    match rest.as_bytes().first() {
        Some(byte @ (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => {
            repaired.push('\\');
            repaired.push(char::from(*byte));
            rest.get(1..).unwrap_or_default()
        }
        _ => {
            repaired.push_str("\\\\");
            rest
        }
    }
}

/// The code unit of `uXXXX`.
fn code_unit(text: &str) -> Option<u16> {
    let hex = text.strip_prefix('u')?.get(..4)?;
    let hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(hex)?;
    u16::from_str_radix(hex, 16).ok()
}

/// The document, which has valid strings, with every whole number as an integer, and with every number that is neither
/// an integer of 64 bits nor a fraction as a string.
pub(super) fn with_whole_numbers(document: &str) -> String {
    let mut repaired = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let (before, token) = rest.split_at(at);
        repaired.push_str(before);
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
        let end = match token.starts_with('"') {
            true => end_of_string(token),
            false => token.find(|c| !is_number(c)).unwrap_or(token.len()),
        };
        let (token, after) = token.split_at(end);
        match token.starts_with('"') {
            true => repaired.push_str(token),
            false => push_number(&mut repaired, token),
        }
        rest = after;
    }
    repaired.push_str(rest);
    repaired
}

/// The length of a string with its quotes.
fn end_of_string(token: &str) -> usize {
    let mut escaped = false;
    let closing = token.bytes().skip(1).position(|byte| {
        let closing = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closing
    });
    closing.map_or(token.len(), |closing| closing + 2)
}

fn push_number(repaired: &mut String, number: &str) {
    let whole = whole_number(number);
    let number = whole.as_deref().unwrap_or(number);
    let integer = number.parse::<u64>().is_ok() || number.parse::<i64>().is_ok();
    let exact = integer || number.contains(['.', 'e', 'E']);
    if exact && serde_json::from_str::<serde_json::Number>(number).is_ok() {
        repaired.push_str(number);
    } else {
        repaired.push_str(&format!("\"{number}\""));
    }
}

/// The digits of a number with a fraction or an exponent, if it is whole: `5.55555E+18`. `None` for any other text.
pub(super) fn whole_number(number: &str) -> Option<String> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{integer}{fraction}");
    if integer.is_empty() || integer == number || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // How many zeros to append, or to remove.
    let scale = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let places = usize::try_from(scale.unsigned_abs()).ok().filter(|places| *places <= 40)?;
    let digits = match scale {
        0.. => digits + &"0".repeat(places),
        _ => {
            let (whole, fraction) = digits.split_at_checked(digits.len().checked_sub(places)?)?;
            fraction.bytes().all(|byte| byte == b'0').then(|| whole.to_owned())?
        }
    };
    let digits = digits.trim_start_matches('0');
    Some(if digits.is_empty() { "0".into() } else { format!("{sign}{digits}") })
}
