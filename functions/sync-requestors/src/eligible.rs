//! Use-case steps 1 and 2: the token requestors of all account ranges, in batches of [`MAX_RANGES_PER_CALL`]. A batch that
//! fails does not affect the others, and an account range that MDES has not enabled does not affect the rest of its batch.

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
/// Token Connect's reason code for an account range that MDES has not enabled.
const INELIGIBLE: &str = "ACCOUNT_INELIGIBLE";
/// Digits of an account range's start in a log line: all that it usually has without its padding, fewer than a card number.
const LOGGED_DIGITS: usize = 11;

/// A part of a batch, and the response for it.
type PartResponse<'a> = (&'a [AccountRange], Result<EligibleTokenRequestors, MastercardError>);

/// The response of Token Connect for the bank's account ranges.
#[derive(Debug, Default)]
pub(crate) struct EligibleRequestors {
    /// The eligible requestors by id, each with all ranges that it is eligible for.
    pub(crate) requestors: BTreeMap<TokenRequestorId, TokenRequestor>,
    /// Ranges whose call failed.
    pub(crate) unanswered: BTreeSet<AccountRange>,
    /// Ranges that MDES has not enabled: no requestor is eligible for them.
    pub(crate) ineligible: BTreeSet<AccountRange>,
    /// Ranges in the responses that were not requested, counted for each requestor. They are not used.
    pub(crate) unrequested: usize,
    /// Requestors in all responses; one that is in several is counted in each.
    pub(crate) listed: usize,
    /// Those with a field that could not be read.
    pub(crate) unreadable: usize,
}

/// Fetches the requestors of all ranges. Each call is retried by the client's retry policy, and outlasts a short outage.
///
/// # Errors
/// The last error, when no range has a response: the calls failed, or MDES has enabled none of the ranges.
pub(crate) async fn fetch_eligible(
    token_connect: &TokenConnect,
    ranges: &[AccountRange],
    deadline: Deadline,
) -> Result<EligibleRequestors, MastercardError> {
    let batches = stream::iter(ranges.chunks(MAX_RANGES_PER_CALL)).map(async |batch| {
        let responses = fetch_batch(token_connect, batch, deadline).await;
        (batch, responses)
    });
    let mut batches = std::pin::pin!(batches.buffer_unordered(CONCURRENCY));
    let (mut eligible, mut failure, mut done) = (EligibleRequestors::default(), None, 0_usize);
    while let Some((batch, responses)) = batches.next().await {
        done = done.saturating_add(batch.len());
        for (part, response) in responses {
            match response {
                Ok(found) => eligible.add(found, ranges),
                Err(error) if is_ineligible(&error) => {
                    eligible.ineligible.extend(part.iter().cloned());
                    // The error of a call that failed says whether the refresh can be repeated.
                    failure = failure.or(Some(error));
                }
                Err(error) => {
                    log_unanswered(part, &error);
                    eligible.unanswered.extend(part.iter().cloned());
                    failure = Some(error);
                }
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
    log_ineligible(&eligible.ineligible);
    let without_response = eligible.unanswered.len().saturating_add(eligible.ineligible.len());
    match failure {
        Some(failure) if without_response == ranges.len() => Err(failure),
        _ => Ok(eligible),
    }
}

/// Fetches the requestors of one batch. Mastercard does not publish whether one range that MDES has not enabled fails the call
/// for all of them. If it does, the halves are requested, down to single ranges: fewer calls than twice the number of ranges.
async fn fetch_batch<'a>(
    token_connect: &TokenConnect,
    batch: &'a [AccountRange],
    deadline: Deadline,
) -> Vec<PartResponse<'a>> {
    let (mut parts, mut responses) = (vec![batch], Vec::new());
    while let Some(part) = parts.pop() {
        let response = token_connect.get_eligible_token_requestors(part, deadline).await;
        let (first, second) = part.split_at(part.len() / 2);
        if !first.is_empty() && response.as_ref().is_err_and(is_ineligible) {
            parts.extend([second, first]);
        } else {
            responses.push((part, response));
        }
    }
    responses
}

/// Whether a call failed because of an account range that MDES has not enabled, and for no other reason.
fn is_ineligible(error: &MastercardError) -> bool {
    let reason_codes = error.reason_codes();
    !reason_codes.is_empty() && reason_codes.iter().all(|code| code.as_str() == INELIGIBLE)
}

fn log_unanswered(ranges: &[AccountRange], error: &MastercardError) {
    tracing::warn!(
        event = "account_ranges_unanswered",
        account_ranges = ranges.len(),
        cause = telemetry::chain(error),
        "account ranges unanswered"
    );
}

/// One line for all ranges that MDES has not enabled.
fn log_ineligible(ranges: &BTreeSet<AccountRange>) {
    if ranges.is_empty() {
        return;
    }
    let starts: Vec<_> =
        ranges.iter().map(|range| range.as_str().get(..LOGGED_DIGITS).unwrap_or_default()).collect();
    tracing::warn!(
        event = "account_ranges_ineligible",
        account_ranges = ranges.len(),
        range_starts = starts.join(" "),
        "account ranges ineligible"
    );
}

impl EligibleRequestors {
    /// Adds the requestors that were found. `requested` are all ranges of the bank, in ascending order. Whether a response lists
    /// other ranges too is not published: they may be another bank's. A requestor that is enabled for none of the requested ones is left out.
    fn add(&mut self, found: EligibleTokenRequestors, requested: &[AccountRange]) {
        let EligibleTokenRequestors { token_requestors, unreadable } = found;
        self.listed = self.listed.saturating_add(token_requestors.len());
        self.unreadable = self.unreadable.saturating_add(unreadable);
        for mut requestor in token_requestors {
            let ranges = &mut requestor.enabled_account_ranges;
            let listed = ranges.len();
            ranges.retain(|range| requested.binary_search(range).is_ok());
            self.unrequested = self.unrequested.saturating_add(listed.saturating_sub(ranges.len()));
            if ranges.is_empty() {
                continue;
            }
            if let Some(existing) = self.requestors.get_mut(&requestor.token_requestor_id) {
                existing.enabled_account_ranges.append(&mut requestor.enabled_account_ranges);
            } else {
                self.requestors.insert(requestor.token_requestor_id.clone(), requestor);
            }
        }
    }
}

#[cfg(test)]
mod tests;
