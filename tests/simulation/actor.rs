//! An actor: one invocation in progress. It lives until it answers or until Lambda ends it.

use std::time::Instant;

use jiff::Timestamp;
use model::token_id::TokenId;
use runtime::config::Runtime;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    call::{Call, SEARCH, TOKENS},
    gate::{ACTOR_TIMEOUT, HOLD_TIMEOUT, Reply, Waiting},
    invocation::{Function, Invocation},
    outcome::Outcome,
};

pub(super) struct Actor {
    /// Counted from 1 in the order of their start.
    pub(super) number: usize,
    pub(super) invocation: Invocation,
    pub(super) started_at: Timestamp,
    /// In real time.
    born_at: Instant,
    pub(super) task: JoinHandle<Outcome>,
    /// Its requests at the gate.
    pub(super) waiting: Vec<Waiting>,
    /// Partition key of the client whose due items it sees; see [`Actor::filter_due_items`].
    due_client: Option<String>,
    /// Operations that it sends at the same time and that have no response yet.
    concurrent: Vec<&'static str>,
}

/// Who sent a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender {
    pub(super) actor: usize,
    pub(super) principal: Option<usize>,
    /// The token that it asks to change.
    pub(super) token: Option<TokenId>,
}

impl Actor {
    pub(super) fn start(number: usize, invocation: Invocation, runtime: Runtime, now: Timestamp) -> Self {
        let concurrent = match invocation.function {
            Function::Enroll => vec![SEARCH, TOKENS],
            _ => Vec::new(),
        };
        let task = tokio::task::spawn_local(invocation.clone().run(runtime));
        Self {
            number,
            invocation,
            started_at: now,
            born_at: Instant::now(),
            task,
            waiting: Vec::new(),
            due_client: None,
            concurrent,
        }
    }

    pub(super) fn sender(&self) -> Sender {
        let Invocation { principal, token, .. } = self.invocation;
        Sender { actor: self.number, principal, token }
    }

    /// Whether it cannot go on before the scheduler acts: all requests that it sends at the same time are at the gate.
    pub(super) fn is_blocked(&self) -> bool {
        let sends_concurrently = self.waiting.iter().any(|waiting| self.is_concurrent(waiting));
        let expected = if sends_concurrently { self.concurrent.len() } else { 1 };
        self.waiting.len() >= expected
    }

    /// Whether its clients may have given up meanwhile, because the machine is busy. Their timeouts are in real time, so the run
    /// would not depend on the seed alone.
    pub(super) fn is_overdue(&self) -> bool {
        self.born_at.elapsed() > ACTOR_TIMEOUT
            || self.waiting.iter().any(|waiting| waiting.arrived_at.elapsed() > HOLD_TIMEOUT)
    }

    fn is_concurrent(&self, waiting: &Waiting) -> bool {
        self.concurrent.contains(&waiting.call.operation.as_str())
    }

    /// Whether a request passes the gate at once, without a step of the scheduler.
    pub(super) fn bypasses_scheduler(&self, call: &Call) -> bool {
        self.invocation.unscheduled || call.is_unscheduled()
    }

    /// Limits a page of due items to one client. Several clients are reconciled concurrently, so the scheduler could not
    /// know when all requests have arrived. An index that is behind shows such a page too.
    pub(super) fn filter_due_items(&mut self, call: &Call, mut reply: Reply) -> Reply {
        if self.invocation.unscheduled || call.index() != "due" {
            return reply;
        }
        let mut page: Value = serde_json::from_slice(&reply.body).unwrap();
        if let Some(items) = page["Items"].as_array_mut() {
            items.retain(|item| {
                let pk = item["pk"]["S"].as_str().unwrap_or_default();
                !pk.starts_with("CLIENT#") || self.due_client.get_or_insert_with(|| pk.to_owned()) == pk
            });
            page["Count"] = items.len().into();
        }
        reply.body = page.to_string().into();
        reply
    }

    /// Its requests at the gate, in a fixed order: the order of arrival depends on the machine, not on the seed.
    pub(super) fn take_waiting(&mut self) -> Vec<Waiting> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by(|one, other| one.call.operation.cmp(&other.call.operation));
        waiting
    }

    /// A request was answered. Only a failed one can be repeated.
    pub(super) fn record_response(&mut self, operation: &str, failed: bool) {
        self.concurrent.retain(|it| *it != operation || failed);
    }
}
