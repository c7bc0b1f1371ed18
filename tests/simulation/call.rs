//! A request at the gate, understood: what it asks, and what it would write.

use axum::{
    body::Bytes,
    http::{HeaderMap, Method, request::Parts},
};
use serde_json::Value;

/// A request as it came.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) place: Place,
    /// `GetItem`, `pushMultipleAccounts` …
    pub(super) operation: String,
    /// The body, where it is JSON; `Null` otherwise.
    pub(super) json: Value,
}

/// Whom it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Enrollments,
    Catalog,
    Mastercard,
}

/// An item that a request writes or reads.
pub(super) struct Touched<'a> {
    pub(super) pk: &'a str,
    pub(super) sk: &'a str,
    /// The new item, as DynamoDB's JSON has it; `None` if it is read or deleted.
    pub(super) item: Option<&'a Value>,
    /// Part of a transaction that only looks at it.
    pub(super) is_checked: bool,
}

pub(super) const SEARCH: &str = "searchFundingAccounts";
pub(super) const TOKENS: &str = "getTokensByClient";
pub(super) const PUSH: &str = "pushMultipleAccounts";
pub(super) const REQUESTORS: &str = "getEligibleTokenRequestors";

impl Call {
    pub(super) fn read(parts: Parts, body: Bytes) -> Self {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let (place, operation) = match target.and_then(|target| target.split('.').next_back()) {
            Some(operation) => (table(&json), operation.to_owned()),
            None => (Place::Mastercard, mastercards(parts.uri.path()).to_owned()),
        };
        Self { method: parts.method, path, headers: parts.headers, body, place, operation, json }
    }

    pub(super) fn is_mastercards(&self) -> bool {
        self.place == Place::Mastercard
    }

    pub(super) fn writes(&self) -> bool {
        const WRITING: [&str; 4] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];
        WRITING.contains(&self.operation.as_str())
    }

    /// Reading the catalog, and what is due: whatever comes in between would not matter, so it waits for no turn.
    pub(super) fn is_free(&self) -> bool {
        !self.writes() && (self.place == Place::Catalog || self.index() == "due")
    }

    /// The items that it names, in its order.
    pub(super) fn touched(&self) -> Vec<Touched<'_>> {
        parts(&self.json).into_iter().filter_map(|(kind, part)| Touched::of(kind, part)).collect()
    }

    /// Index and key of a query, for the trace.
    pub(super) fn index(&self) -> &str {
        self.json["IndexName"].as_str().unwrap_or_default()
    }
}

impl<'a> Touched<'a> {
    fn of(kind: &str, part: &'a Value) -> Option<Self> {
        let item = part.get("Item");
        let key = item.or_else(|| part.get("Key"))?;
        let is_checked = kind == "ConditionCheck";
        Some(Self { pk: key["pk"]["S"].as_str()?, sk: key["sk"]["S"].as_str()?, item, is_checked })
    }

    /// `ENROLLMENT`, `KEY`, `LIVE`, `REDIRECT`, `STATE`, `NOTIFICATION`.
    pub(super) fn kind(&self) -> &'a str {
        self.sk.split('#').next().unwrap_or_default()
    }
}

/// The single parts of a request: itself, or those of a transaction with their kinds.
fn parts(json: &Value) -> Vec<(&str, &Value)> {
    let Some(parts) = json["TransactItems"].as_array() else { return vec![("", json)] };
    let kinds = parts.iter().filter_map(|part| part.as_object()?.iter().next());
    kinds.map(|(kind, part)| (kind.as_str(), part)).collect()
}

fn table(json: &Value) -> Place {
    let named = parts(json).first().and_then(|(_, part)| part["TableName"].as_str()).unwrap_or_default();
    if named.starts_with("TokenRequestors") { Place::Catalog } else { Place::Enrollments }
}

fn mastercards(path: &str) -> &'static str {
    let endings = [
        ("/pushMultipleAccounts", PUSH),
        ("/funding-accounts/searches", SEARCH),
        ("/tokens", TOKENS),
        ("/getEligibleTokenRequestors", REQUESTORS),
    ];
    let named = endings.into_iter().find(|(ending, _)| path.ends_with(ending));
    named.unwrap_or_else(|| panic!("nobody asks Mastercard for {path}")).1
}

/// DynamoDB's JSON without the names of types.
pub(super) fn plain(value: &Value) -> Value {
    let Some((kind, value)) = value.as_object().and_then(|typed| typed.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), value) {
        ("N", Value::String(number)) => serde_json::from_str(number).unwrap_or_default(),
        ("L", Value::Array(items)) => items.iter().map(plain).collect(),
        ("M", fields) => plain_item(fields),
        ("NULL", _) => Value::Null,
        (_, value) => value.clone(),
    }
}

/// The same of a whole item.
pub(super) fn plain_item(item: &Value) -> Value {
    let fields = item.as_object().into_iter().flatten();
    Value::Object(fields.map(|(name, value)| (name.clone(), plain(value))).collect())
}
