//! The final state by the API and by Mastercard, to detect lost or duplicated operations.

use std::collections::BTreeMap;

use local::{World, cardholder::Cardholder};
use serde_json::Value;
use simulator::{Operation, TokenStatus};

use super::results::UserResults;
use crate::error::BenchError;

/// Counts of all cardholders.
#[derive(Debug, Default)]
pub(super) struct ObservedCounts {
    /// Calls of `pushMultipleAccounts`.
    pub(super) pushes: usize,
    /// Notifications that the server acknowledged, copies included.
    pub(super) acknowledged: usize,
    /// Tokens that were created.
    pub(super) tokens: usize,
    /// Cards with two tokens that are not deactivated.
    pub(super) cards_with_two_tokens: usize,
    /// Enrollments in the cardholders' lists, by status.
    pub(super) listed: BTreeMap<String, usize>,
}

impl ObservedCounts {
    pub(super) async fn collect(
        world: &World,
        app: &Cardholder,
        results: &[UserResults],
    ) -> Result<Self, BenchError> {
        let pushes = world.simulator().calls(Operation::PushMultipleAccounts);
        let mut counts = Self { pushes, ..Self::default() };
        for UserResults { client, .. } in results {
            let mut live = BTreeMap::<u64, usize>::new();
            for token in world.simulator().tokens_of(*client) {
                counts.tokens += 1;
                if token.status != TokenStatus::Deactivated {
                    *live.entry(token.card_contract_id).or_default() += 1;
                }
            }
            counts.cards_with_two_tokens += live.values().filter(|tokens| **tokens > 1).count();
            counts.list(&app.with_token(world.token_for(&client.to_string())?)).await;
        }
        Ok(counts)
    }

    /// Counts the listed enrollments, page by page; a failed page is missing from the counts.
    async fn list(&mut self, cardholder: &Cardholder) {
        let mut path = "/enrollments?limit=50".to_owned();
        while let Ok(page) = cardholder.get(&path).await {
            for enrollment in page.body["enrollments"].as_array().into_iter().flatten() {
                let status = enrollment["status"].as_str().unwrap_or_default();
                *self.listed.entry(status.to_owned()).or_default() += 1;
            }
            match &page.body["nextToken"] {
                Value::String(next) => path = format!("/enrollments?limit=50&nextToken={next}"),
                _ => break,
            }
        }
    }

    pub(super) fn listed(&self, status: &str) -> usize {
        self.listed.get(status).copied().unwrap_or_default()
    }
}
