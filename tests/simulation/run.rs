//! One run of one seed: its state, its clock, and the life of its actors.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use model::clock::Clock;
use simulator::CLICK_TO_PAY;

use super::{
    RunReport,
    actor::{Actor, Sender},
    browser_state::BrowserState,
    call::Call,
    fault::Fault,
    harness::{Harness, RunResources},
    history::{History, Principal, Token},
    invariants::check_all,
    invocation::Invocation,
    rng::Rng,
    trace::Trace,
};

/// Timeout of each function by the run's clock: the longest that `enroll` has.
const FUNCTION_TIMEOUT: SignedDuration = SignedDuration::from_secs(25);

pub(super) struct Run<'a> {
    pub(super) harness: &'a mut Harness,
    pub(super) resources: RunResources,
    pub(super) rng: Rng,
    pub(super) clock: Clock,
    pub(super) start: Timestamp,
    /// Timestamps of the trace. Each occurs once, though the clock may be set back.
    timestamps: BTreeSet<Timestamp>,
    pub(super) actors: Vec<Actor>,
    /// How many actors have started.
    started: usize,
    /// Requests of crashed actors that are still in flight.
    pub(super) orphans: Vec<(Sender, Call)>,
    /// Multiplier of the probabilities of faults.
    pub(super) fault_rate: usize,
    /// How many steps the indexes `by-id` and `by-card` may be behind.
    pub(super) max_index_lag: usize,
    /// The indexes are at least as new as this step.
    pub(super) indexed_step: usize,
    pub(super) browsers: BrowserState,
    pub(super) history: History,
    pub(super) trace: Trace,
}

impl<'a> Run<'a> {
    pub(super) async fn new(harness: &'a mut Harness, seed: u64) -> Self {
        let start = "2025-01-01T08:00:00Z".parse().unwrap();
        let clock = Clock::fixed_at(start);
        let resources = harness.prepare_run(&clock).await;
        let mut rng = Rng::new(seed);
        let mut principals = Vec::new();
        for index in 0..rng.between(2, 4).unsigned_abs() {
            let client = 1_000_000 + resources.number * 10 + index;
            let first = 100_000_000 + resources.number * 20 + index * 4;
            let cards: Vec<_> = (first..first + rng.between(1, 3).unsigned_abs()).collect();
            cards.iter().for_each(|card| harness.simulator().add_card(client, *card));
            principals.push(Principal { name: format!("C{}", index + 1), client, cards });
        }
        principals.last_mut().unwrap().name = "A".into();
        let base = harness.world.base_url().as_str().trim_end_matches('/');
        let history = History {
            principals,
            origin: harness.simulator().click_to_pay_origin(),
            app_links: vec!["bankapp://click-to-pay".into(), format!("{base}/")],
            ..History::default()
        };
        let fault_rate = rng.choose(&[0, 1, 1, 2]);
        let max_index_lag = rng.choose(&[0, 0, 8, 60]);
        Self {
            harness,
            resources,
            rng,
            clock,
            start,
            timestamps: BTreeSet::new(),
            actors: Vec::new(),
            started: 0,
            orphans: Vec::new(),
            fault_rate,
            max_index_lag,
            indexed_step: 0,
            browsers: BrowserState::default(),
            history,
            trace: Trace::default(),
        }
    }

    /// Whether an actor may have reached a timeout in real time; see [`Actor::is_overdue`].
    pub(super) fn is_overdue(&self) -> bool {
        self.actors.iter().any(Actor::is_overdue)
    }

    /// Checks the invariants and drops the tables.
    pub(super) async fn finish(mut self, panic: Option<String>) -> RunReport {
        for actor in self.actors.drain(..) {
            actor.task.abort();
            let _ = actor.task.await;
        }
        self.harness.gate.drain();
        self.history.names = self.trace.names();
        let verdict = panic.map_or_else(|| check_all(&self.history), Err);
        self.harness.drop_tables(&self.resources.tables).await;
        RunReport { trace: self.trace.into_lines(), verdict }
    }

    /// Adds a line to the trace, some milliseconds after the line before.
    pub(super) fn note(&mut self, event: impl std::fmt::Display) {
        self.clock.advance(SignedDuration::from_millis(self.rng.between(3, 17)));
        while !self.timestamps.insert(self.clock.now()) {
            self.clock.advance(SignedDuration::from_millis(1));
        }
        self.trace.note(self.start, self.clock.now(), event);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Advances the clock, Mastercard's too. Actors that reach their timeout crash.
    pub(super) async fn advance_clock(&mut self, by: SignedDuration) {
        self.clock.advance(by);
        // An index is behind for seconds at most.
        self.indexed_step = self.trace.step();
        self.harness.simulator().age_receipts(by);
        let expired = |actor: &&Actor| self.clock.now().duration_since(actor.started_at) > FUNCTION_TIMEOUT;
        let expired: Vec<_> = self.actors.iter().filter(expired).map(|actor| actor.number).collect();
        for number in expired {
            let fault = self.rng.choose(&[Fault::CrashBefore, Fault::CrashAfter, Fault::CrashBefore]);
            self.step(number, fault).await;
        }
    }

    /// Starts an actor and runs it until its first request. Returns its number.
    pub(super) async fn start(&mut self, invocation: Invocation) -> usize {
        self.started += 1;
        let number = self.started;
        let name = |index: usize| format!(" of {}", self.history.principals[index].name);
        let principal = invocation.principal.map(name).unwrap_or_default();
        self.note(format!("#{number} {:?}{principal} starts: {}", invocation.function, invocation.label));
        self.browsers.remember(&invocation);
        let actor = Actor::start(number, invocation, self.resources.runtime.clone(), self.now());
        self.actors.push(actor);
        self.run_until_blocked(number).await;
        number
    }

    /// Runs an actor to its end without faults.
    pub(super) async fn run_to_completion(&mut self, number: usize) {
        while self.actors.iter().any(|actor| actor.number == number) {
            self.step(number, Fault::None).await;
        }
    }

    /// Starts an actor and runs it to its end without faults.
    pub(super) async fn invoke(&mut self, invocation: Invocation) {
        let number = self.start(invocation).await;
        self.run_to_completion(number).await;
    }

    /// Records tokens that the simulator has created since the last call.
    pub(super) fn record_new_tokens(&mut self) {
        let (step, now) = (self.trace.step(), self.now());
        for (_, token) in self.all_tokens() {
            let (card, reference) = (token.card_contract_id, token.token_unique_reference);
            if self.history.tokens.iter().any(|it| it.reference == reference) {
                continue;
            }
            self.harness.simulator().set_token_created(&reference, now);
            let is_of_click_to_pay = token.token_requestor_id == CLICK_TO_PAY;
            self.history.tokens.push(Token { step, card, reference, is_of_click_to_pay });
        }
    }

    /// Deletes expired items, as DynamoDB's TTL does some time after they expire.
    pub(super) async fn expire_items(&mut self) {
        let now = self.now().as_second();
        let number = |item: &AttributeValue| item.as_n().ok().and_then(|it| it.parse::<i64>().ok());
        for item in self.harness.scan(&self.resources.tables).await {
            if item.get("ttl").and_then(number).is_some_and(|ttl| ttl < now) {
                let delete = self.harness.db().delete_item().table_name(&self.resources.tables.enrollments);
                let delete = delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
                delete.send().await.unwrap();
            }
        }
        self.note("DynamoDB deletes expired items");
    }
}
