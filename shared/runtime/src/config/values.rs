//! Types of values that several settings have.

use std::{fmt, str::FromStr};

/// A list of at least one entry, comma separated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

/// `name=value` pairs, comma separated; a name may repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs(pub Vec<(String, String)>);

/// A whole number within limits, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InRange<const MIN: u16, const MAX: u16>(u16);

/// A scope (RFC 6749 section 3.3), an `acr` or an `amr`: visible ASCII without quotation mark and backslash, so that it needs
/// no escaping in a header. A comma separates the entries of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimValue(String);

/// `on` or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// `on`
    On,
    /// `off`
    Off,
}

impl<T: FromStr> FromStr for List<T> {
    type Err = T::Err;

    fn from_str(raw: &str) -> Result<Self, T::Err> {
        raw.split(',').map(|entry| entry.trim().parse()).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Pairs {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        let pair = |entry: &str| entry.trim().split_once('=').map(|(key, value)| (key.into(), value.into()));
        let pairs: Option<_> = raw.split(',').map(pair).collect();
        pairs.map(Self).ok_or(InvalidValue("must be name=value pairs, separated by commas"))
    }
}

impl<const MIN: u16, const MAX: u16> InRange<MIN, MAX> {
    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl<const MIN: u16, const MAX: u16> FromStr for InRange<MIN, MAX> {
    type Err = OutOfRange;

    fn from_str(raw: &str) -> Result<Self, OutOfRange> {
        let number = raw.parse().ok().filter(|number| (MIN..=MAX).contains(number));
        number.map(Self).ok_or(OutOfRange { min: MIN, max: MAX })
    }
}

impl ClaimValue {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClaimValue {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',');
        if !raw.is_empty() && raw.bytes().all(is_plain) {
            return Ok(Self(raw.to_owned()));
        }
        Err(InvalidValue("must be names without spaces and quotation marks, separated by commas"))
    }
}

impl FromStr for Switch {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        match raw {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err(InvalidValue("must be on or off")),
        }
    }
}

/// The value of a setting is not in the expected form. The message describes the form and does not repeat the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidValue(pub(crate) &'static str);

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidValue {}

/// The value is not a whole number within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be {min} to {max}")]
pub struct OutOfRange {
    min: u16,
    max: u16,
}
