//! The indexes `by-id` and `by-card` are eventually consistent: a query may be answered as of an earlier step. It then misses
//! items, and finds items that hold something else by now.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{call::Call, gate::Reply, run::Run};

impl Run<'_> {
    /// The reply to a query of such an index as of a random earlier step; other replies unchanged.
    pub(super) fn as_of_an_earlier_step(&mut self, call: &Call, mut reply: Reply) -> Reply {
        let (attribute, parameter) = match call.index() {
            "by-id" => ("enrollmentId", ":id"),
            "by-card" => ("cardKey", ":card"),
            _ => return reply,
        };
        if self.max_index_lag == 0 {
            return reply;
        }
        let value = call.json["ExpressionAttributeValues"][parameter]["S"].as_str().expect("a key");
        let now = self.trace.step();
        let earlier = now - self.rng.below(self.max_index_lag + 1).min(now);
        let indexed = self.entries(attribute, value, earlier.max(self.indexed_step));
        if indexed == self.entries(attribute, value, now) {
            return reply;
        }
        let keys = indexed.iter().map(|(pk, sk)| json!({ "pk": { "S": pk }, "sk": { "S": sk } }));
        let items: Vec<_> = keys.collect();
        self.note(format!("the index {} is behind", call.index()));
        let mut page: Value = serde_json::from_slice(&reply.body).unwrap();
        page["Count"] = items.len().into();
        page["Items"] = items.into();
        reply.body = page.to_string().into();
        reply
    }

    /// The keys of all items that had this value after a step.
    fn entries(&self, attribute: &str, value: &str, step: usize) -> Vec<(&str, &str)> {
        let versions = self.history.versions().filter(|(write, _)| write.step <= step);
        let latest: BTreeMap<_, _> =
            versions.map(|(write, item)| ((write.pk.as_str(), write.sk.as_str()), item)).collect();
        latest.into_iter().filter(|(_, item)| item.text(attribute) == value).map(|(key, _)| key).collect()
    }
}
