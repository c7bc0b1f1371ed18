//! What is wrong with one part of a request.

use std::fmt;

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde::Serialize;

use super::event::PATH;

/// What is encoded in a fragment (RFC 3986 section 3.5).
const FRAGMENT: &AsciiSet = &PATH.remove(b'?').add(b'[').add(b']');

/// A fault of one part of a request, as an element of `errors` in a problem document (RFC 9457 section 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    #[serde(flatten)]
    place: Place,
    /// What is wrong with the value, without the value.
    detail: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Place {
    /// A JSON pointer as a URI fragment (RFC 6901 section 6); `#` is the whole body.
    Pointer(String),
    /// The name of a query parameter.
    Parameter(String),
    /// The name of a header.
    Header(String),
}

impl Fault {
    /// Of the body's value at a JSON pointer, such as `/consent/acceptedAt`; an empty pointer is the whole body.
    pub fn in_body(pointer: impl fmt::Display, detail: impl fmt::Display) -> Self {
        let pointer = pointer.to_string();
        let pointer = format!("#{}", utf8_percent_encode(&pointer, FRAGMENT));
        Self { place: Place::Pointer(pointer), detail: detail.to_string() }
    }

    /// Of a query parameter.
    pub(super) fn in_parameter(name: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self { place: Place::Parameter(name.into()), detail: detail.to_string() }
    }

    /// Of a header.
    pub(super) fn in_header(name: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self { place: Place::Header(name.into()), detail: detail.to_string() }
    }

    /// Whether `other` is about the same value of the body or a part of it.
    pub(super) fn contains(&self, other: &Self) -> bool {
        let (Place::Pointer(whole), Place::Pointer(part)) = (&self.place, &other.place) else { return false };
        part.strip_prefix(whole.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
