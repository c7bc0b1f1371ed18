use jiff::Timestamp;
use mastercard::{
    asset::{Asset, AssetId, Logo},
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
        available_push_methods: vec![leads_to("https://requestor.example/push")],
        supports_multiple_pushed_cards: false,
        supported_account_holder_data: Vec::new(),
        supports_card_holder_authentication: false,
    }
}

fn leads_to(uri: &str) -> PushMethod {
    PushMethod { kind: PushMethodKind::Web, uri: uri.parse().unwrap() }
}

fn answered(named: impl IntoIterator<Item = TokenRequestor>) -> EligibleRequestors {
    let named = named.into_iter().map(|it| (it.token_requestor_id.clone(), it)).collect();
    EligibleRequestors { named, ..EligibleRequestors::default() }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn refreshed(current: &Snapshot, answered: &EligibleRequestors) -> super::Plan {
    plan(current, answered, &RefreshOptions::default(), 30, at(0)).0
}

/// The catalog after an answer that was believed.
fn snapshot(named: impl IntoIterator<Item = TokenRequestor>) -> Snapshot {
    let mut current = Snapshot::default();
    apply(&mut current, &answered(named), &RefreshOptions::default(), 0);
    current
}

fn apply(
    current: &mut Snapshot,
    answered: &EligibleRequestors,
    options: &RefreshOptions,
    second: i64,
) -> super::Plan {
    let (plan, _) = plan(current, answered, options, 30, at(second));
    for known in plan.write.clone() {
        current.entries.insert(known.requestor.token_requestor_id.clone(), known);
    }
    plan
}

fn hold(current: &mut Snapshot, raw: &str) {
    let asset_id: AssetId = raw.parse().unwrap();
    let logo =
        Logo { media_type: "image/png".into(), key: format!("logos/{raw}.png"), width: None, height: None };
    let asset = Asset { asset_id, logos: vec![logo], kept: vec![], refused: vec![], fetched_at: at(0) };
    current.assets.insert(asset.asset_id.clone(), asset);
}

#[test]
fn an_unchanged_answer_writes_nothing_and_is_complete() {
    let current = snapshot([requestor(CLICK_TO_PAY)]);
    let plan = refreshed(&current, &answered([requestor(CLICK_TO_PAY)]));
    assert!(plan.write.is_empty() && plan.change.is_empty() && plan.complete);
}

#[test]
fn an_answer_that_is_older_than_the_catalog_changes_nothing() {
    let mut current = snapshot([requestor(CLICK_TO_PAY)]);
    let updated_at = Some(at(10));
    current.catalog = Some(Catalog { version: 1, change: Uuid::nil(), artwork: 0, updated_at });
    let answer = answered([requestor(CLICK_TO_PAY), requestor(&nth(0))]);
    let asked = |second| plan(&current, &answer, &RefreshOptions::default(), 30, at(second));
    let (older, summary) = asked(9);
    assert_eq!((older.write.len(), older.complete, summary.superseded), (0, false, true));
    let (newer, summary) = asked(10);
    assert_eq!((newer.write.len(), newer.complete, summary.superseded), (1, true, false));
}

#[test]
fn the_order_of_ranges_is_no_news() {
    let both = [DEBIT, CREDIT, CREDIT].map(|range| range.parse().unwrap());
    let named = TokenRequestor { enabled_account_ranges: both.to_vec(), ..requestor(CLICK_TO_PAY) };
    let current = snapshot([named.clone()]);
    let reversed = both.into_iter().rev().collect();
    let plan = refreshed(&current, &answered([TokenRequestor { enabled_account_ranges: reversed, ..named }]));
    assert!(plan.write.is_empty());
}

#[test]
fn new_different_gone_and_returned_are_told_apart() {
    let mut current = snapshot((0..10).map(|n| requestor(&nth(n))));
    let renamed = TokenRequestor { consumer_facing_entity_name: "New".into(), ..requestor(&nth(1)) };
    let named = (2..10).map(|n| requestor(&nth(n))).chain([renamed, requestor(CLICK_TO_PAY)]);
    let change = apply(&mut current, &answered(named), &RefreshOptions::default(), 1).change;
    assert_eq!(change.added, [id(CLICK_TO_PAY)]);
    assert_eq!((change.changed, change.retired), (vec![id(&nth(1))], vec![id(&nth(0))]));
    assert_eq!(current.entries[&id(&nth(0))].retired_at, Some(at(1)));
    assert_eq!(current.offered().count(), 10);

    let named: Vec<_> = current.entries.values().map(|known| known.requestor.clone()).collect();
    let change = apply(&mut current, &answered(named), &RefreshOptions::default(), 2).change;
    assert_eq!((change.returned, change.changed), (vec![id(&nth(0))], vec![]));
}

#[test]
fn a_large_drop_is_believed_only_when_forced() {
    let current = snapshot((0..10).map(|n| requestor(&nth(n))));
    let few = |left: usize| answered((0..left).map(|n| requestor(&nth(n))));
    assert_eq!(plan(&current, &few(7), &RefreshOptions::default(), 30, at(1)).0.change.retired.len(), 3);
    let (kept, summary) = plan(&current, &few(6), &RefreshOptions::default(), 30, at(1));
    assert_eq!((kept.write.len(), kept.complete, summary.rejected), (0, false, Some(RejectedRefresh::Drop)));
    let force = RefreshOptions { force: true, ..RefreshOptions::default() };
    assert_eq!(plan(&current, &few(6), &force, 30, at(1)).0.change.retired.len(), 4);
}

#[test]
fn nobody_at_all_is_believed_only_when_forced() {
    let current = snapshot([requestor(CLICK_TO_PAY)]);
    let (kept, summary) = plan(&current, &answered([]), &RefreshOptions::default(), 100, at(1));
    assert_eq!((kept.write.len(), summary.rejected), (0, Some(RejectedRefresh::Empty)));
    let force = RefreshOptions { force: true, ..RefreshOptions::default() };
    assert_eq!(plan(&current, &answered([]), &force, 100, at(1)).0.change.retired, [id(CLICK_TO_PAY)]);
}

#[test]
fn ranges_without_an_answer_stay_with_their_requestors_and_nobody_goes() {
    let both = vec![CREDIT.parse().unwrap(), DEBIT.parse().unwrap()];
    let had = TokenRequestor { enabled_account_ranges: both.clone(), ..requestor(CLICK_TO_PAY) };
    let current = snapshot([had, requestor(&nth(0))]);
    let half = EligibleRequestors {
        unanswered: [DEBIT.parse().unwrap()].into(),
        ..answered([requestor(CLICK_TO_PAY)])
    };
    let plan = refreshed(&current, &half);
    assert!(plan.write.is_empty() && !plan.complete, "{plan:?}");

    let nothing_left = TokenRequestor { enabled_account_ranges: vec![], ..requestor(CLICK_TO_PAY) };
    let half = EligibleRequestors { named: answered([nothing_left]).named, ..half };
    let plan = refreshed(&current, &half);
    assert_eq!(plan.write[0].requestor.enabled_account_ranges, both[1..]);
}

#[test]
fn the_logo_of_before_is_remembered_until_new_artwork_is_there() {
    let mut current = snapshot([requestor(CLICK_TO_PAY)]);
    hold(&mut current, "art-1");
    for art in ["art-2", "art-3"] {
        let named = TokenRequestor { image_asset_id: Some(art.parse().unwrap()), ..requestor(CLICK_TO_PAY) };
        apply(&mut current, &answered([named]), &RefreshOptions::default(), 1);
        let known: &CatalogEntry = &current.entries[&id(CLICK_TO_PAY)];
        assert_eq!(current.logos(known)[0].key, "logos/art-1.png", "{art}");
    }
    hold(&mut current, "art-3");
    assert_eq!(current.logos(&current.entries[&id(CLICK_TO_PAY)])[0].key, "logos/art-3.png");
    let none = TokenRequestor { image_asset_id: None, ..requestor(CLICK_TO_PAY) };
    apply(&mut current, &answered([none]), &RefreshOptions::default(), 2);
    assert_eq!(
        current.logos(&current.entries[&id(CLICK_TO_PAY)])[0].key,
        "logos/art-3.png",
        "a logo that worked"
    );
}

#[test]
fn artwork_of_two_requestors_is_fetched_once_and_that_of_the_gone_not_at_all() {
    let mut current = snapshot([requestor(CLICK_TO_PAY), requestor(&nth(0))]);
    let everybody = answered([requestor(CLICK_TO_PAY), requestor(&nth(0))]);
    let (_, summary) = plan(&current, &everybody, &RefreshOptions::default(), 30, at(1));
    assert_eq!(summary.assets, ["art-1".parse().unwrap()]);
    hold(&mut current, "art-1");
    assert!(plan(&current, &everybody, &RefreshOptions::default(), 30, at(1)).1.assets.is_empty());
}

#[test]
fn a_push_method_to_a_new_host_waits_until_it_is_allowed() {
    let mut current = snapshot([requestor(CLICK_TO_PAY)]);
    let moved = |uri| {
        let available_push_methods = vec![leads_to(uri)];
        answered([TokenRequestor { available_push_methods, ..requestor(CLICK_TO_PAY) }])
    };
    let other_page =
        apply(&mut current, &moved("https://requestor.example/other"), &RefreshOptions::default(), 1);
    assert_eq!((other_page.change.quarantined.len(), other_page.change.changed.len()), (0, 1));

    for uri in ["https://elsewhere.example/push", "http://requestor.example/push"] {
        let plan = apply(&mut current.clone(), &moved(uri), &RefreshOptions::default(), 2);
        assert_eq!(plan.change.quarantined, [id(CLICK_TO_PAY)], "{uri}");
    }
    let elsewhere = moved("https://elsewhere.example/push");
    apply(&mut current, &elsewhere, &RefreshOptions::default(), 2);
    let in_use = |current: &Snapshot| {
        current.entries[&id(CLICK_TO_PAY)].requestor.available_push_methods[0]
            .uri
            .host_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(in_use(&current), "requestor.example");
    let again = apply(&mut current, &elsewhere, &RefreshOptions::default(), 3);
    assert!(again.write.is_empty(), "it is told once, and since when is kept");
    let nothing = TokenRequestor { available_push_methods: vec![], ..requestor(CLICK_TO_PAY) };
    apply(&mut current, &answered([nothing]), &RefreshOptions::default(), 4);
    assert_eq!(in_use(&current), "requestor.example", "no URI at all does not open a way around");

    let host = "elsewhere.example".to_owned();
    let allow = vec![AllowedHost { token_requestor_id: id(CLICK_TO_PAY), host }];
    apply(&mut current, &elsewhere, &RefreshOptions { allow, ..RefreshOptions::default() }, 5);
    assert_eq!(in_use(&current), "elsewhere.example");
    assert_eq!(current.entries[&id(CLICK_TO_PAY)].quarantine, None);
}
