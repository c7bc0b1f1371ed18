//! The inbox: a notification is stored first, applied once, and never lost.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{
    enrollment::{Decision, Enrollment, Fact, PushFailure, Status},
    notification::{Notification, NotificationKind},
};
use runtime::store::enrollments::{
    DueItem, InboxEntry,
    NotificationOutcome::{Duplicate, Recorded, Unmatched},
};
use serde_json::json;

use super::{
    Stores, checks,
    due::{due, end_of_time},
    eventually,
};
use crate::support::enrollment_fixture::{CARD, CLIENT, EnrollmentFixture, facts};

checks! {
    a_repeated_notification_is_returned_as_it_is_stored,
    a_notification_is_stored_for_ninety_days,
    a_notification_is_applied_once,
    a_notification_of_a_newer_version_is_kept_as_it_is_stored,
    a_notification_before_its_enrollment_is_applied_later,
    a_notification_that_is_applied_later_counts_from_its_first_arrival,
    a_notification_that_matches_nothing_is_retried_and_then_unmatched,
    a_notification_that_matches_in_the_end_is_no_longer_unmatched,
    a_notification_that_matched_an_enrollment_matches_no_later_one,
    a_notification_that_was_not_processed_yet_is_not_unmatched,
    notifications_are_due_in_the_shards_that_reconciliation_reads,
    an_applied_notification_stays_applied,
    another_clients_notification_changes_nothing,
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
    stores.enrollments.receive(&approval(), now).await.unwrap();
    let [item] = stores.scan(&stores.tables.enrollments).await.try_into().unwrap();
    let end = now + SignedDuration::from_hours(90 * 24);
    assert_eq!(item["ttl"].as_n().unwrap(), &end.as_second().to_string());
}

async fn a_notification_is_applied_once(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    visible(stores, 1).await;
    for outcome in [Recorded(fixture.id()), Duplicate(fixture.id()), Duplicate(fixture.id())] {
        assert_eq!(stores.enrollments.receive(&approval(), fixture.at()).await.unwrap(), outcome);
    }
    let stored = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!(stored.applied_to, Some(fixture.id()));
    assert_eq!(stores.enrollments.apply(stored, fixture.at()).await.unwrap(), Duplicate(fixture.id()));
    let enrollment = fixture.stored(&stores.enrollments).await.unwrap();
    assert_eq!((enrollment.facts.len(), enrollment.status_at(fixture.at()).status), (1, Status::Authorized));
    assert!(notifications_due(stores, end_of_time(), 0).await.is_empty());
}

async fn a_notification_of_a_newer_version_is_kept_as_it_is_stored(stores: &Stores) {
    let now = Timestamp::now();
    let kind = json!({"kind": "xyz", "device": {"name": "Watch", "index": 1}});
    let newer = Notification { kind: serde_json::from_value(kind).unwrap(), ..approval() };
    assert_eq!(stores.enrollments.receive(&newer, now).await.unwrap(), Unmatched);
    let stored = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!((&stored.notification, stored.unmatched), (&newer, 1));
}

async fn a_notification_before_its_enrollment_is_applied_later(stores: &Stores) {
    let now = Timestamp::now();
    assert_eq!(stores.enrollments.receive(&approval(), now).await.unwrap(), Unmatched);
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    visible(stores, 1).await;
    let [received] =
        notifications_due(stores, now + SignedDuration::from_mins(1), 1).await.try_into().unwrap();
    assert_eq!(stores.enrollments.apply(received, now).await.unwrap(), Recorded(fixture.id()));
    assert_eq!(fixture.stored(&stores.enrollments).await.unwrap().facts.len(), 1);
    assert!(notifications_due(stores, end_of_time(), 0).await.is_empty());
    let entry = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert!(entry.matched_enrollment.is_some(), "and it stays matched");
}

async fn a_notification_that_is_applied_later_counts_from_its_first_arrival(stores: &Stores) {
    let (arrived, later) = (Timestamp::now(), Timestamp::now() + SignedDuration::from_hours(2));
    let enrollments = &stores.enrollments;
    assert_eq!(enrollments.receive(&approval(), arrived).await.unwrap(), Unmatched);
    let fixture = EnrollmentFixture::new("key-1").start(enrollments).await;
    visible(stores, 1).await;
    assert_eq!(
        enrollments.receive(&approval(), later).await.unwrap(),
        Recorded(fixture.id()),
        "a repetition"
    );
    let [fact] = fixture.stored(enrollments).await.unwrap().facts.try_into().unwrap();
    assert_eq!(fact.at, arrived);
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
    assert_eq!(unmatched.await, [entry]);
}

async fn a_notification_that_matches_in_the_end_is_no_longer_unmatched(stores: &Stores) {
    let now = Timestamp::now();
    stores.enrollments.receive(&approval(), now).await.unwrap();
    let unmatched = async || stores.enrollments.unmatched_notifications().await.unwrap();
    let [received] = eventually(unmatched, |found| found.len() == 1).await.try_into().unwrap();
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    visible(stores, 1).await;
    assert_eq!(stores.enrollments.apply(received, now).await.unwrap(), Recorded(fixture.id()));
    assert_eq!(eventually(unmatched, Vec::is_empty).await, []);
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
    let due = due(stores, now, |due| due.len() == 32).await;
    let shards: BTreeSet<u8> = due.iter().map(|(shard, _)| *shard).collect();
    assert!(due.len() == 32 && shards.len() > 3, "{} notifications are in the shards {shards:?}", due.len());
}

async fn a_notification_that_matched_an_enrollment_matches_no_later_one(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    visible(stores, 1).await;
    let now = first.at();
    assert_eq!(stores.enrollments.receive(&approval(), now).await.unwrap(), Recorded(first.id()));
    let received = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!(received.applied_to, Some(first.id()));
    // The first enrollment fails, and the cardholder starts another one.
    let failed = Fact::PushFailed { reason: PushFailure::MastercardRefused, retryable: true };
    facts(&stores.enrollments, &first, [failed]).await;
    let second = EnrollmentFixture::new("key-2")
        .with_created_at(now + SignedDuration::from_secs(1))
        .start(&stores.enrollments)
        .await;
    visible(stores, 2).await;
    let stale_entry = InboxEntry { applied_to: None, ..received };
    for received in [stale_entry.clone(), InboxEntry { matched_enrollment: None, ..stale_entry }] {
        assert_eq!(stores.enrollments.apply(received, now).await.unwrap(), Recorded(first.id()));
    }
    assert_eq!(second.stored(&stores.enrollments).await, Some(second.enrollment));
}

async fn an_applied_notification_stays_applied(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    visible(stores, 1).await;
    stores.enrollments.receive(&approval(), fixture.at()).await.unwrap();
    let received = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    // The entry as read before the index showed the enrollment.
    let of_another_card =
        Notification { card_contract_id: Some(79999.into()), ..received.notification.clone() };
    let stale =
        InboxEntry { notification: of_another_card, matched_enrollment: None, applied_to: None, ..received };
    assert_eq!(stores.enrollments.apply(stale, fixture.at()).await.unwrap(), Unmatched);
    let stored = stores.enrollments.notification("n-1").await.unwrap().unwrap();
    assert_eq!((stored.applied_to, stored.unmatched), (Some(fixture.id()), 0));
}

async fn another_clients_notification_changes_nothing(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    visible(stores, 1).await;
    let foreign = Notification { client_id: Some(40001.into()), ..approval() };
    assert_eq!(stores.enrollments.receive(&foreign, fixture.at()).await.unwrap(), Unmatched);
    assert_eq!(fixture.stored(&stores.enrollments).await, Some(fixture.enrollment));
}

/// The notification of step 17 for the sample card.
fn approval() -> Notification {
    Notification {
        id: "n-1".into(),
        kind: NotificationKind::Tar { decision: Decision::Approved },
        occurred_at: Timestamp::MAX,
        client_id: Some(CLIENT.into()),
        card_contract_id: Some(CARD.into()),
        token_requestor_id: Some(simulator::CLICK_TO_PAY.parse().unwrap()),
        token_unique_reference: None,
    }
}

/// Waits until the index shows this many enrollments of the sample card.
async fn visible(stores: &Stores, count: usize) -> Vec<Enrollment> {
    let found = async || stores.enrollments.by_card(CARD.into()).await.unwrap();
    eventually(found, |found| found.len() == count).await
}

async fn notifications_due(stores: &Stores, at: Timestamp, count: usize) -> Vec<InboxEntry> {
    let notification = |due: DueItem| match due {
        DueItem::Notification(received) => Some(received),
        DueItem::Enrollment(_) => None,
    };
    let is_one = |due: &&(u8, DueItem)| matches!(due.1, DueItem::Notification(_));
    let due = due(stores, at, |due| due.iter().filter(is_one).count() == count).await;
    due.into_iter().filter_map(|(_, due)| notification(due)).collect()
}
