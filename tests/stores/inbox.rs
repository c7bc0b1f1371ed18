//! The inbox: a notification that does not name its card completely, or that matches nothing, is stored first, applied once, and never
//! lost.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{
    enrollment::{Enrollment, Fact, PushFailure, Status},
    notification::Notification,
};
use runtime::store::enrollments::{
    InboxEntry,
    NotificationOutcome::{Duplicate, Recorded, Unmatched},
    SHARDS,
};
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    Stores, checks,
    due::end_of_time,
    eventually,
    notifications::{approved, notification, receive},
};
use crate::support::{
    enrollment_fixture::{CARD, EnrollmentFixture, facts},
    table_proxy::TableProxy,
};

checks! {
    a_repeated_notification_is_returned_as_it_is_stored,
    a_notification_is_stored_for_ninety_days,
    a_notification_without_client_is_stored_and_applied_by_one_write,
    of_twenty_copies_without_client_one_is_applied,
    a_notification_without_client_matches_no_card_that_is_not_confirmed,
    a_notification_of_a_newer_version_is_kept_as_it_is_stored,
    a_notification_before_its_enrollment_is_applied_later,
    a_copy_of_an_unmatched_notification_keeps_its_first_arrival,
    a_copy_that_matches_before_its_unmatched_first_one_counts_from_the_first_arrival,
    a_notification_that_matches_nothing_is_retried_and_then_unmatched,
    a_notification_that_matches_in_the_end_is_no_longer_unmatched,
    a_notification_that_matched_an_enrollment_matches_no_later_one,
    a_notification_that_was_not_processed_yet_is_not_unmatched,
    notifications_are_due_in_the_shards_that_reconciliation_reads,
    an_applied_notification_stays_applied,
}

async fn a_repeated_notification_is_returned_as_it_is_stored(stores: &Stores) {
    let (now, later) = (Timestamp::now(), Timestamp::now() + SignedDuration::from_secs(30));
    let first = stores.enrollments.store_notification(&approval(), now).await.unwrap();
    let again = stores.enrollments.store_notification(&approval(), later).await.unwrap();
    assert_eq!((first.received_at, first.applied_to, first.unmatched), (now, None, 0));
    assert_eq!(again, first);
    assert_eq!(stores.enrollments.notification("n-1").await.unwrap(), Some(first));
    assert_eq!(stores.enrollments.notification("n-2").await.unwrap(), None);
}

async fn a_notification_is_stored_for_ninety_days(stores: &Stores) {
    let now = Timestamp::now();
    receive(&stores.enrollments, &[approval()], now).await;
    let [item] = stores.scan(&stores.tables.enrollments).await.try_into().unwrap();
    let end = now + SignedDuration::from_hours(90 * 24);
    assert_eq!(item["ttl"].as_n().unwrap(), &end.as_second().to_string());
}

async fn a_notification_without_client_is_stored_and_applied_by_one_write(stores: &Stores) {
    let fixture = confirmed(stores).await;
    let delivery = [without_client()];
    let proxy = TableProxy::counting(&stores.url).await;
    let enrollments = stores.through(&proxy);
    assert_eq!(receive(&enrollments, &delivery, fixture.at()).await, [Recorded(fixture.id())]);
    let writes = proxy.take_operations().split_off(3);
    assert_eq!(writes, ["TransactWriteItems"], "after the index, its items and the card's item");
    for _ in 0..2 {
        assert_eq!(receive(&enrollments, &delivery, fixture.at()).await, [Duplicate(fixture.id())]);
    }
    assert!(!proxy.take_operations().contains(&"TransactWriteItems".to_owned()));
    let stored = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!(stored.applied_to, Some(fixture.id()));
    assert_eq!(stores.enrollments.apply(stored, fixture.at()).await.unwrap(), Duplicate(fixture.id()));
    let enrollment = fixture.stored(&stores.enrollments).await.unwrap();
    assert_eq!((enrollment.facts.len(), enrollment.status_at(fixture.at()).status), (2, Status::Authorized));
    assert!(notifications_due(stores, end_of_time(), 0).await.is_empty());
}

async fn of_twenty_copies_without_client_one_is_applied(stores: &Stores) {
    let fixture = confirmed(stores).await;
    let mut deliveries = JoinSet::new();
    for _ in 0..20 {
        let (enrollments, at) = (stores.enrollments.clone(), fixture.at());
        deliveries.spawn(async move { receive(&enrollments, &[without_client()], at).await.remove(0) });
    }
    let outcomes = deliveries.join_all().await;
    let count = |outcome| outcomes.iter().filter(|known| **known == outcome).count();
    assert_eq!((count(Recorded(fixture.id())), count(Duplicate(fixture.id()))), (1, 19), "{outcomes:?}");
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 2);
}

async fn a_notification_without_client_matches_no_card_that_is_not_confirmed(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    assert_eq!(receive(&stores.enrollments, &[without_client()], fixture.at()).await, [Unmatched]);
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(fixture.enrollment.clone()));
    // Once Processing confirmed the card, what was kept is applied.
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    visible(stores, 1).await;
    let [entry] =
        notifications_due(stores, fixture.at() + SignedDuration::from_mins(1), 1).await.try_into().unwrap();
    assert_eq!(stores.enrollments.apply(entry, fixture.at()).await.unwrap(), Recorded(fixture.id()));
}

async fn a_notification_of_a_newer_version_is_kept_as_it_is_stored(stores: &Stores) {
    let now = Timestamp::now();
    EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let kind = json!({"kind": "xyz", "device": {"name": "Watch", "index": 1}});
    let newer = Notification { kind: serde_json::from_value(kind).unwrap(), ..approval() };
    assert_eq!(receive(&stores.enrollments, std::slice::from_ref(&newer), now).await, [Unmatched]);
    let stored = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!((&stored.notification, stored.unmatched), (&newer, 1));
}

async fn a_notification_before_its_enrollment_is_applied_later(stores: &Stores) {
    let now = EnrollmentFixture::new("any").at();
    assert_eq!(receive(&stores.enrollments, &[approval()], now).await, [Unmatched]);
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let later = now + SignedDuration::from_mins(1);
    let [received] = notifications_due(stores, later, 1).await.try_into().unwrap();
    assert_eq!(stores.enrollments.apply(received, later).await.unwrap(), Recorded(fixture.id()));
    let stored = fixture.stored(&stores.enrollments).await.unwrap();
    assert_eq!(stored.facts.iter().map(|recorded| recorded.at).collect::<Vec<_>>(), [now], "its arrival");
    assert!(notifications_due(stores, end_of_time(), 0).await.is_empty());
    let entry = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!(entry.applied_to, Some(fixture.id()), "and it stays matched");
}

async fn a_copy_of_an_unmatched_notification_keeps_its_first_arrival(stores: &Stores) {
    let now = EnrollmentFixture::new("any").at();
    for seconds in [0, 5, 30] {
        let at = now + SignedDuration::from_secs(seconds);
        assert_eq!(receive(&stores.enrollments, &[approval()], at).await, [Unmatched]);
        let entry = stores.enrollments.notification("n-1").await.unwrap().unwrap();
        assert_eq!(entry.received_at, now);
    }
}

async fn a_copy_that_matches_before_its_unmatched_first_one_counts_from_the_first_arrival(stores: &Stores) {
    let first = EnrollmentFixture::new("any").at();
    let after = |seconds| first + SignedDuration::from_secs(seconds);
    assert_eq!(receive(&stores.enrollments, &[approval()], first).await, [Unmatched]);
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let proxy = TableProxy::counting(&stores.url).await;
    let copied = receive(&stores.through(&proxy), &[approval()], after(30)).await;
    assert_eq!(copied, [Recorded(fixture.id())]);
    assert_eq!(proxy.take_operations(), ["GetItem", "PutItem"], "the inbox is not read");

    let [entry] = notifications_due(stores, after(60), 1).await.try_into().unwrap();
    assert_eq!(stores.enrollments.apply(entry, after(60)).await.unwrap(), Duplicate(fixture.id()));
    assert_eq!(receive(&stores.enrollments, &[approval()], after(90)).await, [Duplicate(fixture.id())]);
    let stored = fixture.stored(&stores.enrollments).await.unwrap();
    assert_eq!(stored.facts.iter().map(|recorded| recorded.at).collect::<Vec<_>>(), [first]);
    assert!(notifications_due(stores, end_of_time(), 0).await.is_empty());
    let entry = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!((entry.applied_to, entry.received_at), (Some(fixture.id()), first));
}

async fn a_notification_that_matches_nothing_is_retried_and_then_unmatched(stores: &Stores) {
    let mut now = Timestamp::now();
    let mut received = stores.enrollments.store_notification(&approval(), now).await.unwrap();
    let gaps = [SignedDuration::from_mins(1), SignedDuration::from_mins(15), SignedDuration::from_hours(6)];
    for gap in gaps {
        assert_eq!(stores.enrollments.apply(received, now).await.unwrap(), Unmatched);
        let again = now + gap;
        assert_eq!(notifications_due(stores, again - SignedDuration::from_secs(1), 0).await, []);
        [received] = notifications_due(stores, again, 1).await.try_into().unwrap();
        now = again;
    }
    assert_eq!(stores.enrollments.apply(received, now).await.unwrap(), Unmatched);
    assert_eq!(notifications_due(stores, end_of_time(), 0).await, []);
    let entry = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!((&entry.notification, entry.applied_to, entry.unmatched), (&approval(), None, 4));
    let unmatched = eventually(
        async || stores.enrollments.unmatched_notifications().await.unwrap(),
        |found| found.len() == 1,
    );
    assert_eq!(unmatched.await, std::slice::from_ref(&entry));
    let by_support = stores.enrollments.reader().unmatched_notifications().await.unwrap();
    assert_eq!(by_support, [entry]);
}

async fn a_notification_that_matches_in_the_end_is_no_longer_unmatched(stores: &Stores) {
    let now = Timestamp::now();
    receive(&stores.enrollments, &[approval()], now).await;
    let unmatched = async || stores.enrollments.unmatched_notifications().await.unwrap();
    let [received] = eventually(unmatched, |found| found.len() == 1).await.try_into().unwrap();
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    assert_eq!(stores.enrollments.apply(received, now).await.unwrap(), Recorded(fixture.id()));
    assert_eq!(eventually(unmatched, Vec::is_empty).await, []);
    let items = stores.scan(&stores.tables.enrollments).await;
    let applied = items.iter().find(|item| item.contains_key("appliedTo")).unwrap();
    assert!(!applied.contains_key("dueShard"), "it has left the index");
}

async fn a_notification_that_was_not_processed_yet_is_not_unmatched(stores: &Stores) {
    let now = Timestamp::now();
    stores.enrollments.store_notification(&approval(), now).await.unwrap();
    assert_eq!(notifications_due(stores, now, 1).await.len(), 1);
    assert_eq!(stores.enrollments.unmatched_notifications().await.unwrap(), []);
}

async fn notifications_are_due_in_the_shards_that_reconciliation_reads(stores: &Stores) {
    let now = Timestamp::now();
    for n in 0..32 {
        let notification = Notification { id: format!("n-{n}"), ..approval() };
        stores.enrollments.store_notification(&notification, now).await.unwrap();
    }
    let due = notifications_by_shard(stores, now, 32).await;
    let shards: BTreeSet<u8> = due.iter().map(|(shard, _)| *shard).collect();
    assert!(due.len() == 32 && shards.len() > 3, "{} notifications are in the shards {shards:?}", due.len());
}

async fn a_notification_that_matched_an_enrollment_matches_no_later_one(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let now = first.at();
    let received = stores.enrollments.store_notification(&approval(), now).await.unwrap();
    assert_eq!(stores.enrollments.apply(received.clone(), now).await.unwrap(), Recorded(first.id()));
    let applied = stores.enrollments.notification("n-1").await.unwrap();
    assert_eq!(applied.as_ref().unwrap().applied_to, Some(first.id()));
    // The first enrollment fails, and the cardholder starts another one.
    let failed = Fact::PushFailed { reason: PushFailure::MastercardRefused, retryable: true };
    facts(&stores.enrollments, &first, [failed]).await;
    let second = EnrollmentFixture::new("key-2")
        .with_created_at(now + SignedDuration::from_secs(1))
        .start(&stores.enrollments)
        .await;
    // The entry as another instance read it before it was applied.
    assert_eq!(stores.enrollments.apply(received, now).await.unwrap(), Duplicate(first.id()));
    assert_eq!(second.stored(&stores.enrollments).await, Some(second.enrollment));
    assert_eq!(stores.enrollments.notification("n-1").await.unwrap(), applied);
}

async fn an_applied_notification_stays_applied(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let received = stores.enrollments.store_notification(&approval(), fixture.at()).await.unwrap();
    stores.enrollments.apply(received.clone(), fixture.at()).await.unwrap();
    // The entry as an instance read it that does not see the enrollment yet.
    let of_another_card = Notification { card_contract_id: Some(79999.into()), ..approval() };
    let stale = InboxEntry { notification: of_another_card, ..received };
    assert_eq!(stores.enrollments.apply(stale, fixture.at()).await.unwrap(), Unmatched);
    let stored = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!((stored.applied_to, stored.unmatched), (Some(fixture.id()), 0));
}

/// The notification of step 17 for the sample card.
fn approval() -> Notification {
    notification("n-1", approved())
}

fn without_client() -> Notification {
    Notification { client_id: None, ..approval() }
}

/// An enrollment whose card Processing has confirmed, in the index.
async fn confirmed(stores: &Stores) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    visible(stores, 1).await;
    fixture
}

/// Waits until the index shows this many enrollments of the sample card.
pub(super) async fn visible(stores: &Stores, count: usize) -> Vec<Enrollment> {
    let found = async || stores.enrollments.by_card(CARD.into()).await.unwrap();
    eventually(found, |found| found.len() == count).await
}

async fn notifications_due(stores: &Stores, at: Timestamp, count: usize) -> Vec<InboxEntry> {
    notifications_by_shard(stores, at, count).await.into_iter().map(|(_, entry)| entry).collect()
}

async fn notifications_by_shard(stores: &Stores, at: Timestamp, count: usize) -> Vec<(u8, InboxEntry)> {
    let read = async || {
        let mut all = Vec::new();
        for shard in 0..SHARDS {
            let due = stores.enrollments.due_notifications(shard, at, 50).await.unwrap();
            all.extend(due.into_iter().map(|entry| (shard, entry.unwrap())));
        }
        all
    };
    eventually(read, |due| due.len() == count).await
}
