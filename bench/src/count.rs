//! What was asked of an engine or of Mastercard.

use std::{
    ops::AddAssign,
    time::{Duration, Instant},
};

use axum::http::{Method, request::Parts};
use serde::Serialize;
use serde_json::Value;

/// Requests, and what they meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Count {
    pub(crate) requests: usize,
    /// DynamoDB items put, updated or deleted, alone or in transactions; S3 objects put.
    pub(crate) writes: usize,
    /// DynamoDB write capacity units, those of indexes too; only where they are asked for.
    pub(crate) write_units: f64,
    /// DynamoDB read capacity units; only where they are asked for.
    pub(crate) read_units: f64,
    /// For how long at least one request waited for its answer.
    #[serde(skip)]
    pub(crate) waited: Duration,
}

impl AddAssign for Count {
    fn add_assign(&mut self, more: Self) {
        self.requests += more.requests;
        self.writes += more.writes;
        self.write_units += more.write_units;
        self.read_units += more.read_units;
        self.waited += more.waited;
    }
}

/// A count in the making.
#[derive(Default)]
pub(super) struct Counting {
    count: Count,
    waiting: usize,
    since: Option<Instant>,
}

impl Counting {
    /// What was counted since the last time.
    pub(super) fn take(&mut self) -> Count {
        std::mem::take(&mut self.count)
    }

    pub(super) fn asked(&mut self, parts: &Parts, body: &[u8]) {
        self.count.requests += 1;
        self.count.writes += match operation(parts) {
            Some(operation) => dynamodb_writes(operation, body),
            None => usize::from(parts.method == Method::PUT),
        };
        self.waiting += 1;
        self.since.get_or_insert_with(Instant::now);
    }

    pub(super) fn answered(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
        if self.waiting == 0 {
            self.count.waited += self.since.take().map(|since| since.elapsed()).unwrap_or_default();
        }
    }

    /// What DynamoDB says that the request consumed.
    pub(super) fn consumed(&mut self, operation: &str, answer: &[u8]) {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let consumed = &answer["ConsumedCapacity"];
        let tables = consumed.as_array().map_or(std::slice::from_ref(consumed), Vec::as_slice);
        let units: f64 = tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
        if reads(operation) {
            self.count.read_units += units;
        } else {
            self.count.write_units += units;
        }
    }
}

/// The DynamoDB operation, if it is one.
pub(super) fn operation(parts: &Parts) -> Option<&str> {
    parts.headers.get("x-amz-target")?.to_str().ok()?.rsplit('.').next()
}

fn reads(operation: &str) -> bool {
    matches!(operation, "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan")
}

fn dynamodb_writes(operation: &str, body: &[u8]) -> usize {
    let read = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    let listed = |list: &Value| list.as_array().map_or(0, Vec::len);
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => 1,
        "BatchWriteItem" => {
            read()["RequestItems"].as_object().map_or(0, |tables| tables.values().map(listed).sum())
        }
        "TransactWriteItems" => {
            let body = read();
            let items = body["TransactItems"].as_array().into_iter().flatten();
            items.filter(|item| item.get("ConditionCheck").is_none()).count()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted_and_conditions_are_not() {
        let count = |operation, body: &str| dynamodb_writes(operation, body.as_bytes());
        assert_eq!(count("UpdateItem", "{}"), 1);
        assert_eq!(count("Query", "{}"), 0);
        let transaction = r#"{"TransactItems": [{"Put": {}}, {"ConditionCheck": {}}, {"Delete": {}}]}"#;
        assert_eq!(count("TransactWriteItems", transaction), 2);
        assert_eq!(count("BatchWriteItem", r#"{"RequestItems": {"A": [{}, {}], "B": [{}]}}"#), 3);
    }

    #[test]
    fn units_are_those_that_the_engine_names() {
        let mut counting = Counting::default();
        counting.consumed("PutItem", br#"{"ConsumedCapacity": {"CapacityUnits": 3.0}}"#);
        let tables = br#"{"ConsumedCapacity": [{"CapacityUnits": 8.0}, {"CapacityUnits": 2.0}]}"#;
        counting.consumed("TransactWriteItems", tables);
        counting.consumed("Query", br#"{"ConsumedCapacity": {"CapacityUnits": 0.5}}"#);
        counting.consumed("GetItem", b"{}");
        let count = counting.take();
        assert_eq!((count.write_units, count.read_units), (13.0, 0.5));
        assert_eq!(counting.take(), Count::default());
    }
}
