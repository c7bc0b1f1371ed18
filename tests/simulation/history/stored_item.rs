//! One version of an item: as plain JSON, which is the evidence, and as the store reads it, for the facts and the status.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::{
    card_enrollment::{EnrollmentRecord, ShortHash},
    enrollment::Enrollment,
};
use runtime::store::enrollments::versioned;
use serde_json::Value;

pub(in crate::simulation) struct StoredItem {
    /// Binary values are in base64.
    pub(in crate::simulation) plain: Value,
    attributes: HashMap<String, AttributeValue>,
    /// `None` for a notification.
    record: Option<EnrollmentRecord>,
}

impl StoredItem {
    pub(in crate::simulation) fn new(attributes: HashMap<String, AttributeValue>) -> Self {
        let record = versioned(&attributes).expect("an item that the store reads");
        let record = record.map(|stored| stored.record().clone());
        Self { plain: plain(&AttributeValue::M(attributes.clone())), attributes, record }
    }

    /// From an item of a request.
    pub(in crate::simulation) fn from_request(item: &Value) -> Self {
        Self::new(attributes(item))
    }

    pub(in crate::simulation) fn text(&self, name: &str) -> &str {
        self.plain[name].as_str().unwrap_or_default()
    }

    /// `CARD`, `PAST` or `NOTIFICATION`.
    pub(in crate::simulation) fn kind(&self) -> &str {
        self.text("sk").split('#').next().unwrap_or_default()
    }

    pub(in crate::simulation) fn record(&self) -> Option<&EnrollmentRecord> {
        self.record.as_ref()
    }

    pub(in crate::simulation) fn enrollment(&self) -> Option<&Enrollment> {
        self.record.as_ref().map(|record| &record.enrollment)
    }

    /// Notifications that its facts come from, each with the enrollment's id.
    pub(in crate::simulation) fn facts_of_notifications(&self) -> BTreeSet<(ShortHash, String)> {
        let facts = self.enrollment().into_iter().flat_map(|enrollment| &enrollment.facts);
        let ids = facts.filter_map(|recorded| recorded.notification_id());
        ids.map(|id| (id, self.text("enrollmentId").to_owned())).collect()
    }

    /// Notifications that it remembers as applied, each with the id of the enrollment.
    pub(in crate::simulation) fn applied_notifications(&self) -> BTreeSet<(ShortHash, String)> {
        let applied = self.plain["appliedNotifications"].as_array().into_iter().flatten();
        let read = |entry: &Value| {
            let id = ShortHash::from_bytes(&STANDARD.decode(entry[0].as_str()?).ok()?)?;
            Some((id, entry[1].as_str()?.to_owned()))
        };
        applied.map(|entry| read(entry).expect("a notification and its enrollment")).collect()
    }

    /// Whether these bytes stand anywhere in it, in a text or in a binary value.
    pub(in crate::simulation) fn contains(&self, bytes: &[u8]) -> bool {
        self.attributes.values().any(|value| contains(value, bytes))
    }
}

fn contains(value: &AttributeValue, bytes: &[u8]) -> bool {
    let found = |text: &[u8]| text.windows(bytes.len()).any(|window| window == bytes);
    match value {
        AttributeValue::S(text) => found(text.as_bytes()),
        AttributeValue::B(binary) => found(binary.as_ref()),
        AttributeValue::L(items) => items.iter().any(|item| contains(item, bytes)),
        AttributeValue::M(fields) => fields.values().any(|field| contains(field, bytes)),
        _ => false,
    }
}

/// An attribute value as plain JSON.
fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::N(number) => serde_json::from_str(number).unwrap(),
        AttributeValue::B(binary) => STANDARD.encode(binary).into(),
        AttributeValue::Bool(value) => (*value).into(),
        AttributeValue::L(items) => items.iter().map(plain).collect(),
        AttributeValue::M(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        AttributeValue::Null(_) => Value::Null,
        other => panic!("unexpected attribute type {}", std::any::type_name_of_val(other)),
    }
}

/// The attributes of an item in DynamoDB's JSON.
fn attributes(item: &Value) -> HashMap<String, AttributeValue> {
    let fields = item.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn attribute(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().and_then(|typed| typed.iter().next()).expect("a typed value");
    let text = || value.as_str().expect("a text");
    match kind.as_str() {
        "S" => AttributeValue::S(text().into()),
        "N" => AttributeValue::N(text().into()),
        "B" => AttributeValue::B(Blob::new(STANDARD.decode(text()).expect("base64"))),
        "BOOL" => AttributeValue::Bool(value == true),
        "L" => AttributeValue::L(value.as_array().into_iter().flatten().map(attribute).collect()),
        "M" => AttributeValue::M(attributes(value)),
        "NULL" => AttributeValue::Null(true),
        other => panic!("unexpected attribute type {other}"),
    }
}
