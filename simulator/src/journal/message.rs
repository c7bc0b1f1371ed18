//! Redacted HTTP messages: the names of a body's fields, and the values of those that are not secret.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Replaces every other value.
const HIDDEN: &str = "…";
/// Elements shown of an array.
const MAX_ELEMENTS: usize = 2;
/// Fields of Mastercard's APIs whose values are not secret.
const VISIBLE_FIELDS: [&str; 25] = [
    "cardContractId",
    "clientId",
    "completeIssuerAppActivation",
    "completeWebsiteActivation",
    "consumerFacingEntityName",
    "decision",
    "enabledAccountRanges",
    "eventType",
    "imageAssetId",
    "locale",
    "occurredAt",
    "reasonCode",
    "ReasonCode",
    "responseCode",
    "status",
    "supportedAccountHolderData",
    "supportedPushMethods",
    "tokenRequestorId",
    "tokenRequestorSignatureSupport",
    "tokenRequestorType",
    "tokenStatus",
    "type",
    "height",
    "walletName",
    "width",
];

/// A request or response of an exchange, without secrets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// A request line without secrets, or a status.
    pub head: String,
    /// The redacted body, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl Message {
    /// A message whose body shows only the values of `visible_fields`.
    pub fn new(head: impl Into<String>, body: Option<&Value>, visible_fields: &[&str]) -> Self {
        let body = body.filter(|body| !body.is_null());
        Self { head: head.into(), body: body.map(|body| redact(body, visible_fields)) }
    }

    /// A message between Mastercard and the issuer server.
    pub(crate) fn from_mastercard(head: impl Into<String>, body: Option<&Value>) -> Self {
        Self::new(head, body, &VISIBLE_FIELDS)
    }
}

/// Keeps all field names, the values of `visible_fields` and two elements of each array.
fn redact(body: &Value, visible_fields: &[&str]) -> Value {
    redact_value(body, false, visible_fields)
}

fn redact_value(value: &Value, is_visible: bool, visible_fields: &[&str]) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let is_visible = visible_fields.contains(&name.as_str());
                (name.clone(), redact_value(value, is_visible, visible_fields))
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(elements) => {
            let shown = elements.iter().take(MAX_ELEMENTS);
            let mut shown: Vec<Value> =
                shown.map(|element| redact_value(element, is_visible, visible_fields)).collect();
            if elements.len() > MAX_ELEMENTS {
                shown.push(json!(format!("{HIDDEN} {} more", elements.len() - MAX_ELEMENTS)));
            }
            Value::Array(shown)
        }
        Value::String(_) | Value::Number(_) if !is_visible => json!(HIDDEN),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_of_visible_fields_are_shown_at_any_depth() {
        let body = json!({
            "tokenRequestorId": "50123197928", "signature": "eyJ", "flag": true, "none": null,
            "cards": [{"number": 5555, "type": "WEB"}, {"type": ["A", "B", "C"]}, 3, 4],
        });
        let expected = json!({
            "tokenRequestorId": "50123197928", "signature": "…", "flag": true, "none": null,
            "cards": [{"number": "…", "type": "WEB"}, {"type": ["A", "B", "… 1 more"]}, "… 2 more"],
        });
        assert_eq!(redact(&body, &["tokenRequestorId", "type"]), expected);
    }

    #[test]
    fn a_visible_field_does_not_make_nested_fields_visible() {
        let body = json!({"type": {"secret": "s"}});
        assert_eq!(redact(&body, &["type"]), json!({"type": {"secret": "…"}}));
    }
}
