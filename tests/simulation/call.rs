//! A parsed request at the gate: its operation, its target, and the items that it reads or writes.

use axum::{
    body::Bytes,
    http::{HeaderMap, Method, request::Parts},
};
use serde_json::Value;

/// A request as it arrived at the gate.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) target: Target,
    /// `GetItem`, `pushMultipleAccounts` …
    pub(super) operation: String,
    /// The body, where it is JSON; `Null` otherwise.
    pub(super) json: Value,
}

/// The table or API that a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Enrollments,
    Catalog,
    Mastercard,
}

/// An item that a request writes or reads.
pub(super) struct ItemAccess<'a> {
    pub(super) pk: &'a str,
    pub(super) sk: &'a str,
    /// The new item, as DynamoDB's JSON has it; `None` if it is read or deleted.
    pub(super) item: Option<&'a Value>,
    /// A `ConditionCheck` of a transaction.
    pub(super) is_checked: bool,
}

pub(super) const SEARCH: &str = "searchFundingAccounts";
pub(super) const TOKENS: &str = "getTokensByClient";
pub(super) const SET_TOKEN_STATUS: &str = "setTokenStatus";
pub(super) const PUSH: &str = "pushMultipleAccounts";
pub(super) const REQUESTORS: &str = "getEligibleTokenRequestors";

impl Call {
    pub(super) fn parse(parts: Parts, body: Bytes) -> Self {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let (target, operation) = match target.and_then(|target| target.split('.').next_back()) {
            Some(operation) => (table(&json), operation.to_owned()),
            None if parts.method == Method::PUT => (Target::Mastercard, SET_TOKEN_STATUS.to_owned()),
            None => (Target::Mastercard, mastercard_operation(parts.uri.path()).to_owned()),
        };
        Self { method: parts.method, path, headers: parts.headers, body, target, operation, json }
    }

    pub(super) fn is_for_mastercard(&self) -> bool {
        self.target == Target::Mastercard
    }

    pub(super) fn writes(&self) -> bool {
        const WRITING: [&str; 4] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];
        WRITING.contains(&self.operation.as_str())
    }

    /// Whether it passes without a step of the scheduler: reads of the catalog and of due items, whose order does not matter.
    pub(super) fn is_unscheduled(&self) -> bool {
        !self.writes() && (self.target == Target::Catalog || self.index() == "due")
    }

    /// The items that it reads or writes, in the order of the request.
    pub(super) fn items(&self) -> Vec<ItemAccess<'_>> {
        parts(&self.json).into_iter().filter_map(|(kind, part)| ItemAccess::parse(kind, part)).collect()
    }

    /// The card in the path of a change of its tokens.
    pub(super) fn changed_card(&self) -> Option<u64> {
        let mut segments = self.path.split('/').skip_while(|segment| *segment != "cards");
        segments.nth(1)?.parse().ok().filter(|_| self.operation == SET_TOKEN_STATUS)
    }

    /// Index of a query; empty without one.
    pub(super) fn index(&self) -> &str {
        self.json["IndexName"].as_str().unwrap_or_default()
    }
}

impl<'a> ItemAccess<'a> {
    fn parse(kind: &str, part: &'a Value) -> Option<Self> {
        let item = part.get("Item");
        let key = item.or_else(|| part.get("Key"))?;
        let is_checked = kind == "ConditionCheck";
        Some(Self { pk: key["pk"]["S"].as_str()?, sk: key["sk"]["S"].as_str()?, item, is_checked })
    }

    /// `CARD`, `PAST` or `NOTIFICATION`.
    pub(super) fn kind(&self) -> &'a str {
        self.sk.split('#').next().unwrap_or_default()
    }

    /// A text attribute of the new item.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.item?.get(name)?["S"].as_str()
    }
}

/// The parts of a transaction with their kinds; of another request, the request.
fn parts(json: &Value) -> Vec<(&str, &Value)> {
    let Some(parts) = json["TransactItems"].as_array() else { return vec![("", json)] };
    let kinds = parts.iter().filter_map(|part| part.as_object()?.iter().next());
    kinds.map(|(kind, part)| (kind.as_str(), part)).collect()
}

fn table(json: &Value) -> Target {
    let name = parts(json).first().and_then(|(_, part)| part["TableName"].as_str()).unwrap_or_default();
    if name.starts_with("TokenRequestors") { Target::Catalog } else { Target::Enrollments }
}

fn mastercard_operation(path: &str) -> &'static str {
    let suffixes = [
        ("/pushMultipleAccounts", PUSH),
        ("/funding-accounts/searches", SEARCH),
        ("/tokens", TOKENS),
        ("/getEligibleTokenRequestors", REQUESTORS),
    ];
    let operation = suffixes.into_iter().find(|(suffix, _)| path.ends_with(suffix));
    operation.unwrap_or_else(|| panic!("unknown path of Mastercard: {path}")).1
}
