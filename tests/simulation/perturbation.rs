//! Perturbations besides faults of requests: the clock, the status of a card, the status of a token.

use jiff::SignedDuration;
use simulator::CLICK_TO_PAY;

use super::run::Run;

/// A wallet of the sample world.
const WALLET: &str = "50999000001";

impl Run<'_> {
    /// One random perturbation.
    pub(super) async fn perturb(&mut self) {
        let principal = self.rng.below(self.history.principals.len());
        let card = self.rng.choose(&self.history.principals[principal].cards.clone());
        match self.rng.below(20) {
            0..8 => {
                let seconds = self.rng.between(2, 9);
                self.note_and_advance(SignedDuration::from_secs(seconds)).await;
            }
            8..10 => self.note_and_advance(SignedDuration::from_secs(4 * 60 + 7)).await,
            10..12 => self.note_and_advance(SignedDuration::from_mins(16)).await,
            12 => {
                self.note_and_advance(SignedDuration::from_hours(3)).await;
                self.expire_items().await;
            }
            13 => {
                let seconds = self.rng.between(1, 4);
                self.note(format!("our clock is set back by {seconds} s"));
                self.clock.advance(SignedDuration::from_secs(-seconds));
            }
            14..16 => self.toggle_card(principal, card),
            _ => self.change_token(principal, card).await,
        }
    }

    async fn note_and_advance(&mut self, by: SignedDuration) {
        self.note(format!("{by:#} pass"));
        self.advance_clock(by).await;
    }

    /// Blocks a card at Processing, or unblocks it.
    fn toggle_card(&mut self, principal: usize, card: u64) {
        let blocked = !self.history.blocked.contains(&card);
        let status = if blocked { "blocked" } else { "unblocked" };
        self.note(format!("a card of {} is {status}", self.history.principals[principal].name));
        self.harness.simulator().set_card_status(card, if blocked { "43" } else { "00" }).unwrap();
        match blocked {
            true => self.history.blocked.push(card),
            false => self.history.blocked.retain(|it| *it != card),
        }
    }

    /// Suspends, resumes or deletes the Click to Pay token of a card, if there is one, or enables the card in a wallet.
    async fn change_token(&mut self, principal: usize, card: u64) {
        let simulator = self.harness.simulator();
        let (status, result) = match self.rng.below(6) {
            4 | 5 => ("added by a wallet", simulator.add_token(card, WALLET, "")),
            0 => ("suspended", simulator.suspend_token(card, CLICK_TO_PAY)),
            1 | 2 => ("resumed", simulator.resume_token(card, CLICK_TO_PAY)),
            _ => ("deleted", simulator.delete_token(card, CLICK_TO_PAY)),
        };
        if result.is_ok() {
            self.note(format!("a token of {} is {status}", self.history.principals[principal].name));
            self.collect_notifications().await;
        }
    }
}
