//! What a refresh means: pure, from what is known and what Token Connect said to what is to be written.

mod quarantine;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use mastercard::{
    asset::AssetId,
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use model::catalog::{Change, Known, Snapshot};
use runtime::store::Plan;
use serde::Serialize;

use crate::{ask::Answered, event::Orders};

/// Why an answer was not believed, and the catalog stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Disbelieved {
    /// Nobody was named.
    Empty,
    /// More requestors would go at once than `LARGEST_DROP_PERCENT` allows.
    Drop,
}

/// What the plan says beside what it writes.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) disbelieved: Option<Disbelieved>,
    /// Another refresh asked later, and all its calls were answered.
    pub(crate) overtaken: bool,
    /// Artwork that was never fetched.
    pub(crate) assets: Vec<AssetId>,
}

/// The plan, and what is to be said of it. The answer is to a question of `asked_at`.
pub(crate) fn plan(
    seen: &Snapshot,
    answered: &Answered,
    orders: &Orders,
    largest_drop_percent: usize,
    asked_at: Timestamp,
) -> (Plan, Beside) {
    let updated_at = seen.catalog.as_ref().and_then(|catalog| catalog.updated_at);
    if updated_at.is_some_and(|newer| newer > asked_at) {
        let assets = seen.missing_assets().into_iter().cloned().collect();
        return (Plan::default(), Beside { disbelieved: None, overtaken: true, assets });
    }
    let mut plan = Plan { complete: answered.unanswered.is_empty(), ..Plan::default() };
    let mut after: BTreeMap<&TokenRequestorId, Known> = BTreeMap::new();
    for (id, requestor) in &answered.named {
        after.insert(id, named(seen, answered, requestor, orders, asked_at));
    }
    // Half an answer does not say who is gone.
    let gone = seen.offered().filter(|known| !after.contains_key(&known.requestor.token_requestor_id));
    let gone: Vec<_> = gone.filter(|_| plan.complete).collect();
    let disbelieved = match (answered.named.is_empty(), seen.offered().count()) {
        _ if orders.force => None,
        (true, _) => Some(Disbelieved::Empty),
        (false, before) => {
            let too_many = gone.len().saturating_mul(100) > before.saturating_mul(largest_drop_percent);
            too_many.then_some(Disbelieved::Drop)
        }
    };
    if disbelieved.is_some() {
        let assets = seen.missing_assets().into_iter().cloned().collect();
        return (Plan::default(), Beside { disbelieved, overtaken: false, assets });
    }
    for known in gone {
        let id = &known.requestor.token_requestor_id;
        after.insert(id, Known { retired_at: Some(asked_at), ..known.clone() });
    }
    let assets = missing(seen, &after);
    for (id, known) in after {
        let before = seen.known.get(id);
        if before != Some(&known) {
            note(&mut plan.change, before, &known);
            plan.write.push(known);
        }
    }
    (plan, Beside { disbelieved, overtaken: false, assets })
}

/// A requestor that was named, with what is kept of it from before.
fn named(
    seen: &Snapshot,
    answered: &Answered,
    requestor: &TokenRequestor,
    orders: &Orders,
    now: Timestamp,
) -> Known {
    let before = seen.known.get(&requestor.token_requestor_id);
    let mut requestor = requestor.clone();
    let ranges = &mut requestor.enabled_account_ranges;
    let unanswered = before.into_iter().flat_map(|before| &before.requestor.enabled_account_ranges);
    ranges.extend(unanswered.filter(|range| answered.unanswered.contains(range)).cloned());
    ranges.sort();
    ranges.dedup();
    let mut earlier_asset_id = before.and_then(|before| before.earlier_asset_id.clone());
    if let Some(artwork) = before.and_then(|before| before.requestor.image_asset_id.as_ref())
        && requestor.image_asset_id.as_ref() != Some(artwork)
        && seen.shown(artwork).is_some()
    {
        earlier_asset_id = Some(artwork.clone());
    }
    let quarantine = quarantine::watch(&mut requestor, before, &orders.allow, now);
    Known { requestor, earlier_asset_id, retired_at: None, quarantine }
}

/// Artwork that the catalog will show once it is fetched.
fn missing(seen: &Snapshot, after: &BTreeMap<&TokenRequestorId, Known>) -> Vec<AssetId> {
    let untouched = seen.known.iter().filter(|(id, _)| !after.contains_key(id)).map(|(_, known)| known);
    let offered = untouched.chain(after.values()).filter(|known| known.retired_at.is_none());
    let wanted = offered.filter_map(|known| known.requestor.image_asset_id.as_ref());
    let missing: std::collections::BTreeSet<_> = wanted.filter(|id| !seen.assets.contains_key(*id)).collect();
    missing.into_iter().cloned().collect()
}

/// Says in which way a requestor differs.
fn note(change: &mut Change, before: Option<&Known>, after: &Known) {
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
