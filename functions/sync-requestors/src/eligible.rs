//! Use-case steps 1 and 2: the token requestors of all account ranges, in batches of [`MAX_RANGES_PER_CALL`]. A batch that
//! fails does not affect the others.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use mastercard::{
    Deadline, MastercardError, TokenConnect,
    card::AccountRange,
    token_connect::{EligibleTokenRequestors, MAX_RANGES_PER_CALL},
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use runtime::telemetry;

/// Concurrent batches.
const CONCURRENCY: usize = 4;

/// The response of Token Connect for the bank's account ranges.
#[derive(Debug, Default)]
pub(crate) struct EligibleRequestors {
    /// The eligible requestors by id, each with all ranges that it is eligible for.
    pub(crate) requestors: BTreeMap<TokenRequestorId, TokenRequestor>,
    /// Ranges whose call failed.
    pub(crate) unanswered: BTreeSet<AccountRange>,
    /// Requestors in all responses; one that is in several is counted in each.
    pub(crate) listed: usize,
    /// Those with a field that could not be read.
    pub(crate) unreadable: usize,
}

/// Fetches the requestors of all ranges. Each call is retried by the client's retry policy, and outlasts a short outage.
///
/// # Errors
/// The last error, when every batch failed.
pub(crate) async fn fetch_eligible(
    token_connect: &TokenConnect,
    ranges: &[AccountRange],
    deadline: Deadline,
) -> Result<EligibleRequestors, MastercardError> {
    let batches = stream::iter(ranges.chunks(MAX_RANGES_PER_CALL)).map(async |batch| {
        let found = token_connect.get_eligible_token_requestors(batch, deadline).await;
        (batch, found)
    });
    let mut batches = std::pin::pin!(batches.buffer_unordered(CONCURRENCY));
    let (mut eligible, mut failure, mut done) = (EligibleRequestors::default(), None, 0_usize);
    while let Some((batch, found)) = batches.next().await {
        done = done.saturating_add(batch.len());
        match found {
            Ok(found) => eligible.add(found),
            Err(error) => {
                tracing::warn!(
                    event = "account_ranges_unanswered",
                    account_ranges = batch.len(),
                    cause = telemetry::chain(&error),
                    "account ranges unanswered"
                );
                eligible.unanswered.extend(batch.iter().cloned());
                failure = Some(error);
            }
        }
        tracing::info!(
            event = "account_ranges_queried",
            progress_unit = "account ranges",
            progress_done = done,
            progress_total = ranges.len(),
            "account ranges queried"
        );
    }
    match failure {
        Some(failure) if eligible.unanswered.len() == ranges.len() => Err(failure),
        _ => Ok(eligible),
    }
}

impl EligibleRequestors {
    fn add(&mut self, found: EligibleTokenRequestors) {
        let EligibleTokenRequestors { token_requestors, unreadable } = found;
        self.listed = self.listed.saturating_add(token_requestors.len());
        self.unreadable = self.unreadable.saturating_add(unreadable);
        for mut requestor in token_requestors {
            if let Some(existing) = self.requestors.get_mut(&requestor.token_requestor_id) {
                existing.enabled_account_ranges.append(&mut requestor.enabled_account_ranges);
            } else {
                self.requestors.insert(requestor.token_requestor_id.clone(), requestor);
            }
        }
    }
}
