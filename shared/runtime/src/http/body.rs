//! Reads the JSON body of a request, and finds all of its faults.
//!
//! Serde stops at the first fault. So that an app gets all of them at once, a body with a fault is repaired with the value that a valid
//! example has there, and read again, until it can be read. What was repaired is in the response, and nothing else uses it.

use lambda_http::Request;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::{Code, Fault, Problem};

/// The most faults that are looked for: a body of 16 kB may have thousands of unknown fields.
const MOST_FAULTS: usize = 20;

/// A body that could be read, perhaps only after its faults were repaired.
#[derive(Debug)]
pub struct CheckedBody<T> {
    /// The body; what was repaired has the value of the example.
    pub content: T,
    faults: Vec<Fault>,
}

impl<T> CheckedBody<T> {
    /// The same body in another type.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> CheckedBody<U> {
        CheckedBody { content: convert(self.content), faults: self.faults }
    }

    /// Adds faults of values that have the right type. One inside a part that was repaired is of the example, and does not count.
    pub fn add_faults(&mut self, faults: impl IntoIterator<Item = Fault>) {
        let known = self.faults.len();
        for fault in faults {
            if !self.faults.iter().take(known).any(|it| it.contains(&fault)) {
                self.faults.push(fault);
            }
        }
    }

    /// The body, if it has no fault.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] with all faults.
    pub fn into_content(self) -> Result<T, Problem> {
        if self.faults.is_empty() { Ok(self.content) } else { Err(Problem::faults(self.faults)) }
    }
}

/// The JSON body. `example` is a valid one with all fields.
///
/// # Errors
/// [`Code::UnsupportedMediaType`], or [`Code::InvalidRequest`] if it is not JSON. Values are never repeated.
pub fn body<T: DeserializeOwned>(request: &Request, example: &str) -> Result<CheckedBody<T>, Problem> {
    let media_type =
        request.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Code::UnsupportedMediaType.into());
    }
    let bytes = request.body().as_ref();
    let document: Value = serde_json::from_slice(bytes).map_err(|error| {
        let is_followed = error.is_syntax() && error.to_string().starts_with("trailing characters");
        let sentence = if is_followed { "has data after the JSON document" } else { "must be valid JSON" };
        Problem::faults(vec![Fault::in_body("", sentence)])
    })?;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut json) {
        // Serde also reads a struct from a list of its fields' values. No body of this API has a list.
        Ok(content) if !has_list(&document) => Ok(CheckedBody { content, faults: Vec::new() }),
        Ok(_) => repair(document, Vec::new(), example),
        // A value has each field once.
        Err(error) => {
            let message = error.inner().to_string();
            let at = pointer(error.path()).unwrap_or_default();
            let duplicate = quoted_field(&message, "duplicate field")
                .map(|field| Fault::in_body(child(&at, &field), "must not be repeated"));
            let mut checked = repair(document, duplicate.into_iter().collect(), example)?;
            // Of a repeated field the document has only the last value, and the fault is in an earlier one.
            if checked.faults.is_empty() {
                checked.faults.push(Fault::in_body(at, sentence(&message)));
            }
            Ok(checked)
        }
    }
}

/// Reads `document`, and repairs it as often as it cannot be read.
fn repair<T: DeserializeOwned>(
    mut document: Value,
    mut faults: Vec<Fault>,
    example: &str,
) -> Result<CheckedBody<T>, Problem> {
    let example: Value = serde_json::from_str(example).map_err(Problem::internal)?;
    for list in lists_in(&document) {
        replace(&mut document, &list, &example);
        faults.push(Fault::in_body(list, "must not be a list"));
    }
    while faults.len() < MOST_FAULTS {
        let error = match serde_path_to_error::deserialize(&document) {
            Ok(content) => return Ok(CheckedBody { content, faults }),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        let Some(at) = pointer(error.path()) else {
            faults.push(Fault::in_body("", sentence(&message)));
            break;
        };
        if let Some(field) = quoted_field(&message, "missing field") {
            let at = child(&at, &field);
            replace(&mut document, &at, &example);
            faults.push(Fault::in_body(at, "is required"));
        } else if message.starts_with("unknown field") {
            remove(&mut document, &at);
            faults.push(Fault::in_body(at, "is not a field of this request"));
        } else {
            replace(&mut document, &at, &example);
            faults.push(Fault::in_body(at, sentence(&message)));
        }
    }
    Err(Problem::faults(faults))
}

/// The JSON pointer (RFC 6901) of a path; `None` if the path is not known.
fn pointer(path: &Path) -> Option<String> {
    path.iter().try_fold(String::new(), |parent, segment| match segment {
        Segment::Map { key } => Some(child(&parent, key)),
        Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => None,
    })
}

fn child(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The field that a message of serde names: "missing field `consent`".
fn quoted_field(message: &str, start: &str) -> Option<String> {
    let name = message.strip_prefix(start)?.split('`').nth(1)?;
    Some(name.to_owned())
}

/// Puts the example's value at a pointer; removes what the example does not have.
fn replace(document: &mut Value, at: &str, example: &Value) {
    let Some(value) = example.pointer(at) else { return remove(document, at) };
    let Some((parent, name)) = at.rsplit_once('/') else {
        *document = value.clone();
        return;
    };
    if let Some(Value::Object(fields)) = document.pointer_mut(parent) {
        fields.insert(unescaped(name), value.clone());
    }
}

fn remove(document: &mut Value, at: &str) {
    if let Some((parent, name)) = at.rsplit_once('/')
        && let Some(Value::Object(fields)) = document.pointer_mut(parent)
    {
        fields.remove(&unescaped(name));
    }
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

fn has_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(fields) => fields.values().any(has_list),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The pointers to all lists that are not inside another one.
fn lists_in(document: &Value) -> Vec<String> {
    fn add(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Array(_) => found.push(at.to_owned()),
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| add(value, &child(at, name), found));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    add(document, "", &mut found);
    found.truncate(MOST_FAULTS);
    found
}

/// The sentence for the client. Serde's own messages are used unless they repeat a value.
fn sentence(message: &str) -> &str {
    let repeats_a_value = ["invalid type", "invalid value", "unknown variant", "invalid length"];
    match repeats_a_value.iter().any(|start| message.starts_with(start)) {
        true => "has the wrong type or is not one of the values allowed",
        // Of a repeated field, serde adds where it stopped.
        false => message.split_once(" at line ").map_or(message, |(sentence, _)| sentence),
    }
}

#[cfg(test)]
mod tests;
