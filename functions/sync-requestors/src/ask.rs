//! Use-case steps 1 and 2: all account ranges, as many a call as Token Connect takes; a batch that fails, fails alone.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use mastercard::{
    Deadline, MastercardError, TokenConnect,
    card::AccountRange,
    token_connect::RANGES_A_CALL,
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use runtime::telemetry;

/// Batches under way at once.
const AT_ONCE: usize = 4;

/// What Token Connect said of the bank's account ranges.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// Whom it named, each with all ranges that it was named for.
    pub(crate) named: BTreeMap<TokenRequestorId, TokenRequestor>,
    /// Ranges without an answer.
    pub(crate) unanswered: BTreeSet<AccountRange>,
}

/// Asks about all ranges. Each call is repeated as its failure allows.
///
/// # Errors
/// The last failure, when no batch at all was answered.
pub(crate) async fn ask(
    token_connect: &TokenConnect,
    ranges: &[AccountRange],
    until: Deadline,
) -> Result<Answered, MastercardError> {
    let batches = stream::iter(ranges.chunks(RANGES_A_CALL)).map(async |batch| {
        let found = token_connect.get_eligible_token_requestors(batch, until).await;
        (batch, found)
    });
    let mut batches = std::pin::pin!(batches.buffer_unordered(AT_ONCE));
    let (mut answered, mut failure, mut done) = (Answered::default(), None, 0_usize);
    while let Some((batch, found)) = batches.next().await {
        done = done.saturating_add(batch.len());
        match found {
            Ok(found) => found.into_iter().for_each(|requestor| answered.add(requestor)),
            Err(error) => {
                let (cause, count) = (telemetry::chain(&error), batch.len());
                tracing::warn!(cause, count, "Token Connect did not answer for some account ranges");
                answered.unanswered.extend(batch.iter().cloned());
                failure = Some(error);
            }
        }
        tracing::info!(
            progress.of = "account ranges",
            progress.done = done,
            progress.total = ranges.len(),
            "account ranges were asked for"
        );
    }
    match failure {
        Some(failure) if answered.unanswered.len() == ranges.len() => Err(failure),
        _ => Ok(answered),
    }
}

impl Answered {
    fn add(&mut self, mut requestor: TokenRequestor) {
        if let Some(known) = self.named.get_mut(&requestor.token_requestor_id) {
            known.enabled_account_ranges.append(&mut requestor.enabled_account_ranges);
        } else {
            self.named.insert(requestor.token_requestor_id.clone(), requestor);
        }
    }
}
