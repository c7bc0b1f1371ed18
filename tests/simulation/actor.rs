//! An actor: one invocation under way. It lives until it has answered, or until Lambda ends it.

use jiff::Timestamp;
use runtime::config::Runtime;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    call::{Call, SEARCH, TOKENS},
    deed::{Deed, Ending, Function},
    gate::{Reply, Waiting},
};

pub(super) struct Actor {
    /// Counted from 1 in the order of new_attempt.
    pub(super) number: usize,
    pub(super) deed: Deed,
    pub(super) began: Timestamp,
    pub(super) task: JoinHandle<Ending>,
    /// What it waits for at the gate.
    pub(super) waiting: Vec<Waiting>,
    /// The client whose items the index shows it; see [`Actor::shown`].
    only: Option<String>,
    /// Operations that it has under way at once, or will have once it asks for one of them.
    together: Vec<&'static str>,
}

/// What a step needs to know of its actor.
#[derive(Clone, Copy, Debug)]
pub(super) struct By {
    pub(super) actor: usize,
    pub(super) who: Option<usize>,
}

impl Actor {
    pub(super) fn begin(number: usize, deed: Deed, host: Runtime, now: Timestamp) -> Self {
        let together = match deed.function {
            Function::Enroll => vec![SEARCH, TOKENS],
            _ => Vec::new(),
        };
        let task = tokio::task::spawn_local(deed.clone().done(host));
        Self { number, deed, began: now, task, waiting: Vec::new(), only: None, together }
    }

    pub(super) fn by(&self) -> By {
        By { actor: self.number, who: self.deed.who }
    }

    /// Whether it can do nothing before the scheduler acts: it waits for all that it asked at once.
    pub(super) fn is_settled(&self) -> bool {
        let joined = self.waiting.iter().any(|waiting| self.asks_beside_others(waiting));
        let expected = if joined { self.together.len() } else { 1 };
        self.waiting.len() >= expected
    }

    fn asks_beside_others(&self, waiting: &Waiting) -> bool {
        self.together.contains(&waiting.call.operation.as_str())
    }

    /// Whether a request waits for no turn.
    pub(super) fn may_pass(&self, call: &Call) -> bool {
        self.deed.at_once || call.is_free()
    }

    /// An answer as it is shown to this actor. Of what is due it sees one client's enrollments: an index may be behind, and
    /// for several clients it would ask at once, so that nobody could say when it has asked all that it will.
    pub(super) fn shown(&mut self, call: &Call, mut reply: Reply) -> Reply {
        if self.deed.at_once || call.index() != "due" {
            return reply;
        }
        let mut page: Value = serde_json::from_slice(&reply.body).unwrap();
        if let Some(items) = page["Items"].as_array_mut() {
            items.retain(|item| {
                let pk = item["pk"]["S"].as_str().unwrap_or_default();
                !pk.starts_with("CLIENT#") || self.only.get_or_insert_with(|| pk.to_owned()) == pk
            });
            page["Count"] = items.len().into();
        }
        reply.body = page.to_string().into();
        reply
    }

    /// All that it waits for, in a fixed order: which of two connections was faster is not the seed's choice.
    pub(super) fn take_waiting(&mut self) -> Vec<Waiting> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by(|one, other| one.call.operation.cmp(&other.call.operation));
        waiting
    }

    /// It has an answer to this, a good one or none: only what failed may be asked again.
    pub(super) fn heard(&mut self, operation: &str, failed: bool) {
        self.together.retain(|it| *it != operation || failed);
    }
}
