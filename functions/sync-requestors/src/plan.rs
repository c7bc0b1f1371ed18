//! What a refresh writes: a pure function of the catalog and the response of Token Connect.

mod quarantine;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mastercard::{
    asset::AssetId,
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use model::catalog::{CatalogEntry, Change, Snapshot};
use runtime::store::Plan;
use serde::Serialize;

use crate::{eligible::EligibleRequestors, event::RefreshOptions};

/// Why the safety check rejected a response; the catalog is unchanged then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectedRefresh {
    /// The response lists no requestor.
    Empty,
    /// The response lists requestors, but none for an account range that was requested.
    Unrequested,
    /// More requestors, or account ranges that they have, would be retired in one refresh than `LARGEST_DROP_PERCENT` allows.
    Drop,
    /// More requestors than that have a field that could not be read: the format of the response has changed.
    Unreadable,
}

/// The findings of a plan, for the report.
#[derive(Debug)]
pub(crate) struct PlanSummary {
    pub(crate) rejected: Option<RejectedRefresh>,
    /// A refresh that was requested later is complete already: the response of this one is not used.
    pub(crate) superseded: bool,
    /// Artwork that was never fetched.
    pub(crate) assets: Vec<AssetId>,
}

/// The plan and its summary. `requested_at` is the time at which the refresh was requested.
pub(crate) fn plan(
    current: &Snapshot,
    response: &EligibleRequestors,
    options: &RefreshOptions,
    largest_drop_percent: usize,
    requested_at: Timestamp,
) -> (Plan, PlanSummary) {
    let unchanged = |rejected, superseded| {
        let assets = current.missing_assets().into_iter().cloned().collect();
        (Plan::default(), PlanSummary { rejected, superseded, assets })
    };
    let updated_at = current.catalog.as_ref().and_then(|catalog| catalog.updated_at);
    if updated_at.is_some_and(|newer| newer > requested_at) {
        return unchanged(None, true);
    }
    let mut plan = Plan { complete: response.unanswered.is_empty(), ..Plan::default() };
    let mut after: BTreeMap<&TokenRequestorId, CatalogEntry> = BTreeMap::new();
    for (id, requestor) in &response.requestors {
        after.insert(id, entry(current, response, requestor, options, requested_at));
    }
    // An incomplete response does not show which requestors are gone.
    let gone = current.offered().filter(|entry| !after.contains_key(&entry.requestor.token_requestor_id));
    let gone: Vec<_> = gone.filter(|_| plan.complete).collect();
    let offered: BTreeSet<_> =
        current.offered().flat_map(|entry| &entry.requestor.enabled_account_ranges).collect();
    let ineligible = offered.iter().filter(|range| response.ineligible.contains(range)).count();
    let too_many =
        |part: usize, of: usize| part.saturating_mul(100) > of.saturating_mul(largest_drop_percent);
    let rejected = if options.force {
        None
    } else if too_many(response.unreadable, response.listed) {
        Some(RejectedRefresh::Unreadable)
    } else if response.requestors.is_empty() && response.unrequested > 0 {
        Some(RejectedRefresh::Unrequested)
    } else if response.requestors.is_empty() {
        Some(RejectedRefresh::Empty)
    } else {
        let is_drop = too_many(gone.len(), current.offered().count()) || too_many(ineligible, offered.len());
        is_drop.then_some(RejectedRefresh::Drop)
    };
    if rejected.is_some() {
        return unchanged(rejected, false);
    }
    for entry in gone {
        let id = &entry.requestor.token_requestor_id;
        after.insert(id, CatalogEntry { retired_at: Some(requested_at), ..entry.clone() });
    }
    let assets = missing_assets(current, &after);
    for (id, entry) in after {
        let before = current.entries.get(id);
        if before != Some(&entry) {
            add_change(&mut plan.change, before, &entry);
            plan.write.push(entry);
        }
    }
    (plan, PlanSummary { rejected, superseded: false, assets })
}

/// The entry of a requestor in the response, with the data that stays from the entry before.
fn entry(
    current: &Snapshot,
    response: &EligibleRequestors,
    requestor: &TokenRequestor,
    options: &RefreshOptions,
    now: Timestamp,
) -> CatalogEntry {
    let before = current.entries.get(&requestor.token_requestor_id);
    let mut requestor = requestor.clone();
    let ranges = &mut requestor.enabled_account_ranges;
    let unanswered = before.into_iter().flat_map(|before| &before.requestor.enabled_account_ranges);
    ranges.extend(unanswered.filter(|range| response.unanswered.contains(range)).cloned());
    ranges.sort();
    ranges.dedup();
    let mut earlier_asset_id = before.and_then(|before| before.earlier_asset_id.clone());
    if let Some(artwork) = before.and_then(|before| before.requestor.image_asset_id.as_ref())
        && requestor.image_asset_id.as_ref() != Some(artwork)
        && current.logos_of(artwork).is_some()
    {
        earlier_asset_id = Some(artwork.clone());
    }
    let quarantine = quarantine::check(&mut requestor, before, &options.allow, now);
    CatalogEntry { requestor, earlier_asset_id, retired_at: None, quarantine }
}

/// Artwork of the new catalog that was not fetched yet.
fn missing_assets(current: &Snapshot, after: &BTreeMap<&TokenRequestorId, CatalogEntry>) -> Vec<AssetId> {
    let unchanged = current.entries.iter().filter(|(id, _)| !after.contains_key(id)).map(|(_, entry)| entry);
    let offered = unchanged.chain(after.values()).filter(|entry| entry.retired_at.is_none());
    let ids = offered.filter_map(|entry| entry.requestor.image_asset_id.as_ref());
    let missing: BTreeSet<_> = ids.filter(|id| !current.assets.contains_key(*id)).collect();
    missing.into_iter().cloned().collect()
}

/// Adds a requestor to the matching list of the change.
fn add_change(change: &mut Change, before: Option<&CatalogEntry>, after: &CatalogEntry) {
    let id = &after.requestor.token_requestor_id;
    let list = match before {
        None => &mut change.added,
        Some(_) if after.retired_at.is_some() => &mut change.retired,
        Some(before) if before.retired_at.is_some() => &mut change.returned,
        Some(_) => &mut change.changed,
    };
    list.push(id.clone());
    if after.quarantine.is_some()
        && before.and_then(|before| before.quarantine.as_ref()) != after.quarantine.as_ref()
    {
        change.quarantined.push(id.clone());
    }
}
