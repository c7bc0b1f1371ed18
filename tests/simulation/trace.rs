//! The log of a run, step by step, with names in place of random ids, so that each run of a seed gives the same one. It
//! holds no secret.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde_json::Value;

use super::call::{Call, ItemAccess};

#[derive(Default)]
pub(super) struct Trace {
    lines: Vec<String>,
    enrollments: BTreeMap<String, usize>,
    cards: BTreeMap<String, usize>,
    inbox: BTreeMap<String, usize>,
}

/// Shards of the index of due items.
const SHARDS: usize = 8;

impl Trace {
    /// Adds a line, with the time since the start of the run.
    pub(super) fn note(&mut self, start: Timestamp, now: Timestamp, event: impl fmt::Display) {
        let seconds = now.duration_since(start).as_millis();
        let (seconds, milliseconds) = (seconds / 1000, seconds % 1000);
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let at = format!("{hours:>3}:{minutes:02}:{:02}.{milliseconds:03}", seconds % 60);
        self.lines.push(format!("{:>4} {at}  {event}", self.lines.len() + 1));
    }

    /// Number of the current step, which is the number of lines.
    pub(super) fn step(&self) -> usize {
        self.lines.len()
    }

    /// `E1` for the first enrollment, and so on.
    pub(super) fn enrollment(&mut self, id: &str) -> String {
        format!("E{}", number(&mut self.enrollments, id))
    }

    /// A request with its operation, index and items.
    pub(super) fn call(&mut self, call: &Call) -> String {
        let items: Vec<_> = call.items().iter().map(|item| self.item(item)).collect();
        let parts = [call.operation.as_str(), call.index(), &items.join(" ")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn item(&mut self, item: &ItemAccess<'_>) -> String {
        let number = match item.kind() {
            "CARD" => format!("K{}", number(&mut self.cards, &format!("{} {}", item.pk, item.sk))),
            "PAST" => self.enrollment(item.sk.rsplit('#').next().unwrap_or_default()),
            "NOTIFICATION" => format!("N{}", number(&mut self.inbox, item.pk)),
            kind => return kind.to_owned(),
        };
        let holder = item.text("enrollmentId").filter(|_| item.kind() == "CARD");
        let holder = holder.map(|id| self.enrollment(id));
        let parts = [Some(item.kind()), Some(&number), holder.as_deref(), item.text("status")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The request with the shard of each due item derived from the item's name. The real shard is the hash of a random id,
    /// so that the order in which reconciliation reads due items would differ between runs of a seed.
    pub(super) fn with_named_shards(&mut self, call: &Call) -> Option<Value> {
        let sharded = |access: &ItemAccess<'_>| {
            let id = access.text("enrollmentId").map(str::to_owned);
            Some((access.pk.to_owned(), id, access.text("dueShard")?.to_owned()))
        };
        let found: Vec<_> = call.items().iter().filter_map(sharded).collect();
        if found.is_empty() {
            return None;
        }
        let mut text = call.json.to_string();
        for (pk, id, shard) in found {
            let number = match id {
                Some(id) => number(&mut self.enrollments, &id) * 3,
                None => number(&mut self.inbox, &pk) * 5,
            };
            let (prefix, _) = shard.rsplit_once('#').unwrap();
            text = text.replace(&format!("\"{shard}\""), &format!("\"{prefix}#{}\"", number % SHARDS));
        }
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Names of all enrollments by id.
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
