//! The report of a refresh as operators' tools receive it, and what an operator has to know or do about it.

use std::fmt;

use mastercard::token_requestor::TokenRequestorId;
use model::catalog::Change;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::RefreshOptions;

const RUNBOOK: &str = "docs/runbooks/refresh-quarantined.md";

/// The [`SyncReport`](crate::SyncReport) of a function, which may be of a later version. It is serialized as it came.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedReport {
    /// Token requestors that Mastercard listed for an account range that was requested.
    requestors: usize,
    /// What changed in the catalog.
    #[serde(flatten)]
    change: Change,
    /// Why the safety check rejected the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejected: Option<String>,
    /// Whether the response was not used, because a later refresh is complete.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    superseded: bool,
    /// Account ranges whose call failed.
    unanswered_ranges: usize,
    /// Account ranges that MDES has not enabled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ineligible_ranges: Vec<String>,
    /// The other fields.
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl ReceivedReport {
    /// Whether the response of Mastercard was complete, and is the catalog now. Hosts in quarantine do not count: the earlier ones stay in
    /// use, and only a decision ends it.
    pub fn is_applied(&self) -> bool {
        self.rejected.is_none() && !self.superseded && self.unanswered_ranges == 0
    }

    /// A sentence or more about each thing that the numbers do not say, with what to do about it.
    pub fn findings(&self, options: &RefreshOptions) -> Vec<String> {
        let rejected = self.rejected.as_deref().map(rejected);
        let superseded = self.superseded.then(|| {
            "The response was not used, because a refresh that was requested later is complete already. `doctor changes` shows the \
             catalog's changes; repeat the refresh if it has to be newer."
                .to_owned()
        });
        let unanswered = (self.unanswered_ranges > 0).then(|| {
            format!(
                "{} account ranges got no response: what the catalog has of them is unchanged, and no token requestor was retired. Repeat \
                 the refresh; the cause is in sync-requestors' log event account_ranges_unanswered.",
                self.unanswered_ranges
            )
        });
        let ineligible = (!self.ineligible_ranges.is_empty()).then(|| {
            format!(
                "MDES has not enabled the account ranges {}: no card of them can be enabled. Ask Mastercard to enable them for Token Connect, \
                 or take them out of ACCOUNT_RANGES.",
                self.ineligible_ranges.join(", ")
            )
        });
        let quarantined = self.change.quarantined.iter().map(quarantined);
        let without_effect = self.allowed_without_effect(options).map(|id| {
            format!(
                "--allow changed nothing for {id}: `doctor changes` lists the hosts that are in quarantine."
            )
        });
        let findings = [rejected, superseded, unanswered, ineligible].into_iter().flatten();
        findings.chain(quarantined).chain(without_effect).collect()
    }

    /// Token requestors with an allowed host whose entries are as before. An entry that leaves the quarantine is a change.
    fn allowed_without_effect<'a>(
        &'a self,
        options: &'a RefreshOptions,
    ) -> impl Iterator<Item = &'a TokenRequestorId> {
        let Change { added, changed, returned, .. } = &self.change;
        let is_used = self.rejected.is_none() && !self.superseded;
        let ids = options.allow.iter().map(|allowed| &allowed.token_requestor_id);
        ids.filter(move |id| is_used && ![added, changed, returned].iter().any(|list| list.contains(*id)))
    }
}

/// The numbers, in a sentence.
impl fmt::Display for ReceivedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { added, changed, retired, returned, .. } = &self.change;
        write!(
            f,
            "Mastercard listed {} token requestors for our account ranges: {} new, {} changed, {} retired, {} returned.",
            self.requestors,
            added.len(),
            changed.len(),
            retired.len(),
            returned.len()
        )
    }
}

fn rejected(reason: &str) -> String {
    let what = match reason {
        "empty" => "Mastercard listed no token requestor.",
        "unrequested" => {
            "Mastercard listed token requestors, but none for an account range of ACCOUNT_RANGES: compare the ranges with those that Mastercard \
             has enabled, digit by digit, before anything else."
        }
        "drop" => {
            "Mastercard no longer lists more token requestors, or more of their account ranges, than LARGEST_DROP_PERCENT allows."
        }
        "unreadable" => {
            "too many token requestors have fields that could not be read; sync-requestors' log event response_fields_unreadable names the \
             fields."
        }
        // Of a later version of the function.
        other => &format!("{other}."),
    };
    format!(
        "The safety check rejected the refresh, and the catalog is unchanged: {what} Ask Mastercard whether this is intended; if it is, \
         repeat with --force ({RUNBOOK})."
    )
}

fn quarantined(id: &TokenRequestorId) -> String {
    format!(
        "Token requestor {id} has a redirect host that it never had: it is in quarantine, and the earlier host stays in use. `doctor changes` \
         shows the host. Ask Mastercard or the token requestor by telephone whether it is intended; if it is, repeat with --allow {id}=HOST \
         ({RUNBOOK})."
    )
}

#[cfg(test)]
mod tests;
