//! Changes of the enabled cards' tokens after the load, for their notifications.

use std::time::Duration;

use local::World;
use simulator::{CLICK_TO_PAY, TokenStatus};
use tokio::time::Instant;

use super::results::UserResults;

/// Tokens that are changed at the same time.
const CONCURRENT: usize = 100;

/// The changes, each with a notification that is sent [`COPIES`](super::COPIES) times.
#[derive(Debug, Default)]
pub(super) struct TokenChanges {
    pub(super) made: usize,
    /// Until the last notification was answered.
    pub(super) duration: Duration,
}

impl TokenChanges {
    /// The token requestor suspends the active tokens and resumes them, again and again, until there were `wanted` changes or
    /// little more. Afterwards every token is as before.
    pub(super) async fn make(world: &World, results: &[UserResults], wanted: usize) -> Self {
        let simulator = world.simulator();
        let tokens = results.iter().flat_map(|user| simulator.tokens_of(user.client));
        let active = tokens.filter(|token| token.status == TokenStatus::Active);
        let cards: Vec<u64> = active.map(|token| token.card_contract_id).collect();
        let (started_at, mut made) = (Instant::now(), 0);
        for cards in cards.chunks(CONCURRENT).cycle() {
            if made >= wanted {
                break;
            }
            // A refused change has no notification, so that the target for these is missed.
            for card in cards {
                let _ = simulator.suspend_token(*card, CLICK_TO_PAY);
            }
            simulator.notifications_settled().await;
            for card in cards {
                let _ = simulator.resume_token(*card, CLICK_TO_PAY);
            }
            simulator.notifications_settled().await;
            made += 2 * cards.len();
        }
        Self { made, duration: started_at.elapsed() }
    }
}
