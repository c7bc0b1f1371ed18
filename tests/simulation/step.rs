//! The scheduler's steps. Each actor runs until all its requests are held at the gate. A step takes the requests of one
//! actor, applies a fault to them, and runs the actor until it is blocked again or done. So the order of all requests
//! depends on the seed alone.

use serde_json::Value;
use simulator::TokenSummary;

use super::{
    actor::{Actor, Sender},
    call::Call,
    fault::Fault,
    gate::{Reply, STALL_TIMEOUT},
    history::{CompletedInvocation, TokenChange},
    outcome::Outcome,
    run::Run,
};

impl Run<'_> {
    /// Applies a fault to the requests of an actor and runs it until it is blocked again.
    pub(super) async fn step(&mut self, number: usize, fault: Fault) {
        assert!(!self.is_overdue(), "the machine is too busy");
        assert!(self.harness.gate.is_idle(), "a request arrived from an actor that had no step");
        let position = self.actors.iter().position(|actor| actor.number == number).unwrap();
        let (sender, waiting) = (self.actors[position].sender(), self.actors[position].take_waiting());
        // One of several concurrent requests may be spared.
        let spared =
            if waiting.len() > 1 && self.rng.chance(50) { self.rng.below(waiting.len()) } else { usize::MAX };
        let mut replies = Vec::new();
        for (index, waiting) in waiting.into_iter().enumerate() {
            let fault = match fault.applied_to(&waiting.call) {
                fault if index == spared && !fault.crashes() => Fault::None,
                fault => fault,
            };
            let call = self.trace.call(&waiting.call);
            self.note(format!("#{number} {call}: {fault}"));
            let processed = match fault.processes() {
                true => Some(self.process(sender, &waiting.call, false).await),
                false => None,
            };
            if let Fault::CrashInFlight = fault {
                self.orphans.push((sender, waiting.call));
                continue;
            }
            self.actors[position].record_response(&waiting.call.operation, fault != Fault::None);
            replies.push((fault.response(&waiting.call, processed), waiting));
        }
        if fault.crashes() {
            let actor = self.actors.remove(position);
            actor.task.abort();
            assert!(actor.task.await.is_err(), "a crashed actor waits at the gate");
            return self.record_delivery(&actor.invocation.notifications, false);
        }
        for (reply, waiting) in replies {
            match reply {
                Some(reply) => waiting.reply(reply),
                None => drop(waiting),
            }
        }
        self.run_until_blocked(number).await;
    }

    /// Forwards a request to its target and records it.
    async fn process(&mut self, sender: Sender, call: &Call, is_orphan: bool) -> Reply {
        let body = match self.trace.with_named_shards(call) {
            Some(json) => json.to_string().into(),
            None => call.body.clone(),
        };
        let before = self.tokens_if_changed(call);
        let reply = self.harness.gate.forward(call, body).await;
        let step = self.trace.step();
        if let Some((card, before)) = before {
            let after = self.all_tokens();
            let changed = after.into_iter().filter(|token| !before.contains(token)).collect();
            self.history.token_changes.push(TokenChange { step, sender, card, changed, is_orphan });
        }
        self.history.record(step, self.clock.now(), sender, call, &reply, is_orphan);
        self.as_of_an_earlier_step(call, reply)
    }

    /// Of a change of tokens: the card that it names, and all tokens before it.
    fn tokens_if_changed(&self, call: &Call) -> Option<(u64, Vec<(u64, TokenSummary)>)> {
        Some((call.changed_card()?, self.all_tokens()))
    }

    /// The tokens of all principals, with their clients.
    pub(super) fn all_tokens(&self) -> Vec<(u64, TokenSummary)> {
        let clients = self.history.principals.iter().map(|principal| principal.client);
        let tokens_of = |client| {
            let tokens = self.harness.simulator().tokens_of(client).into_iter();
            tokens.map(move |token| (client, token))
        };
        clients.flat_map(tokens_of).collect()
    }

    /// Processes a request whose sender has crashed.
    pub(super) async fn process_orphan(&mut self, position: usize) {
        let (sender, call) = self.orphans.remove(position);
        let request = self.trace.call(&call);
        self.note(format!("{request} of #{}, which has crashed, is processed", sender.actor));
        self.process(sender, &call, true).await;
    }

    /// Runs an actor until all its requests are held at the gate, or until it is done.
    pub(super) async fn run_until_blocked(&mut self, number: usize) {
        let position = self.actors.iter().position(|actor| actor.number == number).unwrap();
        while !self.actors[position].is_blocked() {
            let sender = self.actors[position].sender();
            let waiting = tokio::select! {
                waiting = self.harness.gate.next() => waiting,
                outcome = &mut self.actors[position].task => {
                    let actor = self.actors.remove(position);
                    return self.complete(actor, outcome.expect("a function does not panic"));
                }
                () = tokio::time::sleep(STALL_TIMEOUT) => panic!("#{number} neither sends a request nor ends"),
            };
            if self.actors[position].bypasses_scheduler(&waiting.call) {
                let reply = self.process(sender, &waiting.call, false).await;
                let filtered = self.actors[position].filter_due_items(&waiting.call, reply);
                waiting.reply(filtered);
            } else {
                self.actors[position].waiting.push(waiting);
            }
        }
    }

    /// Records how an actor ended.
    fn complete(&mut self, actor: Actor, outcome: Outcome) {
        let number = actor.number;
        match outcome {
            Outcome::Response(response, text) => {
                let id = response.body["enrollmentId"].as_str().map(|id| self.trace.enrollment(id));
                let fields = [&response.body["status"], &response.body["code"]].into_iter();
                let fields = fields.filter_map(Value::as_str).map(str::to_owned);
                let fields: Vec<_> = fields.chain(id).collect();
                self.note(format!("#{number} responds {} {}", response.status, fields.join(" ")));
                self.record_known_enrollment(&actor.invocation, &response);
                self.record_delivery(&actor.invocation.notifications, response.status == 200);
                let (step, invocation) = (self.trace.step(), actor.invocation);
                let completed = CompletedInvocation { step, actor: number, invocation, response, text };
                self.history.completed.push(completed);
            }
            Outcome::Report(report) => {
                let field = |name: &str| report.get(name).map(|it| format!(" {name} {}", count(it)));
                let names = ["checked", "healed", "notificationsApplied", "failed", "requestors"];
                let counts: String = names.into_iter().filter_map(field).collect();
                self.note(format!("#{number} returns{counts}"));
            }
            Outcome::Failure(message) => self.note(format!("#{number} fails: {message}")),
        }
    }
}

/// A number, or the length of a list.
fn count(value: &Value) -> usize {
    value
        .as_array()
        .map_or_else(|| value.as_u64().and_then(|it| it.try_into().ok()).unwrap_or_default(), Vec::len)
}
