//! Reads the fields of an object, and remembers those that are present and cannot be read.

use std::{cell::RefCell, collections::BTreeMap, fmt, str::FromStr};

use serde_json::{Map, Value};

use crate::name;

/// The fields of one object. Null is the same as absent.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    unreadable: &'a Unreadable,
}

/// How often each field of a response was present and could not be read, by the field's name.
#[derive(Debug, Default)]
pub(crate) struct Unreadable(RefCell<BTreeMap<&'static str, usize>>);

impl<'a> Fields<'a> {
    /// `None` unless the value is an object.
    pub(crate) fn of(value: &'a Value, unreadable: &'a Unreadable) -> Option<Self> {
        value.as_object().map(|object| Self { object, unreadable })
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Notes a field that could not be read, or that is required and absent.
    pub(crate) fn note(&self, name: &'static str) {
        self.unreadable.note(name);
    }

    /// The fields of an object inside of this one; `None` unless the value is an object.
    pub(crate) fn nested(&self, value: &'a Value) -> Option<Self> {
        Self::of(value, self.unreadable)
    }

    /// Reads a part of the response; the second value is whether fields of it could not be read.
    pub(crate) fn noting<T>(&self, read: impl FnOnce() -> T) -> (T, bool) {
        let before = self.unreadable.count();
        let part = read();
        (part, self.unreadable.count() > before)
    }

    /// The value as `read` reads it; noted if it is present and `read` returns `None`.
    pub(crate) fn value<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.get(name)?);
        if value.is_none() {
            self.note(name);
        }
        value
    }

    /// A string or number; `None` for an empty string.
    pub(crate) fn text(&self, name: &'static str) -> Option<String> {
        self.value(name, text).filter(|text| !text.is_empty())
    }

    /// A text for people, see [`name::normalized`]; `None` if nothing visible is left.
    pub(crate) fn name(&self, name: &'static str) -> Option<String> {
        self.text(name).and_then(|text| name::normalized(&text))
    }

    /// A boolean, or the string `true` or `false` in any case.
    pub(crate) fn flag(&self, name: &'static str) -> Option<bool> {
        self.value(name, |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
            _ => None,
        })
    }

    /// An id or number, see [`from_scalar`](super::from_scalar); `None` for an empty string.
    pub(crate) fn parsed<T: FromStr>(&self, name: &'static str) -> Option<T> {
        let empty = |value: &&Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        self.get(name).filter(|value| !empty(value))?;
        self.value(name, super::from_scalar)
    }

    /// The elements of a list; `None` if it is absent or not a list.
    pub(crate) fn list(&self, name: &'static str) -> Option<&'a [Value]> {
        self.value(name, Value::as_array).map(Vec::as_slice)
    }

    /// The same; null is an empty list.
    pub(crate) fn list_or_null(&self, name: &'static str) -> Option<&'a [Value]> {
        match self.object.get(name)? {
            Value::Null => Some(&[]),
            _ => self.list(name),
        }
    }

    /// The elements of a list that `read` can read; the others are noted, except null.
    pub(crate) fn elements<T>(
        &self,
        name: &'static str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Option<Vec<T>> {
        let noted = |element| {
            let read = read(element);
            if read.is_none() {
                self.note(name);
            }
            read
        };
        Some(self.list(name)?.iter().filter(|element| !element.is_null()).filter_map(noted).collect())
    }
}

/// A string or number as text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl Unreadable {
    fn note(&self, name: &'static str) {
        *self.0.borrow_mut().entry(name).or_default() += 1;
    }

    /// The number of fields noted so far.
    pub(crate) fn count(&self) -> usize {
        self.0.borrow().values().sum()
    }

    /// Logs the names, if there are any; never a value.
    pub(crate) fn log(&self, operation: &'static str) {
        let count = self.count();
        if count > 0 {
            tracing::warn!(
                event = "response_fields_unreadable", operation, fields = %self, count,
                "fields of a response could not be read"
            );
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.0.borrow();
        let mut fields = fields.iter().map(|(name, count)| format!("{name} {count}"));
        f.write_str(&fields.next().unwrap_or_default())?;
        fields.try_for_each(|field| write!(f, ", {field}"))
    }
}
