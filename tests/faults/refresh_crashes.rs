//! The process crashes at each of its writes, before or after the write is processed. Readers see the old catalog or the new
//! one, and the next refresh completes the new one.

use fetch_assets::FetchAssets;
use jiff::SignedDuration;
use runtime::config::Runtime;
use serde_json::json;
use sync_requestors::SyncRequestors;

use crate::support::{
    catalog::{
        invocation::event,
        mastercard::{advance_mastercard, large_world, name, restore, temporary_requestor},
        view::CatalogView,
    },
    crash_proxy::{CrashProxy, LastWrite},
};

/// Both functions, one after the other, newly connected.
async fn refresh_with(runtime: Runtime) {
    let synced = SyncRequestors::connect(&runtime).await.unwrap().handle(event(json!({}))).await.unwrap();
    let fetch = FetchAssets::connect(&runtime).await.unwrap();
    fetch.handle(event(json!({ "responsePayload": synced }))).await.unwrap();
}

async fn check_crash_at_every_write(last: LastWrite) {
    let world = large_world().await;
    world.refresh().await.unwrap();
    for time in 1.. {
        advance_mastercard(&world, time);
        let old = CatalogView::read(&world).await;
        let proxy = CrashProxy::crash_after(time - 1, last, &world).await;
        let crashed = proxy.run(refresh_with(proxy.runtime(&world))).await.is_none();
        let current = CatalogView::read(&world).await;
        // The claim of a crashed writer is valid for twenty seconds.
        world.clock().advance(SignedDuration::from_mins(1));
        world.refresh().await.unwrap();
        let new = CatalogView::read(&world).await;
        assert!(current.is_one_of(&old, &new), "after {:?}: {old:#?} {current:#?} {new:#?}", proxy.writes());
        assert_eq!(
            new.name(&temporary_requestor(time)),
            Some(name(&temporary_requestor(time), time).as_str())
        );
        assert_eq!(new.name(&temporary_requestor(time - 1)), None);
        if !crashed {
            assert_eq!(proxy.writes(), writes());
            assert_eq!((current.entries, current.logos), (new.entries, new.logos));
            break;
        }
    }
}

/// Writes of a refresh that changes more than one transaction and fetches two logos in two formats.
fn writes() -> Vec<&'static str> {
    let staged = ["UpdateItem", "TransactWriteItems", "TransactWriteItems"];
    let committed = ["TransactWriteItems"];
    let recorded = ["PUT", "PUT", "PUT", "PUT", "TransactWriteItems"];
    [&staged[..], &committed, &recorded].concat()
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn a_refresh_that_crashes_before_any_write_leaves_the_old_catalog_or_the_new_one() {
    check_crash_at_every_write(LastWrite::Lost).await;
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn a_refresh_that_crashes_after_any_write_leaves_the_old_catalog_or_the_new_one() {
    check_crash_at_every_write(LastWrite::Unanswered).await;
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn a_refresh_that_was_only_slow_does_not_undo_the_one_that_took_over() {
    let world = large_world().await;
    world.refresh().await.unwrap();
    for late in 0..writes().len() {
        advance_mastercard(&world, 2 * late + 1);
        let proxy = CrashProxy::crash_after(late, LastWrite::Late, &world).await;
        let others = async {
            proxy.crashed().await;
            world.clock().advance(SignedDuration::from_mins(1));
            advance_mastercard(&world, 2 * late + 2);
            world.refresh().await.unwrap();
            let new = CatalogView::read(&world).await;
            proxy.release();
            new
        };
        let (new, ()) = tokio::join!(others, refresh_with(proxy.runtime(&world)));
        let now = CatalogView::read(&world).await;
        assert_eq!(
            new.name(&temporary_requestor(2 * late + 2)),
            Some(name(&temporary_requestor(2 * late + 2), 2 * late + 2).as_str())
        );
        assert_eq!(
            (&now.entries, &now.listed, &now.logos),
            (&new.entries, &new.listed, &new.logos),
            "{late}"
        );
        assert_eq!(now.updated_at, new.updated_at, "{late}");
    }
}

#[tokio::test]
#[ignore = "long; .ci/run includes it"]
async fn what_a_crashed_refresh_staged_is_never_seen_once_mastercard_reverts_it() {
    let world = large_world().await;
    world.refresh().await.unwrap();
    let old = CatalogView::read(&world).await;
    let before = world.simulator().requestors();
    // A crash after the claim, after some of the staging writes, and after all.
    for writes in 1..=3 {
        advance_mastercard(&world, writes);
        let proxy = CrashProxy::crash_after(writes, LastWrite::Lost, &world).await;
        assert!(proxy.run(refresh_with(proxy.runtime(&world))).await.is_none());
        restore(&world, &before);
        world.clock().advance(SignedDuration::from_mins(1));
        let (synced, _) = world.refresh().await.unwrap();
        assert_eq!(synced.get("version"), None, "there is nothing to change");
        let now = CatalogView::read(&world).await;
        assert_eq!(
            (now.entries, now.listed, now.logos),
            (old.entries.clone(), old.listed.clone(), old.logos.clone())
        );
    }
    advance_mastercard(&world, 1);
    world.refresh().await.unwrap();
    let new = CatalogView::read(&world).await;
    assert_eq!(new.name(&temporary_requestor(1)), Some(name(&temporary_requestor(1), 1).as_str()));
    assert_eq!([2, 3].map(|time| new.name(&temporary_requestor(time)).is_some()), [false; 2]);
}
