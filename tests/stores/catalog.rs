//! The catalog: a refresh writes only differences and becomes visible atomically; artwork is written once.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use mastercard::{
    asset::{Asset, Logo},
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use model::catalog::{CatalogEntry, Change, ChangeRecord, Snapshot};
use runtime::store::{Plan, TokenRequestorCache};

use super::{Stores, checks};

checks! {
    before_the_first_refresh_there_is_no_catalog,
    a_refresh_creates_one_version_of_all_that_it_writes,
    a_refresh_without_a_change_updates_only_the_time,
    a_partial_answer_does_not_update_the_time,
    a_retired_requestor_is_stored_and_not_available,
    a_cached_requestor_is_a_minute_old_at_most,
    a_requestor_that_was_missing_is_read_again,
    concurrent_refreshes_build_on_each_other,
    a_reader_never_sees_a_mix_of_versions,
    artwork_is_visible_and_is_no_refresh,
    artwork_before_the_first_refresh_creates_no_catalog,
    changes_are_listed_newest_first,
    another_bank_has_its_own_catalog,
}

const CLICK_TO_PAY: &str = simulator::CLICK_TO_PAY;

async fn before_the_first_refresh_there_is_no_catalog(stores: &Stores) {
    assert_eq!(stores.requestors.catalog().await.unwrap(), None);
    let snapshot = stores.requestors.snapshot().await.unwrap();
    assert!(snapshot.catalog.is_none() && snapshot.entries.is_empty() && snapshot.assets.is_empty());
    assert_eq!(stores.requestors.get(&id(CLICK_TO_PAY)).await.unwrap(), None);
}

async fn a_refresh_creates_one_version_of_all_that_it_writes(stores: &Stores) {
    // More than one page and many transactions.
    let many: Vec<_> = (0..120).map(|n| named(&nth(n), "First")).collect();
    let changed = refresh(stores, many.clone(), 0).await.unwrap();
    assert_eq!((changed.version, changed.at), (1, at(0)));
    let snapshot = stores.requestors.snapshot().await.unwrap();
    assert_eq!(snapshot.entries.into_values().collect::<Vec<_>>(), many);
    let catalog = stores.requestors.catalog().await.unwrap().unwrap();
    assert_eq!((catalog.version, catalog.updated_at), (1, Some(at(0))));
    assert_eq!(stores.requestors.get(&id(&nth(7))).await.unwrap(), Some(many[7].requestor.clone()));

    let renamed = named(&nth(7), "Second");
    assert_eq!(refresh(stores, vec![renamed.clone()], 1).await.unwrap().version, 2);
    assert_eq!(refresh(stores, vec![named(&nth(8), "Second")], 2).await.unwrap().version, 3);
    let snapshot = stores.requestors.snapshot().await.unwrap();
    assert_eq!((snapshot.entries.len(), &snapshot.entries[&id(&nth(7))]), (120, &renamed));
    assert_eq!(stores.requestors.get(&id(&nth(7))).await.unwrap(), Some(renamed.requestor));
}

async fn a_refresh_without_a_change_updates_only_the_time(stores: &Stores) {
    refresh(stores, vec![named(CLICK_TO_PAY, "Click to Pay")], 0).await;
    let before = stores.requestors.catalog().await.unwrap().unwrap();
    assert_eq!(refresh(stores, vec![], 1).await, None);
    let after = stores.requestors.catalog().await.unwrap().unwrap();
    assert_eq!(after.updated_at, Some(at(1)));
    assert_eq!((after.version, after.change), (before.version, before.change));
}

async fn a_partial_answer_does_not_update_the_time(stores: &Stores) {
    refresh(stores, vec![named(CLICK_TO_PAY, "Click to Pay")], 0).await;
    for write in [vec![], vec![named(&nth(1), "Another")]] {
        let half = Plan { write, complete: false, ..Plan::default() };
        stores.requestors.refresh(at(1), |_| (half.clone(), ())).await.unwrap();
        assert_eq!(stores.requestors.catalog().await.unwrap().unwrap().updated_at, Some(at(0)));
    }
    assert_eq!(stores.requestors.snapshot().await.unwrap().entries.len(), 2);
}

async fn a_retired_requestor_is_stored_and_not_available(stores: &Stores) {
    refresh(stores, vec![named(CLICK_TO_PAY, "Click to Pay")], 0).await;
    let retired = CatalogEntry { retired_at: Some(at(1)), ..named(CLICK_TO_PAY, "Click to Pay") };
    refresh(stores, vec![retired.clone()], 1).await;
    assert_eq!(stores.requestors.get(&id(CLICK_TO_PAY)).await.unwrap(), None);
    let snapshot = stores.requestors.snapshot().await.unwrap();
    assert_eq!((snapshot.offered().count(), &snapshot.entries[&id(CLICK_TO_PAY)]), (0, &retired));
}

async fn a_cached_requestor_is_a_minute_old_at_most(stores: &Stores) {
    let first = named(CLICK_TO_PAY, "Click to Pay");
    refresh(stores, vec![first.clone()], 0).await;
    let cache = TokenRequestorCache::new(stores.requestors.clone());
    let name =
        async |now| cache.get(&id(CLICK_TO_PAY), now).await.unwrap().map(|entry| entry.as_ref().clone());
    let minute = SignedDuration::from_mins(1);
    assert_eq!(name(at(0)).await, Some(first.requestor.clone()));
    let renamed = named(CLICK_TO_PAY, "Another name");
    refresh(stores, vec![renamed.clone()], 1).await;
    assert_eq!(name(at(0) + minute - SignedDuration::from_millis(1)).await, Some(first.requestor));
    assert_eq!(name(at(0) + minute).await, Some(renamed.requestor.clone()));
    let retired = CatalogEntry { retired_at: Some(at(2)), ..renamed.clone() };
    refresh(stores, vec![retired], 2).await;
    assert_eq!(name(at(0) + minute).await, Some(renamed.requestor));
    // A clock that was set back: the age is unknown.
    assert_eq!(name(at(0)).await, None);
    assert_eq!(name(at(0) + minute).await, None);
}

async fn a_requestor_that_was_missing_is_read_again(stores: &Stores) {
    let cache = TokenRequestorCache::new(stores.requestors.clone());
    assert_eq!(cache.get(&id(CLICK_TO_PAY), at(0)).await.unwrap(), None);
    refresh(stores, vec![named(CLICK_TO_PAY, "Click to Pay")], 0).await;
    assert!(cache.get(&id(CLICK_TO_PAY), at(0)).await.unwrap().is_some());
}

async fn concurrent_refreshes_build_on_each_other(stores: &Stores) {
    let add = async |n: usize| {
        let plan = |snapshot: &Snapshot| {
            let write: Vec<_> = (!snapshot.entries.contains_key(&id(&nth(n))))
                .then(|| named(&nth(n), "New"))
                .into_iter()
                .collect();
            (Plan { write, complete: true, ..Plan::default() }, snapshot.entries.len())
        };
        stores.requestors.refresh(at(0), plan).await.unwrap()
    };
    let ((first, _), (second, _), (third, _)) = tokio::join!(add(1), add(2), add(3));
    let versions: BTreeSet<_> = [first, second, third].map(|changed| changed.unwrap().version).into();
    assert_eq!(versions, [1, 2, 3].into());
    assert_eq!(stores.requestors.snapshot().await.unwrap().entries.len(), 3);
}

async fn a_reader_never_sees_a_mix_of_versions(stores: &Stores) {
    const ALL: usize = 60;
    let version = |name: &str| (0..ALL).map(|n| named(&nth(n), name)).collect::<Vec<_>>();
    refresh(stores, version("0"), 0).await;
    let write = async {
        for n in 1..6 {
            refresh(stores, version(&n.to_string()), n).await;
        }
    };
    let read = async {
        for _ in 0..12 {
            let snapshot = stores.requestors.snapshot().await.unwrap();
            let names: BTreeSet<_> =
                snapshot.entries.values().map(|entry| entry.requestor.name.clone()).collect();
            let expected = snapshot.catalog.unwrap().version - 1;
            assert_eq!((names, snapshot.entries.len()), ([expected.to_string()].into(), ALL));
        }
    };
    tokio::join!(write, read);
}

async fn artwork_is_visible_and_is_no_refresh(stores: &Stores) {
    refresh(stores, vec![named(CLICK_TO_PAY, "Click to Pay")], 0).await;
    let before = stores.requestors.catalog().await.unwrap().unwrap();
    let missing = |snapshot: &Snapshot| snapshot.missing_assets().len();
    assert_eq!(missing(&stores.requestors.snapshot().await.unwrap()), 1);
    let assets: Vec<_> = (0..60).map(|n| asset(&format!("art-{n}"))).collect();
    stores.requestors.record_assets(&assets).await.unwrap();

    let after = stores.requestors.catalog().await.unwrap().unwrap();
    assert_eq!((after.version, after.updated_at), (before.version, before.updated_at));
    assert!(after.artwork > before.artwork);
    let snapshot = stores.requestors.snapshot().await.unwrap();
    assert_eq!((snapshot.assets.len(), missing(&snapshot)), (60, 0));
    let entry = &snapshot.entries[&id(CLICK_TO_PAY)];
    assert_eq!(snapshot.logos(entry), asset("art-1").logos);
}

async fn artwork_before_the_first_refresh_creates_no_catalog(stores: &Stores) {
    stores.requestors.record_assets(&[asset("art-1")]).await.unwrap();
    assert_eq!(stores.requestors.catalog().await.unwrap(), None);
    assert_eq!(refresh(stores, vec![named(CLICK_TO_PAY, "Click to Pay")], 0).await.unwrap().version, 1);
}

async fn changes_are_listed_newest_first(stores: &Stores) {
    for n in 0..12 {
        refresh(stores, vec![named(&nth(n), "New")], i64::try_from(n).unwrap()).await;
    }
    let changes = stores.requestors.changes(3).await.unwrap();
    assert_eq!(changes.iter().map(|changed| changed.version).collect::<Vec<_>>(), [12, 11, 10]);
    assert_eq!((changes[0].at, &changes[0].change.added), (at(11), &vec![id(&nth(11))]));
}

async fn another_bank_has_its_own_catalog(stores: &Stores) {
    refresh(stores, vec![named(CLICK_TO_PAY, "Click to Pay")], 0).await;
    stores.requestors.record_assets(&[asset("art-1")]).await.unwrap();
    let (_, theirs) = stores.for_tenant("another-bank");
    let snapshot = theirs.snapshot().await.unwrap();
    assert!(snapshot.catalog.is_none() && snapshot.entries.is_empty() && snapshot.assets.is_empty());
    assert_eq!(theirs.changes(5).await.unwrap(), []);
}

async fn refresh(stores: &Stores, write: Vec<CatalogEntry>, day: i64) -> Option<ChangeRecord> {
    let added = write.iter().map(|entry| entry.requestor.token_requestor_id.clone()).collect();
    let plan = Plan { write, change: Change { added, ..Change::default() }, complete: true };
    stores.requestors.refresh(at(day), |_| (plan.clone(), ())).await.unwrap().0
}

/// Midnight of a day.
pub(super) fn at(day: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (20_000 + day))
}

fn id(raw: &str) -> TokenRequestorId {
    raw.parse().unwrap()
}

fn nth(n: usize) -> String {
    format!("509990{n:05}")
}

fn asset(raw: &str) -> Asset {
    let key = format!("logos/{raw}.svg");
    let logo = Logo { media_type: "image/svg+xml".into(), key, width: None, height: None };
    let (kept, refused) = (Vec::new(), Vec::new());
    Asset { asset_id: raw.parse().unwrap(), logos: vec![logo], kept, refused, fetched_at: at(0) }
}

pub(super) fn named(raw: &str, name: &str) -> CatalogEntry {
    let requestor = TokenRequestor {
        token_requestor_id: id(raw),
        name: name.into(),
        consumer_facing_entity_name: "Example".into(),
        token_requestor_type: "MERCHANT".into(),
        wallet_id: None,
        image_asset_id: Some("art-1".parse().unwrap()),
        enabled_account_ranges: vec!["555555".repeat(2).parse().unwrap()],
        supported_push_methods: Vec::new(),
        available_push_methods: Vec::new(),
        supports_multiple_pushed_cards: false,
        supported_account_holder_data: Vec::new(),
        supports_card_holder_authentication: false,
        supports_issuer_initiated_digitization_data: false,
    };
    CatalogEntry { requestor, earlier_asset_id: None, retired_at: None, quarantine: None }
}
