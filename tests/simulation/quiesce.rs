//! The second phase of a run: faults end, invocations in progress end or crash, lost requests stay lost, and reconciliation
//! runs until nothing is due. Then the final state is recorded.

use jiff::SignedDuration;
use simulator::{CLICK_TO_PAY, TokenStatus};

use super::{
    event::Event,
    fault::Fault,
    history::StoredItem,
    invocation::{Function, Invocation},
    run::Run,
};

/// Longer than any function's timeout, even if the clock was set back: after it, no attempt is in progress.
const BEYOND_TIMEOUTS: SignedDuration = SignedDuration::from_mins(1);
/// The most runs of reconciliation until nothing is due.
const MAX_RECONCILIATIONS: usize = 24;

impl Run<'_> {
    pub(super) async fn quiesce(&mut self) {
        while let Some(number) = self.actors.first().map(|actor| actor.number) {
            match self.rng.below(3) {
                0 => self.step(number, Fault::CrashBefore).await,
                _ => self.run_to_completion(number).await,
            }
        }
        while let Some(index) = self.orphans.len().checked_sub(1) {
            match self.rng.chance(50) {
                true => self.process_orphan(index).await,
                false => drop(self.orphans.remove(index)),
            }
        }
        self.advance_clock(BEYOND_TIMEOUTS).await;
        self.note("faults end");
        self.max_index_lag = 0;
        self.history.quiesced_at_step = self.trace.step();
        self.replay_keys().await;
        self.finish_visits().await;
        self.reconcile_until_final().await;
        self.record_final_state().await;
        self.enroll_again().await;
    }

    /// Repeats some requests with their idempotency keys.
    async fn replay_keys(&mut self) {
        let mut first_requests = std::mem::take(&mut self.browsers.first_requests);
        self.rng.shuffle(&mut first_requests);
        for invocation in first_requests.into_iter().take(2) {
            self.invoke(invocation).await;
        }
    }

    /// Ends open visits to Click to Pay, and follows some returns.
    async fn finish_visits(&mut self) {
        while let Some(index) = self.browsers.visits.len().checked_sub(1) {
            self.end_visit(index).await;
        }
        for index in 0..self.browsers.returns.len() {
            if self.browsers.returns[index].times > 0 && self.rng.chance(60) {
                let number = self.return_to_bank(index).await;
                self.run_to_completion(number).await;
            }
        }
    }

    /// Runs reconciliation until nothing is due. Notifications may still arrive, with any delay.
    async fn reconcile_until_final(&mut self) {
        let delays = [SignedDuration::ZERO, SignedDuration::from_mins(5), SignedDuration::from_hours(25)];
        for _ in 0..MAX_RECONCILIATIONS {
            while !self.undelivered().is_empty() && self.rng.chance(50) {
                let number = self.deliver_some().await;
                self.run_to_completion(number).await;
            }
            let Some(due) = self.harness.next_due(&self.resources.tables).await else { break };
            let delay = self.rng.choose(&delays) + SignedDuration::from_secs(1);
            let wait = due.duration_since(self.now()).max(SignedDuration::ZERO) + delay;
            self.advance_clock(wait).await;
            self.reconcile_unscheduled().await;
        }
    }

    /// Runs reconciliation alone. Its requests bypass the scheduler and the trace, since it reconciles several clients
    /// concurrently and the order of their requests does not depend on the seed.
    async fn reconcile_unscheduled(&mut self) {
        let invocation = Invocation::new(Function::Reconcile, "the schedule");
        self.start(Invocation { unscheduled: true, ..invocation }).await;
    }

    async fn record_final_state(&mut self) {
        self.history.settled_at = self.now();
        let stored = self.harness.scan(&self.resources.tables).await;
        self.history.stored = stored.into_iter().map(StoredItem::new).collect();
        let tokens = self.all_tokens().into_iter().map(|(_, token)| token);
        let active =
            tokens.filter(|it| it.status == TokenStatus::Active && it.token_requestor_id == CLICK_TO_PAY);
        self.history.active.extend(active.map(|token| token.card_contract_id));
    }

    /// Enrolls cards again that were enrolled before, with new keys, and lists token requestors after a refresh.
    async fn enroll_again(&mut self) {
        self.note("every enrollment is final; cards are enrolled again");
        self.history.final_at_step = self.trace.step();
        let principals = self.history.principals.iter().enumerate();
        let cards = principals.flat_map(|(index, it)| it.cards.iter().map(move |card| (index, *card)));
        let mut cards: Vec<_> = cards.filter(|(_, card)| self.history.has_enrollment_of(*card)).collect();
        self.rng.shuffle(&mut cards);
        for (principal, card) in cards.into_iter().take(2) {
            let label = "a card again".into();
            let invocation = Invocation { label, ..self.enroll_request(principal, card, "mobile-app") };
            self.invoke(invocation.with_key(&format!("again-{card}"))).await;
        }
        if self.history.refreshed {
            let event = Event::new("GET /token-requestors", "/token-requestors?platform=web");
            let invocation = self.request(0, Function::ListRequestors, "token requestors", event);
            self.invoke(invocation).await;
        }
    }
}
