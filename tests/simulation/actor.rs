//! An actor: one invocation under way. It lives until it has answered, or until Lambda ends it.

use jiff::Timestamp;
use shared::config::Host;
use tokio::task::JoinHandle;

use super::{
    call::{SEARCH, TOKENS},
    deed::{Deed, Ending, Function},
    gate::Waiting,
};

pub(super) struct Actor {
    /// Counted from 1 in the order of beginning.
    pub(super) number: usize,
    pub(super) deed: Deed,
    pub(super) began: Timestamp,
    pub(super) task: JoinHandle<Ending>,
    /// What it waits for at the gate.
    pub(super) waiting: Vec<Waiting>,
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
    pub(super) fn begin(number: usize, deed: Deed, host: Host, now: Timestamp) -> Self {
        let together = match deed.function {
            Function::Enroll => vec![SEARCH, TOKENS],
            _ => Vec::new(),
        };
        let task = tokio::task::spawn_local(deed.clone().done(host));
        Self { number, deed, began: now, task, waiting: Vec::new(), together }
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
