//! New attempts: one per idempotency key, and one live enrollment per card and requestor.

use jiff::{SignedDuration, Timestamp};
use model::enrollment::{Enrollment, EnrollmentId, Fact, PushFailure};
use runtime::store::enrollments::{BeginOutcome, Enrollments, NewAttempt};
use tokio::task::JoinSet;

use super::{Stores, checks};
use crate::support::enrollment_fixture::{CARD, CLIENT, EnrollmentFixture, facts};

checks! {
    a_new_attempt_is_known_without_reading_it,
    a_repeated_request_finds_the_enrollment_that_it_began,
    a_key_that_was_used_with_another_request_is_reported,
    a_key_expires_after_a_day,
    a_key_is_released_only_by_the_enrollment_that_has_it,
    a_card_is_held_by_its_live_enrollment,
    another_card_requestor_or_client_is_not_held,
    a_card_is_free_again_once_nothing_could_be_pushed,
    a_request_that_crashed_holds_its_card_no_longer_than_the_app_waits,
    a_held_card_stays_held_as_long_as_its_enrollment_is_reconciled,
    of_twenty_requests_with_twenty_keys_one_begins,
    of_twenty_repetitions_of_one_request_one_begins,
    of_twenty_takeovers_of_a_stale_card_one_begins,
}

async fn a_new_attempt_is_known_without_reading_it(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let versioned = stores.enrollments.get_versioned(CLIENT.into(), fixture.id()).await.unwrap();
    assert_eq!(versioned, Some(fixture.versioned(&stores.enrollments)));
}

async fn a_repeated_request_finds_the_enrollment_that_it_began(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1");
    assert_eq!(first.begin(&stores.enrollments).await, BeginOutcome::Started);
    let again = EnrollmentFixture::new("key-1");
    assert_eq!(again.begin(&stores.enrollments).await, BeginOutcome::Replayed(first.id(), 1));
    assert_eq!(all(&stores.enrollments).await, [first.enrollment]);
}

async fn a_key_that_was_used_with_another_request_is_reported(stores: &Stores) {
    assert_eq!(EnrollmentFixture::new("key-1").begin(&stores.enrollments).await, BeginOutcome::Started);
    let other =
        EnrollmentFixture { fingerprint: "another request".into(), ..EnrollmentFixture::new("key-1") };
    assert_eq!(other.begin(&stores.enrollments).await, BeginOutcome::IdempotencyKeyReused);
    assert_eq!(other.by_state(&stores.enrollments).await, None, "nothing of it is stored");
}

async fn a_key_expires_after_a_day(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1");
    first.begin(&stores.enrollments).await;
    let within = first.at() + SignedDuration::from_secs(24 * 60 * 60 - 1);
    assert_eq!(
        EnrollmentFixture::new("key-1").begin_at(&stores.enrollments, within).await,
        BeginOutcome::Replayed(first.id(), 1)
    );
    let after = first.at() + SignedDuration::from_hours(24);
    let (key, EnrollmentFixture { enrollment, fingerprint, state, .. }) =
        (first.key.parse().unwrap(), &first);
    let new_attempt = NewAttempt { enrollment, revision: None, key: &key, fingerprint, state };
    assert_eq!(stores.enrollments.find_replay(&new_attempt, after).await.unwrap(), None);
    assert_eq!(
        EnrollmentFixture::new("key-1").begin_at(&stores.enrollments, after).await,
        BeginOutcome::Started
    );
}

async fn a_key_is_released_only_by_the_enrollment_that_has_it(stores: &Stores) {
    let (enrollments, first, key) =
        (&stores.enrollments, EnrollmentFixture::new("key-1"), "key-1".parse().unwrap());
    first.begin(enrollments).await;
    let failed = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true };
    facts(enrollments, &first, [failed]).await;
    enrollments.release(CLIENT.into(), &key, EnrollmentFixture::new("another").id()).await.unwrap();
    assert_eq!(
        EnrollmentFixture::new("key-1").begin(enrollments).await,
        BeginOutcome::Replayed(first.id(), 1)
    );
    enrollments.release(CLIENT.into(), &key, first.id()).await.unwrap();
    assert_eq!(EnrollmentFixture::new("key-1").begin(enrollments).await, BeginOutcome::Started);
}

async fn a_card_is_held_by_its_live_enrollment(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1");
    first.begin(&stores.enrollments).await;
    let second = EnrollmentFixture::new("key-2");
    assert_eq!(second.begin(&stores.enrollments).await, BeginOutcome::CardLocked(first.id()));
    assert_eq!(all(&stores.enrollments).await, [first.enrollment]);
    assert_eq!(
        second.begin(&stores.enrollments).await,
        BeginOutcome::CardLocked(holder(stores).await),
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
        assert_eq!(fixture.begin(&stores.enrollments).await, BeginOutcome::Started, "{key}");
    }
}

async fn a_card_is_free_again_once_nothing_could_be_pushed(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1");
    first.begin(&stores.enrollments).await;
    let failed = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable: true };
    facts(&stores.enrollments, &first, [failed]).await;
    let second = EnrollmentFixture::new("key-2");
    assert_eq!(second.begin(&stores.enrollments).await, BeginOutcome::Started);
    assert_eq!(holder(stores).await, second.id());
}

async fn a_request_that_crashed_holds_its_card_no_longer_than_the_app_waits(stores: &Stores) {
    let crashed = EnrollmentFixture::new("key-1");
    crashed.begin(&stores.enrollments).await;
    let waiting = crashed.enrollment.respond_by;
    assert_eq!(
        EnrollmentFixture::new("key-2").begin_at(&stores.enrollments, waiting).await,
        BeginOutcome::CardLocked(crashed.id())
    );
    let later = waiting + SignedDuration::from_secs(3);
    assert_eq!(
        EnrollmentFixture::new("key-2").begin_at(&stores.enrollments, later).await,
        BeginOutcome::Started
    );
}

/// Reconciliation ends after four days and a half at most: a day of readings, three of failures, and the time between.
async fn a_held_card_stays_held_as_long_as_its_enrollment_is_reconciled(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let items = stores.scan(&stores.tables.enrollments).await;
    let guard = items.iter().find(|item| item["sk"].as_s().is_ok_and(|sk| sk.starts_with("LIVE#")));
    let ends: i64 = guard.unwrap()["ttl"].as_n().unwrap().parse().unwrap();
    assert!(
        ends > (fixture.at() + SignedDuration::from_hours(5 * 24)).as_second(),
        "DynamoDB would delete the guard too early"
    );
}

async fn of_twenty_requests_with_twenty_keys_one_begins(stores: &Stores) {
    let outcomes = race(stores, |n| EnrollmentFixture::new(&format!("key-{n}")), Timestamp::now()).await;
    let holder = holder(stores).await;
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == BeginOutcome::Started).count(),
        1,
        "{outcomes:?}"
    );
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == BeginOutcome::CardLocked(holder)).count(),
        19,
        "{outcomes:?}"
    );
    assert_eq!(all(&stores.enrollments).await.len(), 1);
}

async fn of_twenty_repetitions_of_one_request_one_begins(stores: &Stores) {
    let outcomes = race(stores, |_| EnrollmentFixture::new("key-1"), Timestamp::now()).await;
    let holder = holder(stores).await;
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == BeginOutcome::Started).count(),
        1,
        "{outcomes:?}"
    );
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == BeginOutcome::Replayed(holder, 1)).count(),
        19,
        "{outcomes:?}"
    );
}

async fn of_twenty_takeovers_of_a_stale_card_one_begins(stores: &Stores) {
    let crashed = EnrollmentFixture::new("key-0");
    crashed.begin(&stores.enrollments).await;
    let later = crashed.at() + SignedDuration::from_secs(61);
    let outcomes =
        race(stores, |n| EnrollmentFixture::new(&format!("key-{}", n + 1)).with_created_at(later), later)
            .await;
    let holder = holder(stores).await;
    assert_ne!(holder, crashed.id());
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == BeginOutcome::Started).count(),
        1,
        "{outcomes:?}"
    );
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == BeginOutcome::CardLocked(holder)).count(),
        19,
        "{outcomes:?}"
    );
}

/// Runs twenty concurrently.
async fn race(
    stores: &Stores,
    fixture: impl Fn(u8) -> EnrollmentFixture,
    now: Timestamp,
) -> Vec<BeginOutcome> {
    let mut fixtures = JoinSet::new();
    for n in 0..20 {
        let (fixture, enrollments) = (fixture(n), stores.enrollments.clone());
        fixtures.spawn(async move { fixture.begin_at(&enrollments, now).await });
    }
    fixtures.join_all().await
}

async fn all(enrollments: &Enrollments) -> Vec<Enrollment> {
    enrollments.list(CLIENT.into(), None, 50, None).await.unwrap().enrollments
}

/// The enrollment that holds the guard of the sample card.
async fn holder(stores: &Stores) -> EnrollmentId {
    let requestor = EnrollmentFixture::new("any").enrollment.token_requestor_id;
    let holder = stores.enrollments.lock_holder(CLIENT.into(), CARD.into(), &requestor).await.unwrap();
    holder.unwrap().enrollment_id
}
