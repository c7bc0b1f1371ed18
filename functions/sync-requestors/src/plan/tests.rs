use jiff::Timestamp;
use mastercard::{
    asset::{Asset, AssetId, Logo},
    card::AccountRange,
    token_requestor::{PushMethod, PushMethodKind, TokenRequestor, TokenRequestorId},
};
use model::catalog::{Catalog, CatalogEntry, Snapshot};
use uuid::Uuid;

use super::{RejectedRefresh, plan};
use crate::{
    eligible::EligibleRequestors,
    event::{AllowedHost, RefreshOptions},
};

const CLICK_TO_PAY: &str = "50123197928";
const CREDIT: &str = "5555550000000000000";
const DEBIT: &str = "5555560000000000000";

fn id(raw: &str) -> TokenRequestorId {
    raw.parse().unwrap()
}

/// The n-th of many requestors.
fn nth(n: usize) -> String {
    format!("509990{n:05}")
}

fn requestor(raw: &str) -> TokenRequestor {
    TokenRequestor {
        token_requestor_id: id(raw),
        name: "Example Ltd".into(),
        consumer_facing_entity_name: "Example".into(),
        token_requestor_type: "MERCHANT".into(),
        wallet_id: None,
        image_asset_id: Some("art-1".parse().unwrap()),
        enabled_account_ranges: vec![CREDIT.parse().unwrap()],
        supported_push_methods: vec![PushMethodKind::Web],
        available_push_methods: vec![push_method("https://requestor.example/push")],
        supports_multiple_pushed_cards: false,
        supported_account_holder_data: Vec::new(),
        supports_card_holder_authentication: false,
        supports_issuer_initiated_digitization_data: false,
    }
}

fn push_method(uri: &str) -> PushMethod {
    PushMethod { kind: PushMethodKind::Web, uri: uri.parse().unwrap() }
}

fn response_of(requestors: impl IntoIterator<Item = TokenRequestor>) -> EligibleRequestors {
    let requestors =
        requestors.into_iter().map(|requestor| (requestor.token_requestor_id.clone(), requestor)).collect();
    EligibleRequestors { requestors, ..EligibleRequestors::default() }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn default_plan(current: &Snapshot, response: &EligibleRequestors) -> super::Plan {
    plan(current, response, &RefreshOptions::default(), 30, at(0)).0
}

/// The catalog after a refresh with this response.
fn snapshot(listed: impl IntoIterator<Item = TokenRequestor>) -> Snapshot {
    let mut current = Snapshot::default();
    apply(&mut current, &response_of(listed), &RefreshOptions::default(), 0);
    current
}

fn apply(
    current: &mut Snapshot,
    response: &EligibleRequestors,
    options: &RefreshOptions,
    second: i64,
) -> super::Plan {
    let (plan, _) = plan(current, response, options, 30, at(second));
    for entry in plan.write.clone() {
        current.entries.insert(entry.requestor.token_requestor_id.clone(), entry);
    }
    plan
}

fn add_artwork(current: &mut Snapshot, raw: &str) {
    let asset_id: AssetId = raw.parse().unwrap();
    let logo =
        Logo { media_type: "image/png".into(), key: format!("logos/{raw}.png"), width: None, height: None };
    let asset = Asset { asset_id, logos: vec![logo], kept: vec![], refused: vec![], fetched_at: at(0) };
    current.assets.insert(asset.asset_id.clone(), asset);
}

#[test]
fn an_unchanged_response_writes_nothing_and_is_complete() {
    let current = snapshot([requestor(CLICK_TO_PAY)]);
    let plan = default_plan(&current, &response_of([requestor(CLICK_TO_PAY)]));
    assert!(plan.write.is_empty() && plan.change.is_empty() && plan.complete);
}

#[test]
fn a_response_that_is_older_than_the_catalog_changes_nothing() {
    let mut current = snapshot([requestor(CLICK_TO_PAY)]);
    let updated_at = Some(at(10));
    current.catalog = Some(Catalog { version: 1, change: Uuid::nil(), artwork: 0, updated_at });
    let response = response_of([requestor(CLICK_TO_PAY), requestor(&nth(0))]);
    let plan_at = |second| plan(&current, &response, &RefreshOptions::default(), 30, at(second));
    let (older, summary) = plan_at(9);
    assert_eq!((older.write.len(), older.complete, summary.superseded), (0, false, true));
    let (newer, summary) = plan_at(10);
    assert_eq!((newer.write.len(), newer.complete, summary.superseded), (1, true, false));
}

#[test]
fn another_order_of_account_ranges_is_no_change() {
    let both = [DEBIT, CREDIT, CREDIT].map(|range| range.parse().unwrap());
    let listed = TokenRequestor { enabled_account_ranges: both.to_vec(), ..requestor(CLICK_TO_PAY) };
    let current = snapshot([listed.clone()]);
    let reversed = both.into_iter().rev().collect();
    let plan =
        default_plan(&current, &response_of([TokenRequestor { enabled_account_ranges: reversed, ..listed }]));
    assert!(plan.write.is_empty());
}

#[test]
fn added_changed_retired_and_returned_requestors_are_listed_apart() {
    let mut current = snapshot((0..10).map(|n| requestor(&nth(n))));
    let renamed = TokenRequestor { consumer_facing_entity_name: "New".into(), ..requestor(&nth(1)) };
    let listed = (2..10).map(|n| requestor(&nth(n))).chain([renamed, requestor(CLICK_TO_PAY)]);
    let change = apply(&mut current, &response_of(listed), &RefreshOptions::default(), 1).change;
    assert_eq!(change.added, [id(CLICK_TO_PAY)]);
    assert_eq!((change.changed, change.retired), (vec![id(&nth(1))], vec![id(&nth(0))]));
    assert_eq!(current.entries[&id(&nth(0))].retired_at, Some(at(1)));
    assert_eq!(current.offered().count(), 10);

    let listed: Vec<_> = current.entries.values().map(|entry| entry.requestor.clone()).collect();
    let change = apply(&mut current, &response_of(listed), &RefreshOptions::default(), 2).change;
    assert_eq!((change.returned, change.changed), (vec![id(&nth(0))], vec![]));
}

#[test]
fn a_large_drop_is_accepted_only_when_forced() {
    let current = snapshot((0..10).map(|n| requestor(&nth(n))));
    let first = |count: usize| response_of((0..count).map(|n| requestor(&nth(n))));
    assert_eq!(plan(&current, &first(7), &RefreshOptions::default(), 30, at(1)).0.change.retired.len(), 3);
    let (kept, summary) = plan(&current, &first(6), &RefreshOptions::default(), 30, at(1));
    assert_eq!((kept.write.len(), kept.complete, summary.rejected), (0, false, Some(RejectedRefresh::Drop)));
    let force = RefreshOptions { force: true, ..RefreshOptions::default() };
    assert_eq!(plan(&current, &first(6), &force, 30, at(1)).0.change.retired.len(), 4);
}

#[test]
fn ranges_that_mdes_stops_to_enable_are_few_or_a_large_drop() {
    let ranges: Vec<AccountRange> = (0..10).map(|n| format!("55555500{n}").parse().unwrap()).collect();
    let of = |enabled: &[AccountRange]| TokenRequestor {
        enabled_account_ranges: enabled.to_vec(),
        ..requestor(CLICK_TO_PAY)
    };
    let current = snapshot([of(&ranges)]);
    let rejected = |count: usize, options| {
        let (ineligible, enabled) = ranges.split_at(count);
        let ineligible = ineligible.iter().cloned().collect();
        let response = EligibleRequestors { ineligible, ..response_of([of(enabled)]) };
        plan(&current, &response, options, 30, at(1)).1.rejected
    };
    let (default, force) =
        (RefreshOptions::default(), RefreshOptions { force: true, ..RefreshOptions::default() });
    assert_eq!(rejected(3, &default), None);
    assert_eq!(rejected(4, &default), Some(RejectedRefresh::Drop));
    assert_eq!(rejected(4, &force), None);
}

#[test]
fn a_response_without_any_requested_range_is_rejected_as_such() {
    let current = snapshot([requestor(CLICK_TO_PAY)]);
    let response = EligibleRequestors { listed: 1, unrequested: 2, ..response_of([]) };
    let rejected = plan(&current, &response, &RefreshOptions::default(), 30, at(1)).1.rejected;
    assert_eq!(rejected, Some(RejectedRefresh::Unrequested));
}

#[test]
fn a_response_with_many_unreadable_fields_is_accepted_only_when_forced() {
    let listed = || (0..10).map(|n| requestor(&nth(n)));
    let current = snapshot(listed());
    let unreadable = |unreadable| EligibleRequestors { listed: 10, unreadable, ..response_of(listed()) };
    let rejected = |count, options| plan(&current, &unreadable(count), options, 30, at(1)).1.rejected;
    let (default, force) =
        (RefreshOptions::default(), RefreshOptions { force: true, ..RefreshOptions::default() });
    assert_eq!(rejected(3, &default), None);
    assert_eq!(rejected(4, &default), Some(RejectedRefresh::Unreadable));
    assert_eq!(rejected(4, &force), None);
    let nothing_readable = EligibleRequestors { unreadable: 1, ..response_of([]) };
    let (_, summary) = plan(&current, &nothing_readable, &default, 100, at(1));
    assert_eq!(summary.rejected, Some(RejectedRefresh::Unreadable));
}

#[test]
fn a_response_without_any_requestor_is_accepted_only_when_forced() {
    let current = snapshot([requestor(CLICK_TO_PAY)]);
    let (kept, summary) = plan(&current, &response_of([]), &RefreshOptions::default(), 100, at(1));
    assert_eq!((kept.write.len(), summary.rejected), (0, Some(RejectedRefresh::Empty)));
    let force = RefreshOptions { force: true, ..RefreshOptions::default() };
    assert_eq!(plan(&current, &response_of([]), &force, 100, at(1)).0.change.retired, [id(CLICK_TO_PAY)]);
}

#[test]
fn ranges_whose_call_failed_stay_with_their_requestors_and_no_requestor_is_retired() {
    let both = vec![CREDIT.parse().unwrap(), DEBIT.parse().unwrap()];
    let had = TokenRequestor { enabled_account_ranges: both.clone(), ..requestor(CLICK_TO_PAY) };
    let current = snapshot([had, requestor(&nth(0))]);
    let half = EligibleRequestors {
        unanswered: [DEBIT.parse().unwrap()].into(),
        ..response_of([requestor(CLICK_TO_PAY)])
    };
    let plan = default_plan(&current, &half);
    assert!(plan.write.is_empty() && !plan.complete, "{plan:?}");

    let nothing_left = TokenRequestor { enabled_account_ranges: vec![], ..requestor(CLICK_TO_PAY) };
    let half = EligibleRequestors { requestors: response_of([nothing_left]).requestors, ..half };
    let plan = default_plan(&current, &half);
    assert_eq!(plan.write[0].requestor.enabled_account_ranges, both[1..]);
}

#[test]
fn the_earlier_logo_is_shown_until_new_artwork_is_there() {
    let mut current = snapshot([requestor(CLICK_TO_PAY)]);
    add_artwork(&mut current, "art-1");
    for art in ["art-2", "art-3"] {
        let listed = TokenRequestor { image_asset_id: Some(art.parse().unwrap()), ..requestor(CLICK_TO_PAY) };
        apply(&mut current, &response_of([listed]), &RefreshOptions::default(), 1);
        let entry: &CatalogEntry = &current.entries[&id(CLICK_TO_PAY)];
        assert_eq!(current.logos(entry)[0].key, "logos/art-1.png", "{art}");
    }
    add_artwork(&mut current, "art-3");
    assert_eq!(current.logos(&current.entries[&id(CLICK_TO_PAY)])[0].key, "logos/art-3.png");
    let none = TokenRequestor { image_asset_id: None, ..requestor(CLICK_TO_PAY) };
    apply(&mut current, &response_of([none]), &RefreshOptions::default(), 2);
    assert_eq!(
        current.logos(&current.entries[&id(CLICK_TO_PAY)])[0].key,
        "logos/art-3.png",
        "requestors without artwork keep the earlier logo"
    );
}

#[test]
fn artwork_that_two_requestors_share_is_fetched_once() {
    let mut current = snapshot([requestor(CLICK_TO_PAY), requestor(&nth(0))]);
    let both = response_of([requestor(CLICK_TO_PAY), requestor(&nth(0))]);
    let (_, summary) = plan(&current, &both, &RefreshOptions::default(), 30, at(1));
    assert_eq!(summary.assets, ["art-1".parse().unwrap()]);
    add_artwork(&mut current, "art-1");
    assert!(plan(&current, &both, &RefreshOptions::default(), 30, at(1)).1.assets.is_empty());
}

#[test]
fn a_push_method_to_a_new_host_waits_until_it_is_allowed() {
    let mut current = snapshot([requestor(CLICK_TO_PAY)]);
    let response_with = |uri| {
        let available_push_methods = vec![push_method(uri)];
        response_of([TokenRequestor { available_push_methods, ..requestor(CLICK_TO_PAY) }])
    };
    let other_page =
        apply(&mut current, &response_with("https://requestor.example/other"), &RefreshOptions::default(), 1);
    assert_eq!((other_page.change.quarantined.len(), other_page.change.changed.len()), (0, 1));

    for uri in ["https://external.example/push", "http://requestor.example/push"] {
        let plan = apply(&mut current.clone(), &response_with(uri), &RefreshOptions::default(), 2);
        assert_eq!(plan.change.quarantined, [id(CLICK_TO_PAY)], "{uri}");
    }
    let external = response_with("https://external.example/push");
    apply(&mut current, &external, &RefreshOptions::default(), 2);
    let in_use = |current: &Snapshot| {
        current.entries[&id(CLICK_TO_PAY)].requestor.available_push_methods[0]
            .uri
            .host_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(in_use(&current), "requestor.example");
    let again = apply(&mut current, &external, &RefreshOptions::default(), 3);
    assert!(again.write.is_empty(), "a quarantine is reported once and keeps its start");
    let nothing = TokenRequestor { available_push_methods: vec![], ..requestor(CLICK_TO_PAY) };
    apply(&mut current, &response_of([nothing]), &RefreshOptions::default(), 4);
    assert_eq!(
        in_use(&current),
        "requestor.example",
        "a response without push URIs does not bypass the quarantine"
    );

    let host = "external.example".to_owned();
    let allow = vec![AllowedHost { token_requestor_id: id(CLICK_TO_PAY), host }];
    apply(&mut current, &external, &RefreshOptions { allow, ..RefreshOptions::default() }, 5);
    assert_eq!(in_use(&current), "external.example");
    assert_eq!(current.entries[&id(CLICK_TO_PAY)].quarantine, None);
}
