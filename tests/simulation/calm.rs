//! The calm after the storm: nothing fails any more, what is under way ends, what was lost stays lost. Reconciliation runs
//! on its schedule until nothing is due. Then it is seen what is left.

use jiff::SignedDuration;
use simulator::{CLICK_TO_PAY, TokenStatus};

use super::{
    deed::{Deed, Function},
    event::Event,
    fate::Fate,
    run::Run,
};

/// Longer than any request may take, though the clock was set back meanwhile: from then on a key is answered for good.
const BEYOND_DEADLINES: SignedDuration = SignedDuration::from_mins(1);
/// How often reconciliation may need to run.
const ROUNDS: usize = 24;

impl Run<'_> {
    pub(super) async fn calms(&mut self) {
        while let Some(number) = self.actors.first().map(|actor| actor.number) {
            match self.dice.below(3) {
                0 => self.steps(number, Fate::Crash).await,
                _ => self.finishes(number).await,
            }
        }
        while let Some(at) = self.strays.len().checked_sub(1) {
            match self.dice.chance(50) {
                true => self.stray_arrives(at).await,
                false => drop(self.strays.remove(at)),
            }
        }
        self.passes(BEYOND_DEADLINES).await;
        self.note("calm");
        self.evidence.calm_since = self.trace.step();
        self.keys_come_again().await;
        self.cardholders_finish().await;
        self.reconciles().await;
        self.takes_stock().await;
        self.begins_anew().await;
    }

    /// Each key that was used comes once more, if the seed wants it.
    async fn keys_come_again(&mut self) {
        let mut tapped = std::mem::take(&mut self.ways.tapped);
        self.dice.shuffle(&mut tapped);
        for deed in tapped.into_iter().take(2) {
            self.does(deed).await;
        }
    }

    /// Pages that are still open and ways back that are still to be gone, or not.
    async fn cardholders_finish(&mut self) {
        while let Some(at) = self.ways.visits.len().checked_sub(1) {
            self.ends_visit(at).await;
        }
        for at in 0..self.ways.returns.len() {
            if self.ways.returns[at].times > 0 && self.dice.chance(60) {
                let number = self.comes_back(at).await;
                self.finishes(number).await;
            }
        }
    }

    /// Until nothing is due; notifications may still come, as late as they like.
    async fn reconciles(&mut self) {
        let late = [SignedDuration::ZERO, SignedDuration::from_mins(5), SignedDuration::from_hours(25)];
        for _ in 0..ROUNDS {
            while !self.undelivered().is_empty() && self.dice.chance(50) {
                let number = self.delivers().await;
                self.finishes(number).await;
            }
            let Some(due) = self.stage.next_due(&self.set.tables).await else { break };
            let late = self.dice.of(&late) + SignedDuration::from_secs(1);
            let wait = due.duration_since(self.now()).max(SignedDuration::ZERO) + late;
            self.passes(wait).await;
            self.reconciles_at_once().await;
        }
    }

    /// Nobody else is there, so its requests wait for no turn. It asks for several clients at once, and in which order their
    /// requests arrive is nobody's choice: they are not noted.
    async fn reconciles_at_once(&mut self) {
        self.begins(Deed { at_once: true, ..Deed::new(Function::Reconcile, "the schedule") }).await;
    }

    async fn takes_stock(&mut self) {
        self.evidence.settled_at = self.now();
        self.evidence.stored = self.stage.stored_plainly(&self.set.tables).await;
        for person in &self.evidence.people {
            let tokens = self.stage.simulator().tokens_of(person.client).into_iter();
            let active =
                tokens.filter(|it| it.status == TokenStatus::Active && it.token_requestor_id == CLICK_TO_PAY);
            self.evidence.active.extend(active.map(|token| token.card_contract_id));
        }
    }

    /// Cards that were asked for are asked for once more, under a new key; the catalog is shown after a refresh.
    async fn begins_anew(&mut self) {
        self.note("everything is final; cards are asked for anew");
        self.evidence.anew_since = self.trace.step();
        let people = self.evidence.people.iter().enumerate();
        let cards = people.flat_map(|(who, person)| person.cards.iter().map(move |card| (who, *card)));
        let mut cards: Vec<_> = cards.filter(|(_, card)| self.evidence.was_asked_for(*card)).collect();
        self.dice.shuffle(&mut cards);
        for (who, card) in cards.into_iter().take(2) {
            let deed = Deed { told: "a card anew".into(), ..self.enrolls(who, card, "mobile-app") };
            self.does(deed.under(&format!("anew-{card}"))).await;
        }
        if self.evidence.refreshed {
            let event = Event::new("GET /token-requestors", "/token-requestors?platform=web");
            let event = event.of(self.evidence.people[0].client);
            let deed = Deed::new(Function::ListRequestors, "what can be chosen").by(0).asking(event);
            self.does(deed).await;
        }
    }
}
