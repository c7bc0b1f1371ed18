//! What happened in a run, step by step, in names that are the same in every run of the seed. No secret is in it.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde_json::Value;

use super::call::{Call, Touched};

#[derive(Default)]
pub(super) struct Trace {
    lines: Vec<String>,
    enrollments: BTreeMap<String, usize>,
    inbox: BTreeMap<String, usize>,
}

/// Shards of the index of what is due.
const SHARDS: usize = 8;

impl Trace {
    /// Notes what happened at a moment, so long after the new_attempt.
    pub(super) fn note(&mut self, began: Timestamp, now: Timestamp, what: impl fmt::Display) {
        let seconds = now.duration_since(began).as_millis();
        let (seconds, milliseconds) = (seconds / 1000, seconds % 1000);
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let at = format!("{hours:>3}:{minutes:02}:{:02}.{milliseconds:03}", seconds % 60);
        self.lines.push(format!("{:>4} {at}  {what}", self.lines.len() + 1));
    }

    /// How many lines there are: the number of the step that is under way.
    pub(super) fn step(&self) -> usize {
        self.lines.len()
    }

    /// `E1` for the first enrollment that came up, and so on.
    pub(super) fn enrollment(&mut self, id: &str) -> String {
        format!("E{}", number(&mut self.enrollments, id))
    }

    /// What a request asks, in names.
    pub(super) fn call(&mut self, call: &Call) -> String {
        let items: Vec<_> = call.touched().iter().map(|touched| self.item(touched)).collect();
        let words = [call.operation.as_str(), call.index(), &items.join(" ")];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn item(&mut self, touched: &Touched<'_>) -> String {
        match touched.kind() {
            kind @ ("ENROLLMENT" | "REDIRECT") => {
                let id = touched.sk.split('#').nth(1).unwrap_or_default();
                format!("{kind} {}", self.enrollment(id))
            }
            kind @ "NOTIFICATION" => format!("{kind} N{}", number(&mut self.inbox, touched.pk)),
            kind => kind.to_owned(),
        }
    }

    /// The request as it is to be carried: which shard an item falls into follows from the hash of a random id, and with
    /// it the order in which reconciliation meets what is due. Here it follows from the item's name.
    pub(super) fn with_named_shards(&mut self, call: &Call) -> Option<Value> {
        let sharded = |touched: &Touched<'_>| {
            let shard = touched.item?.get("dueShard")?["S"].as_str()?;
            Some((touched.pk.to_owned(), touched.sk.to_owned(), shard.to_owned()))
        };
        let found: Vec<_> = call.touched().iter().filter_map(sharded).collect();
        if found.is_empty() {
            return None;
        }
        let mut text = call.json.to_string();
        for (pk, sk, shard) in found {
            let named = match sk.split_once('#') {
                Some((_, id)) => number(&mut self.enrollments, id) * 3,
                None => number(&mut self.inbox, &pk) * 5,
            };
            let (prefix, _) = shard.rsplit_once('#').unwrap();
            text = text.replace(&format!("\"{shard}\""), &format!("\"{prefix}#{}\"", named % SHARDS));
        }
        Some(serde_json::from_str(&text).unwrap())
    }

    /// The names of all enrollments, by their ids.
    pub(super) fn names(&self) -> BTreeMap<String, String> {
        self.enrollments.iter().map(|(id, number)| (id.clone(), format!("E{number}"))).collect()
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

fn number(names: &mut BTreeMap<String, usize>, name: &str) -> usize {
    let next = names.len() + 1;
    *names.entry(name.to_owned()).or_insert(next)
}
