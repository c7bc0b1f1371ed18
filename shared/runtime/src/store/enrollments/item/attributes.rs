//! Reads attributes of an item.

use std::str::FromStr;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use jiff::Timestamp;
use model::card_enrollment::ShortHash;
use serde::{Serialize, de::DeserializeOwned};

use super::super::super::table::{Item, n, s};

/// An attribute is missing or not in the expected form. The value is not part of the error.
#[derive(Debug, thiserror::Error)]
#[error("attribute `{0}` is missing or invalid")]
pub(in super::super) struct InvalidItem(pub(in super::super) &'static str);

/// The attributes of an item.
#[derive(Clone, Copy)]
pub(in super::super) struct Attributes<'a>(pub(in super::super) &'a Item);

impl<'a> Attributes<'a> {
    pub(in super::super) fn get(self, name: &'static str) -> Option<&'a AttributeValue> {
        self.0.get(name)
    }

    pub(in super::super) fn text(self, name: &'static str) -> Result<&'a str, InvalidItem> {
        self.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or(InvalidItem(name))
    }

    pub(in super::super) fn parse<T: FromStr>(self, name: &'static str) -> Result<T, InvalidItem> {
        self.text(name)?.parse().map_err(|_| InvalidItem(name))
    }

    pub(in super::super) fn number<T: FromStr>(self, name: &'static str) -> Result<Option<T>, InvalidItem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_n().ok().and_then(|number| number.parse().ok());
        number.map(Some).ok_or(InvalidItem(name))
    }

    /// A time; `None` if it is absent.
    pub(in super::super) fn time(self, name: &'static str) -> Result<Option<Timestamp>, InvalidItem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        time_of(value).map(Some).ok_or(InvalidItem(name))
    }

    /// A list; empty if it is absent.
    pub(in super::super) fn list(self, name: &'static str) -> Result<&'a [AttributeValue], InvalidItem> {
        let Some(value) = self.get(name) else { return Ok(&[]) };
        value.as_l().map(Vec::as_slice).map_err(|_| InvalidItem(name))
    }
}

/// The elements of a list, taken in order.
pub(in super::super) struct Elements<'a>(pub(in super::super) std::slice::Iter<'a, AttributeValue>);

impl<'a> Elements<'a> {
    pub(in super::super) fn of(value: &'a AttributeValue) -> Option<Self> {
        value.as_l().ok().map(|list| Self(list.iter()))
    }

    pub(in super::super) fn next(&mut self) -> Option<&'a AttributeValue> {
        self.0.next()
    }

    /// The next element if it is a list; otherwise it is not taken.
    pub(in super::super) fn next_list(&mut self) -> Option<&'a AttributeValue> {
        let is_list = self.0.as_slice().first().is_some_and(AttributeValue::is_l);
        if is_list { self.next() } else { None }
    }

    /// A text, or a value that is serialized as one.
    pub(in super::super) fn value<T: DeserializeOwned>(&mut self) -> Option<T> {
        serde_dynamo::from_attribute_value(self.next()?.clone()).ok()
    }

    pub(in super::super) fn number<T: FromStr>(&mut self) -> Option<T> {
        self.next()?.as_n().ok()?.parse().ok()
    }

    pub(in super::super) fn time(&mut self) -> Option<Timestamp> {
        time_of(self.next()?)
    }

    /// A time, or null.
    pub(in super::super) fn optional_time(&mut self) -> Option<Option<Timestamp>> {
        match self.next()? {
            AttributeValue::Null(_) => Some(None),
            stored => time_of(stored).map(Some),
        }
    }

    pub(in super::super) fn bytes(&mut self) -> Option<&'a [u8]> {
        self.next()?.as_b().ok().map(Blob::as_ref)
    }

    pub(in super::super) fn hash(&mut self) -> Option<ShortHash> {
        ShortHash::from_bytes(self.bytes()?)
    }
}

/// Milliseconds since 1970. A time with a fraction of a millisecond, as other people's clocks send it, is a text: nothing of
/// it is lost.
pub(in super::super) fn time(at: Timestamp) -> AttributeValue {
    match at.subsec_nanosecond() % 1_000_000 {
        0 => n(at.as_millisecond()),
        _ => s(&at.to_string()),
    }
}

/// Reads a time.
pub(in super::super) fn time_of(stored: &AttributeValue) -> Option<Timestamp> {
    match stored {
        AttributeValue::N(number) => Timestamp::from_millisecond(number.parse().ok()?).ok(),
        AttributeValue::S(text) => text.parse().ok(),
        _ => None,
    }
}

pub(in super::super) fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub(in super::super) fn list(elements: impl IntoIterator<Item = AttributeValue>) -> AttributeValue {
    AttributeValue::L(elements.into_iter().collect())
}

/// A value as serde serializes it.
pub(in super::super) fn value(value: &impl Serialize) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).unwrap_or(AttributeValue::Null(true))
}
