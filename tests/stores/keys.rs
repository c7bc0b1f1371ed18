//! Idempotency keys: each counts for 24 hours from its use, for one client, route, card and requestor.

use jiff::{SignedDuration, Timestamp};
use model::{
    card_enrollment::{KEY_RETENTION, MAX_KEYS, Refusal},
    enrollment::{Fact, PushFailure},
};
use runtime::store::Enrollments;

use super::{Stores, checks};
use crate::support::enrollment_fixture::{EnrollmentFixture, facts};

checks! {
    a_repeated_request_finds_the_enrollment_that_it_began,
    a_key_that_was_used_with_another_request_is_reported,
    a_key_expires_after_a_day,
    a_key_of_an_earlier_enrollment_counts_for_a_day_from_its_own_use,
    the_same_key_for_another_card_or_requestor_is_another_enrollment,
    a_key_counts_for_one_route,
    a_failure_that_may_pass_frees_the_key_of_its_own_attempt_only,
    a_failure_for_good_frees_no_key,
    a_thirty_third_key_within_a_day_is_refused,
}

async fn a_repeated_request_finds_the_enrollment_that_it_began(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let again = EnrollmentFixture::new("key-1").begin(&stores.enrollments).await;
    assert_eq!(again, Err(replayed(&first)));
    let page = stores.enrollments.list(first.enrollment.client_id, None, 50, None).await.unwrap();
    assert_eq!(page.enrollments, [first.enrollment]);
}

async fn a_key_that_was_used_with_another_request_is_reported(stores: &Stores) {
    EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let other = EnrollmentFixture { fingerprint: "another".into(), ..EnrollmentFixture::new("key-1") };
    assert_eq!(other.begin(&stores.enrollments).await, Err(Refusal::IdempotencyKeyReused));
    assert_eq!(other.by_state(&stores.enrollments).await, None, "nothing of it is stored");
}

async fn a_key_expires_after_a_day(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let begin_at = async |at| EnrollmentFixture::new("key-1").begin_at(&stores.enrollments, at).await;
    let end = first.at() + SignedDuration::from_hours(24);
    assert_eq!(begin_at(end - SignedDuration::from_millis(1)).await, Err(replayed(&first)));
    assert!(begin_at(end).await.is_ok());
}

async fn a_key_of_an_earlier_enrollment_counts_for_a_day_from_its_own_use(stores: &Stores) {
    let start = EnrollmentFixture::new("any").at();
    let first = failed_at(&stores.enrollments, "key-1", start).await;
    let second = failed_at(&stores.enrollments, "key-2", start + SignedDuration::from_hours(12)).await;
    let begin_at =
        async |key, at| EnrollmentFixture::new(key).with_created_at(at).begin(&stores.enrollments).await;
    let end = start + KEY_RETENTION;
    assert_eq!(begin_at("key-1", end - SignedDuration::from_millis(1)).await, Err(replayed(&first)));
    failed_at(&stores.enrollments, "key-1", end).await;
    assert_eq!(begin_at("key-2", end).await, Err(replayed(&second)), "carried over twice");
}

async fn the_same_key_for_another_card_or_requestor_is_another_enrollment(stores: &Stores) {
    let requests = [
        EnrollmentFixture::new("key-1"),
        EnrollmentFixture::new("key-1").with_card(70002),
        EnrollmentFixture::new("key-1").with_requestor("50999000001"),
        EnrollmentFixture::new("key-1").with_client(40001),
    ];
    for fixture in &requests {
        fixture.clone().start(&stores.enrollments).await;
    }
    for fixture in requests {
        // Another tap: the same request with another id and callback state.
        let enrollment = EnrollmentFixture::new("any").with_created_at(fixture.at()).enrollment;
        let mut again = EnrollmentFixture { secret: [7; 16], ..fixture.clone() };
        again.enrollment.enrollment_id = enrollment.enrollment_id;
        assert_eq!(again.begin(&stores.enrollments).await, Err(replayed(&fixture)));
    }
}

async fn a_key_counts_for_one_route(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    first.push(&stores.enrollments, &stores.keys).await.unwrap();
    let restart = EnrollmentFixture::new("key-1").restart_of(first.id(), first.at());
    let stored = first.versioned(&stores.enrollments).await.unwrap();
    let restarted = stores.enrollments.restart(stored, &restart, first.at()).await.unwrap();
    assert_eq!(restarted.unwrap().enrollment().attempt().number, 2);
    let again = EnrollmentFixture::new("key-1").begin(&stores.enrollments).await;
    assert_eq!(again, Err(replayed(&first)), "the first attempt's key is still the first attempt's");
}

async fn a_failure_that_may_pass_frees_the_key_of_its_own_attempt_only(stores: &Stores) {
    let enrollments = &stores.enrollments;
    let first = EnrollmentFixture::new("key-1").start(enrollments).await;
    let of_another_card = EnrollmentFixture::new("key-1").with_card(70002).start(enrollments).await;
    facts(enrollments, &of_another_card, [push_failed(true)]).await;
    assert_eq!(EnrollmentFixture::new("key-1").begin(enrollments).await, Err(replayed(&first)));
    facts(enrollments, &first, [push_failed(true)]).await;
    let second = EnrollmentFixture::new("key-1").start(enrollments).await;
    assert_eq!(EnrollmentFixture::new("key-1").begin(enrollments).await, Err(replayed(&second)));
}

async fn a_failure_for_good_frees_no_key(stores: &Stores) {
    let first = failed_at(&stores.enrollments, "key-1", EnrollmentFixture::new("any").at()).await;
    let begin = async |key| EnrollmentFixture::new(key).begin(&stores.enrollments).await;
    assert_eq!(begin("key-1").await, Err(replayed(&first)));
    assert!(begin("key-2").await.is_ok());
    assert_eq!(begin("key-1").await, Err(replayed(&first)), "nor does a later enrollment");
}

async fn a_thirty_third_key_within_a_day_is_refused(stores: &Stores) {
    let start = EnrollmentFixture::new("any").at();
    let minutes = SignedDuration::from_mins;
    for n in 0..32 {
        failed_at(&stores.enrollments, &format!("key-{n}"), start + minutes(n)).await;
    }
    assert_eq!(MAX_KEYS, 32);
    let begin_at =
        async |key, at| EnrollmentFixture::new(key).with_created_at(at).begin(&stores.enrollments).await;
    let last = start + minutes(31);
    assert_eq!(begin_at("key-32", last).await, Err(Refusal::TooManyKeys));
    assert!(matches!(begin_at("key-0", last).await, Err(Refusal::Replayed { .. })), "none is forgotten");
    // The first key ends, and its place is free.
    let end = start + KEY_RETENTION;
    assert_eq!(begin_at("key-32", end - SignedDuration::from_millis(1)).await, Err(Refusal::TooManyKeys));
    assert!(begin_at("key-32", end).await.is_ok());
}

/// An enrollment with this key that began at this time and failed for good, so that its key counts and its card is free.
async fn failed_at(enrollments: &Enrollments, key: &str, at: Timestamp) -> EnrollmentFixture {
    let fixture = EnrollmentFixture::new(key).with_created_at(at).start(enrollments).await;
    facts(enrollments, &fixture, [push_failed(false)]).await;
    fixture
}

fn push_failed(retryable: bool) -> Fact {
    Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable }
}

fn replayed(fixture: &EnrollmentFixture) -> Refusal {
    Refusal::Replayed { enrollment_id: fixture.id(), attempt: 1 }
}
