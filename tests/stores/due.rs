//! Items that are due for reconciliation: every enrollment that is not final, from its due time on, and nothing else.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use model::enrollment::{EnrollmentId, Fact, PushFailure};
use runtime::store::enrollments::{SHARDS, Versioned};

use super::{Stores, checks, eventually};
use crate::support::enrollment_fixture::{CARD, EnrollmentFixture, facts};

checks! {
    an_enrollment_is_due_once_no_receipt_can_be_valid,
    an_enrollment_that_is_final_is_not_due,
    due_items_are_spread_over_the_shards,
    only_due_items_are_in_the_index,
    the_most_overdue_comes_first,
    an_item_that_cannot_be_read_hides_no_other,
}

async fn an_enrollment_is_due_once_no_receipt_can_be_valid(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    // Whatever the validity of its own: the push does not move the time.
    let end = fixture.at() + SignedDuration::from_mins(16);
    fixture.push(&stores.enrollments, &stores.keys).await.unwrap();
    // Due times are whole seconds, and no check comes early.
    let second_after = end + SignedDuration::from_secs(1);
    assert_eq!(ids(&due(stores, second_after, |due| due.len() == 1).await), [fixture.id()]);
    let second_before = end - SignedDuration::from_secs(1);
    assert!(due(stores, second_before, Vec::is_empty).await.is_empty());
}

async fn an_enrollment_that_is_final_is_not_due(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    assert_eq!(ids(&due(stores, end_of_time(), |due| due.len() == 1).await), [fixture.id()]);
    let failed = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
    let updated = facts(&stores.enrollments, &fixture, [failed]).await;
    assert_eq!(updated.status_at(fixture.at()).next_check, None);
    assert!(due(stores, end_of_time(), Vec::is_empty).await.is_empty());
}

async fn due_items_are_spread_over_the_shards(stores: &Stores) {
    let mut started = BTreeSet::new();
    for n in 0..32 {
        let fixture =
            EnrollmentFixture::new(&format!("key-{n}")).with_card(70001 + n).start(&stores.enrollments).await;
        started.insert(fixture.id());
    }
    let due = due(stores, end_of_time(), |due| due.len() == 32).await;
    assert_eq!(ids(&due).into_iter().collect::<BTreeSet<_>>(), started, "each is in one shard");
    let shards: BTreeSet<u8> = due.iter().map(|(shard, _)| *shard).collect();
    assert!(shards.len() > 3, "32 enrollments are in the shards {shards:?}");
}

async fn only_due_items_are_in_the_index(stores: &Stores) {
    let ended = EnrollmentFixture::new("key-1").with_card(70002).start(&stores.enrollments).await;
    let failed = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
    facts(&stores.enrollments, &ended, [failed]).await;
    EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let indexed = async || {
        let scan = stores.db.scan().table_name(&stores.tables.enrollments).index_name("due");
        scan.send().await.unwrap().items.unwrap_or_default()
    };
    let indexed = eventually(indexed, |items| items.len() == 1).await;
    let keys: Vec<_> = indexed.iter().map(|item| item["sk"].as_s().unwrap().clone()).collect();
    assert_eq!(keys, [format!("CARD#{CARD}#{}", simulator::CLICK_TO_PAY)]);
    assert_eq!(stores.enrollment_items().await.len(), 2);
}

async fn the_most_overdue_comes_first(stores: &Stores) {
    let start = Timestamp::now();
    let mut shards = vec![Vec::new(); SHARDS.into()];
    // With more enrollments than shards, some shard holds two.
    for n in (0..=SHARDS).rev() {
        let created_at = start + SignedDuration::from_secs(n.into());
        let fixture = EnrollmentFixture::new(&format!("key-{n}"))
            .with_card(70001 + u64::from(n))
            .with_created_at(created_at);
        fixture.clone().start(&stores.enrollments).await;
    }
    for (shard, item) in due(stores, end_of_time(), |due| due.len() == usize::from(SHARDS) + 1).await {
        shards[usize::from(shard)].push(id(&item));
    }
    let fullest = (0..SHARDS).max_by_key(|shard| shards[usize::from(*shard)].len()).unwrap();
    let expected = &shards[usize::from(fullest)];
    assert!(expected.len() > 1 && expected.is_sorted(), "{shards:?}");
    let first = stores.enrollments.due_enrollments(fullest, end_of_time(), 1).await.unwrap();
    let first: Vec<_> = first.iter().map(|due| id(due.as_ref().unwrap())).collect();
    assert_eq!(first, expected[..1]);
}

async fn an_item_that_cannot_be_read_hides_no_other(stores: &Stores) {
    let mut started = Vec::new();
    for n in 0..2 * u64::from(SHARDS) {
        let fixture =
            EnrollmentFixture::new(&format!("key-{n}")).with_card(70001 + n).start(&stores.enrollments).await;
        started.push(fixture.id());
    }
    // As after a rollback from a version that knows more statuses.
    let damaged =
        stores.enrollment_items().await.into_iter().find(|item| item.contains_key("dueAt")).unwrap();
    let damaged_id = damaged["enrollmentId"].as_s().unwrap().clone();
    let later = [("status".to_owned(), AttributeValue::S("NEVER_HEARD_OF".into()))].into_iter();
    let item = damaged.into_iter().chain(later).collect();
    stores.db.put_item().table_name(&stores.tables.enrollments).set_item(Some(item)).send().await.unwrap();
    let read = async || {
        let (mut readable, mut errors) = (BTreeSet::new(), Vec::new());
        for shard in 0..SHARDS {
            for due in stores.enrollments.due_enrollments(shard, end_of_time(), 50).await.unwrap() {
                match due {
                    Ok(stored) => drop(readable.insert(id(&stored))),
                    Err(error) => errors.push(error.to_string()),
                }
            }
        }
        (readable, errors)
    };
    let (readable, errors) = eventually(read, |(readable, _)| readable.len() == started.len() - 1).await;
    started.retain(|id| id.to_string() != damaged_id);
    assert_eq!(readable, started.into_iter().collect());
    assert_eq!(errors, [format!("a due item cannot be read (enrollment {damaged_id})")]);
}

/// Due enrollments of all shards, once they are as expected or after the timeout of [`eventually`].
pub(super) async fn due(
    stores: &Stores,
    at: Timestamp,
    is_expected: impl Fn(&Vec<(u8, Versioned)>) -> bool,
) -> Vec<(u8, Versioned)> {
    let read = async || {
        let mut all = Vec::new();
        for shard in 0..SHARDS {
            let due = stores.enrollments.due_enrollments(shard, at, 50).await.unwrap();
            all.extend(due.into_iter().map(|due| (shard, due.unwrap())));
        }
        all
    };
    eventually(read, is_expected).await
}

/// Later than any due time in a test.
pub(super) fn end_of_time() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(48)
}

pub(super) fn ids(due: &[(u8, Versioned)]) -> Vec<EnrollmentId> {
    due.iter().map(|(_, due)| id(due)).collect()
}

fn id(due: &Versioned) -> EnrollmentId {
    due.enrollment().enrollment_id
}
