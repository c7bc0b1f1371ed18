//! An enrollment is kept while something about it may still happen, and for a set time after it is final.

use jiff::SignedDuration;
use model::enrollment::{Fact, PushFailure};

use super::{Stores, checks};
use crate::support::enrollment_fixture::{EnrollmentFixture, facts};

checks! {
    an_enrollment_that_is_final_is_deleted_400_days_later,
    a_later_enrollment_keeps_the_cards_item,
}

/// The default of `ENROLLMENT_RETENTION_DAYS`.
const RETENTION: SignedDuration = SignedDuration::from_hours(400 * 24);

async fn an_enrollment_that_is_final_is_deleted_400_days_later(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    assert_eq!(times_to_live(stores).await, [None], "not while its push is under way");
    facts(&stores.enrollments, &fixture, [fixture.pushed()]).await;
    assert_eq!(times_to_live(stores).await, [None], "not while the token list is to be read");

    let failed = EnrollmentFixture::new("key-2").with_card(70002).start(&stores.enrollments).await;
    let failure = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
    facts(&stores.enrollments, &failed, [failure]).await;
    let expected = (failed.at() + RETENTION).as_second();
    assert_eq!(times_to_live(stores).await, [None, Some(expected)]);
}

async fn a_later_enrollment_keeps_the_cards_item(stores: &Stores) {
    let first = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    let failure = Fact::PushFailed { reason: PushFailure::CardNotEligible, retryable: false };
    facts(&stores.enrollments, &first, [failure]).await;
    let later = first.at() + SignedDuration::from_hours(24);
    EnrollmentFixture::new("key-2").with_created_at(later).start(&stores.enrollments).await;
    let past = (later + RETENTION).as_second();
    assert_eq!(
        times_to_live(stores).await,
        [None, Some(past)],
        "the past enrollment counts from its own write"
    );
}

/// When each enrollment is deleted, in seconds since 1970.
async fn times_to_live(stores: &Stores) -> Vec<Option<i64>> {
    let ttl = |item: &std::collections::HashMap<String, _>| {
        let ttl: &aws_sdk_dynamodb::types::AttributeValue = item.get("ttl")?;
        Some(ttl.as_n().unwrap().parse().unwrap())
    };
    let mut times: Vec<_> = stores.enrollment_items().await.iter().map(ttl).collect();
    times.sort_unstable();
    times
}
