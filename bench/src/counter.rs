//! Counts of the requests to an upstream: DynamoDB, S3 or Mastercard.

use std::{
    ops::AddAssign,
    time::{Duration, Instant},
};

use axum::http::{Method, request::Parts};
use serde::Serialize;
use serde_json::Value;

/// Requests and their costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Count {
    pub(crate) requests: usize,
    /// DynamoDB items put, updated or deleted, alone or in transactions; S3 objects put.
    pub(crate) writes: usize,
    /// DynamoDB write capacity units, indexes included; 0 unless [`ProxyOptions::units`](crate::proxy::ProxyOptions) is set.
    pub(crate) write_units: f64,
    /// DynamoDB read capacity units; 0 unless [`ProxyOptions::units`](crate::proxy::ProxyOptions) is set.
    pub(crate) read_units: f64,
    /// Time in which at least one request waited for its response.
    #[serde(skip)]
    pub(crate) wait_time: Duration,
}

impl AddAssign for Count {
    fn add_assign(&mut self, more: Self) {
        self.requests += more.requests;
        self.writes += more.writes;
        self.write_units += more.write_units;
        self.read_units += more.read_units;
        self.wait_time += more.wait_time;
    }
}

/// Counts the requests of a proxy.
#[derive(Default)]
pub(super) struct RequestCounter {
    count: Count,
    in_flight: usize,
    waiting_since: Option<Instant>,
}

impl RequestCounter {
    /// The counts since the last call.
    pub(super) fn take(&mut self) -> Count {
        std::mem::take(&mut self.count)
    }

    pub(super) fn record_request(&mut self, parts: &Parts, body: &[u8]) {
        self.count.requests += 1;
        self.count.writes += match operation(parts) {
            Some(operation) => dynamodb_writes(operation, body),
            None => usize::from(parts.method == Method::PUT),
        };
        self.in_flight += 1;
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    pub(super) fn record_response(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if self.in_flight == 0 {
            self.count.wait_time +=
                self.waiting_since.take().map(|since| since.elapsed()).unwrap_or_default();
        }
    }

    /// Adds the `ConsumedCapacity` of a response of DynamoDB.
    pub(super) fn record_capacity(&mut self, operation: &str, response: &[u8]) {
        let response: Value = serde_json::from_slice(response).unwrap_or_default();
        let consumed = &response["ConsumedCapacity"];
        let tables = consumed.as_array().map_or(std::slice::from_ref(consumed), Vec::as_slice);
        let units: f64 = tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
        if is_read(operation) {
            self.count.read_units += units;
        } else {
            self.count.write_units += units;
        }
    }
}

/// The DynamoDB operation of a request; `None` for other upstreams.
pub(super) fn operation(parts: &Parts) -> Option<&str> {
    parts.headers.get("x-amz-target")?.to_str().ok()?.rsplit('.').next()
}

fn is_read(operation: &str) -> bool {
    matches!(operation, "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan")
}

fn dynamodb_writes(operation: &str, body: &[u8]) -> usize {
    let parse = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    let length = |list: &Value| list.as_array().map_or(0, Vec::len);
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => 1,
        "BatchWriteItem" => {
            parse()["RequestItems"].as_object().map_or(0, |tables| tables.values().map(length).sum())
        }
        "TransactWriteItems" => {
            let body = parse();
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
    fn written_items_are_counted_and_condition_checks_are_not() {
        let count = |operation, body: &str| dynamodb_writes(operation, body.as_bytes());
        assert_eq!(count("UpdateItem", "{}"), 1);
        assert_eq!(count("Query", "{}"), 0);
        let transaction = r#"{"TransactItems": [{"Put": {}}, {"ConditionCheck": {}}, {"Delete": {}}]}"#;
        assert_eq!(count("TransactWriteItems", transaction), 2);
        assert_eq!(count("BatchWriteItem", r#"{"RequestItems": {"A": [{}, {}], "B": [{}]}}"#), 3);
    }

    #[test]
    fn capacity_units_are_those_of_the_response() {
        let mut counter = RequestCounter::default();
        counter.record_capacity("PutItem", br#"{"ConsumedCapacity": {"CapacityUnits": 3.0}}"#);
        let tables = br#"{"ConsumedCapacity": [{"CapacityUnits": 8.0}, {"CapacityUnits": 2.0}]}"#;
        counter.record_capacity("TransactWriteItems", tables);
        counter.record_capacity("Query", br#"{"ConsumedCapacity": {"CapacityUnits": 0.5}}"#);
        counter.record_capacity("GetItem", b"{}");
        let count = counter.take();
        assert_eq!((count.write_units, count.read_units), (13.0, 0.5));
        assert_eq!(counter.take(), Count::default());
    }
}
