//! A body as people may look at it: its fields by name, and only those values that are known to be harmless.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Stands for every other value.
const HIDDEN: &str = "…";
/// Elements of a list that are shown.
const SHOWN: usize = 2;

/// What was said in an exchange, without secrets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// A request line without its secrets, or a status.
    pub head: String,
    /// Outline of the body, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl Said {
    /// With a body, of which the values of `harmless` fields are shown.
    pub fn new(head: impl Into<String>, body: Option<&Value>, harmless: &[&str]) -> Self {
        let body = body.filter(|body| !body.is_null());
        Self { head: head.into(), body: body.map(|body| outline(body, harmless)) }
    }
}

/// All names of fields, the values of `harmless` ones, two elements of each list; everything else is hidden.
#[must_use]
pub fn outline(body: &Value, harmless: &[&str]) -> Value {
    told(body, false, harmless)
}

fn told(value: &Value, is_harmless: bool, harmless: &[&str]) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                (name.clone(), told(value, harmless.contains(&name.as_str()), harmless))
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(elements) => {
            let mut shown: Vec<Value> =
                elements.iter().take(SHOWN).map(|element| told(element, is_harmless, harmless)).collect();
            if elements.len() > SHOWN {
                shown.push(json!(format!("{HIDDEN} {} more", elements.len() - SHOWN)));
            }
            Value::Array(shown)
        }
        Value::String(_) | Value::Number(_) if !is_harmless => json!(HIDDEN),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_values_are_shown_however_deep() {
        let body = json!({
            "tokenRequestorId": "50123197928", "signature": "eyJ", "flag": true, "none": null,
            "cards": [{"number": 5555, "type": "WEB"}, {"type": ["A", "B", "C"]}, 3, 4],
        });
        let told = json!({
            "tokenRequestorId": "50123197928", "signature": "…", "flag": true, "none": null,
            "cards": [{"number": "…", "type": "WEB"}, {"type": ["A", "B", "… 1 more"]}, "… 2 more"],
        });
        assert_eq!(outline(&body, &["tokenRequestorId", "type"]), told);
    }

    #[test]
    fn a_harmless_name_does_not_vouch_for_what_is_nested_in_it() {
        let body = json!({"type": {"secret": "s"}});
        assert_eq!(outline(&body, &["type"]), json!({"type": {"secret": "…"}}));
    }
}
