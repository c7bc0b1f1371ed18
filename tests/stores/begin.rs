//! New enrollments: one live enrollment for a card and requestor of a client, however many requests arrive at once.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use model::{
    card_enrollment::Refusal,
    enrollment::{Enrollment, EnrollmentId, Fact, PushFailure},
};
use runtime::store::enrollments::{Enrollments, Versioned};
use tokio::task::JoinSet;

use super::{Stores, checks};
use crate::support::{
    enrollment_fixture::{CARD, CLIENT, EnrollmentFixture, facts},
    table_proxy::TableProxy,
};

checks! {
    a_new_attempt_is_known_without_reading_it,
    a_refused_request_is_answered_from_the_refused_write,
    a_card_is_held_by_its_live_enrollment,
    another_card_requestor_or_client_is_not_held,
    a_card_is_free_again_once_nothing_could_be_pushed,
    a_request_that_crashed_holds_its_card_no_longer_than_the_app_waits,
    no_enrollment_is_deleted_by_time,
    of_twenty_requests_with_twenty_keys_one_begins,
    of_twenty_repetitions_of_one_request_one_begins,
    of_twenty_takeovers_of_a_stale_card_one_begins,
}

async fn a_new_attempt_is_known_without_reading_it(stores: &Stores) {
    let proxy = TableProxy::counting(&stores.url).await;
    let fixture = EnrollmentFixture::new("key-1");
    let stored = fixture.begin(&stores.through(&proxy)).await.unwrap();
    assert_eq!(proxy.take_operations(), ["PutItem"]);
    assert_eq!(fixture.versioned(&stores.enrollments).await, Some(stored));
}

/// The condition that fails returns the item that is stored.
async fn a_refused_request_is_answered_from_the_refused_write(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let proxy = TableProxy::counting(&stores.url).await;
    let enrollments = stores.through(&proxy);
    let reused = EnrollmentFixture { fingerprint: "another".into(), ..EnrollmentFixture::new("key-1") };
    for (request, refusal) in [
        (EnrollmentFixture::new("key-2"), Refusal::CardLocked(first.id())),
        (EnrollmentFixture::new("key-1"), Refusal::Replayed { enrollment_id: first.id(), attempt: 1 }),
        (reused, Refusal::IdempotencyKeyReused),
    ] {
        assert_eq!(request.begin(&enrollments).await, Err(refusal));
        assert_eq!(proxy.take_operations(), ["PutItem"], "{refusal:?}");
    }
}

async fn a_card_is_held_by_its_live_enrollment(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let second = EnrollmentFixture::new("key-2");
    assert_eq!(second.begin(&stores.enrollments).await, Err(Refusal::CardLocked(first.id())));
    assert_eq!(all(&stores.enrollments).await, [first.enrollment]);
    assert_eq!(
        second.begin(&stores.enrollments).await,
        Err(Refusal::CardLocked(holder(stores).await)),
        "its key was not used up"
    );
}

async fn another_card_requestor_or_client_is_not_held(stores: &Stores) {
    for (key, fixture) in [
        ("key-1", EnrollmentFixture::new("key-1")),
        ("key-2", EnrollmentFixture::new("key-2").with_card(70002)),
        ("key-3", EnrollmentFixture::new("key-3").with_requestor("50999000001")),
        ("key-1 of another client", EnrollmentFixture::new("key-1").with_client(40001)),
    ] {
        assert!(fixture.begin(&stores.enrollments).await.is_ok(), "{key}");
    }
}

async fn a_card_is_free_again_once_nothing_could_be_pushed(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let failed = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true };
    facts(&stores.enrollments, &first, [failed]).await;
    let second = EnrollmentFixture::new("key-2").start(&stores.enrollments).await;
    assert_eq!(holder(stores).await, second.id());
    let kept: Vec<_> =
        all(&stores.enrollments).await.iter().map(|enrollment| enrollment.enrollment_id).collect();
    assert_eq!(kept, [second.id(), first.id()], "the earlier one is kept");
}

async fn a_request_that_crashed_holds_its_card_no_longer_than_the_app_waits(stores: &Stores) {
    let crashed = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let waiting = crashed.enrollment.respond_by;
    assert_eq!(
        EnrollmentFixture::new("key-2").begin_at(&stores.enrollments, waiting).await,
        Err(Refusal::CardLocked(crashed.id()))
    );
    let later = waiting + SignedDuration::from_secs(3);
    assert!(EnrollmentFixture::new("key-2").begin_at(&stores.enrollments, later).await.is_ok());
}

/// What locks a card must not disappear: DynamoDB deletes only notifications by time.
async fn no_enrollment_is_deleted_by_time(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let later = first.at() + SignedDuration::from_mins(1);
    EnrollmentFixture::new("key-2").with_created_at(later).start(&stores.enrollments).await;
    let items = stores.enrollment_items().await;
    assert_eq!(sort_key_kinds(&items), ["CARD", "PAST"]);
    assert!(items.iter().all(|item| !item.contains_key("ttl")));
}

async fn of_twenty_requests_with_twenty_keys_one_begins(stores: &Stores) {
    let outcomes = race(stores, |n| EnrollmentFixture::new(&format!("key-{n}")), Timestamp::now()).await;
    let holder = holder(stores).await;
    assert_eq!(started(&outcomes), [holder], "{outcomes:?}");
    assert_eq!(count(&outcomes, Refusal::CardLocked(holder)), 19, "{outcomes:?}");
    assert_eq!(all(&stores.enrollments).await.len(), 1);
}

async fn of_twenty_repetitions_of_one_request_one_begins(stores: &Stores) {
    let outcomes = race(stores, |_| EnrollmentFixture::new("key-1"), Timestamp::now()).await;
    let holder = holder(stores).await;
    assert_eq!(started(&outcomes), [holder], "{outcomes:?}");
    let replayed = Refusal::Replayed { enrollment_id: holder, attempt: 1 };
    assert_eq!(count(&outcomes, replayed), 19, "{outcomes:?}");
}

async fn of_twenty_takeovers_of_a_stale_card_one_begins(stores: &Stores) {
    let crashed = EnrollmentFixture::new("key-0").start(&stores.enrollments).await;
    let later = crashed.at() + SignedDuration::from_secs(61);
    let fixture = |n| EnrollmentFixture::new(&format!("key-{}", n + 1)).with_created_at(later);
    let outcomes = race(stores, fixture, later).await;
    let holder = holder(stores).await;
    assert_ne!(holder, crashed.id());
    assert_eq!(started(&outcomes), [holder], "{outcomes:?}");
    assert_eq!(count(&outcomes, Refusal::CardLocked(holder)), 19, "{outcomes:?}");
    assert_eq!(sort_key_kinds(&stores.enrollment_items().await), ["CARD", "PAST"]);
}

/// Runs twenty concurrently.
async fn race(
    stores: &Stores,
    fixture: impl Fn(u8) -> EnrollmentFixture,
    now: Timestamp,
) -> Vec<Result<Versioned, Refusal>> {
    let mut fixtures = JoinSet::new();
    for n in 0..20 {
        let (fixture, enrollments) = (fixture(n), stores.enrollments.clone());
        fixtures.spawn(async move { fixture.begin_at(&enrollments, now).await });
    }
    fixtures.join_all().await
}

/// The enrollments that were started.
pub(super) fn started(outcomes: &[Result<Versioned, Refusal>]) -> Vec<EnrollmentId> {
    outcomes.iter().flatten().map(|stored| stored.enrollment().enrollment_id).collect()
}

fn count(outcomes: &[Result<Versioned, Refusal>], refusal: Refusal) -> usize {
    outcomes.iter().filter(|outcome| outcome.as_ref().err() == Some(&refusal)).count()
}

/// The first parts of the sort keys, sorted.
fn sort_key_kinds(items: &[HashMap<String, AttributeValue>]) -> Vec<&str> {
    let mut kinds: Vec<_> =
        items.iter().map(|item| item["sk"].as_s().unwrap().split('#').next().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

async fn all(enrollments: &Enrollments) -> Vec<Enrollment> {
    enrollments.list(CLIENT.into(), None, 50, None).await.unwrap().enrollments
}

/// The current enrollment of the sample card.
async fn holder(stores: &Stores) -> EnrollmentId {
    let requestor = EnrollmentFixture::new("any").enrollment.token_requestor_id;
    let holder = stores.enrollments.current(CLIENT.into(), CARD.into(), &requestor).await.unwrap();
    holder.unwrap().enrollment_id
}
