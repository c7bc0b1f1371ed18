//! Limits of attempts: an hour and a day, for a client and for each of its cards.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use runtime::store::enrollments::{EnrollmentLimits, LimitReached};

use super::{Stores, checks};
use crate::support::enrollment_fixture::{CARD, CLIENT, EnrollmentFixture};

checks! {
    each_limit_is_reached_alone_and_ends_with_its_window,
    counters_are_deleted_after_the_day_that_follows_theirs,
    of_concurrent_attempts_no_more_than_the_limit_are_counted,
    a_refused_attempt_is_counted_for_no_limit,
    the_counters_are_no_enrollment,
}

const MANY: EnrollmentLimits =
    EnrollmentLimits { client_hour: 99, client_day: 99, card_hour: 31, card_day: 31 };

fn time(hour: &str) -> Timestamp {
    format!("2026-01-05T{hour}:59:30Z").parse().unwrap()
}

async fn count(
    stores: &Stores,
    card: u64,
    limits: EnrollmentLimits,
    now: Timestamp,
) -> Result<(), LimitReached> {
    stores.enrollments.count_attempt(CLIENT.into(), card.into(), limits, now).await.unwrap()
}

/// Name and wait of the limit that is reached.
fn reached(outcome: Result<(), LimitReached>) -> Option<(&'static str, i64)> {
    outcome.err().map(|LimitReached { limit, wait }| (limit.name, wait))
}

async fn counters_are_deleted_after_the_day_that_follows_theirs(stores: &Stores) {
    count(stores, CARD, MANY, time("13")).await.unwrap();
    let [counters] = stores.scan(&stores.tables.enrollments).await.try_into().unwrap();
    let end: Timestamp = "2026-01-07T00:00:00Z".parse().unwrap();
    assert_eq!(counters["ttl"], AttributeValue::N(end.as_second().to_string()));
}

async fn each_limit_is_reached_alone_and_ends_with_its_window(stores: &Stores) {
    let ten_hours = 10 * 3600 + 30;
    for (day, (limits, card, name, wait)) in [
        (EnrollmentLimits { client_hour: 2, ..MANY }, CARD + 1, "client-hour", 30),
        (EnrollmentLimits { client_day: 2, ..MANY }, CARD + 1, "client-day", ten_hours),
        (EnrollmentLimits { card_hour: 2, ..MANY }, CARD, "card-hour", 30),
        (EnrollmentLimits { card_day: 2, ..MANY }, CARD, "card-day", ten_hours),
        (
            EnrollmentLimits { card_day: 2, card_hour: 2, client_hour: 2, client_day: 3 },
            CARD,
            "card-day",
            ten_hours,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        // Days of its own for each case, which ends on the day after it began.
        let later = SignedDuration::from_hours(48 * i64::try_from(day).unwrap());
        let now = time("13") + later;
        for _ in 0..2 {
            assert_eq!(count(stores, CARD, limits, now).await, Ok(()), "{name}");
        }
        assert_eq!(reached(count(stores, card, limits, now).await), Some((name, wait)));
        let other = stores.enrollments.count_attempt((CLIENT + 1).into(), CARD.into(), limits, now).await;
        assert_eq!(other.unwrap(), Ok(()), "another client");
        if name == "card-hour" {
            assert_eq!(count(stores, CARD + 1, limits, now).await, Ok(()), "another card");
        }
        let end = now + SignedDuration::from_secs(wait);
        assert!(count(stores, card, limits, end - SignedDuration::from_millis(1)).await.is_err(), "{name}");
        assert_eq!(count(stores, card, limits, end).await, Ok(()), "{name}");
    }
}

async fn of_concurrent_attempts_no_more_than_the_limit_are_counted(stores: &Stores) {
    let limits = EnrollmentLimits { client_hour: 3, ..MANY };
    let attempts = (0..12).map(|card| count(stores, CARD + card, limits, time("13")));
    let outcomes = futures_util::future::join_all(attempts).await;
    assert_eq!(outcomes.into_iter().filter(Result::is_ok).count(), 3);
}

async fn a_refused_attempt_is_counted_for_no_limit(stores: &Stores) {
    let limits = EnrollmentLimits { card_hour: 1, client_hour: 2, ..MANY };
    assert_eq!(count(stores, CARD, limits, time("13")).await, Ok(()));
    for _ in 0..3 {
        assert_eq!(reached(count(stores, CARD, limits, time("13")).await), Some(("card-hour", 30)));
    }
    assert_eq!(count(stores, CARD + 1, limits, time("13")).await, Ok(()));
}

async fn the_counters_are_no_enrollment(stores: &Stores) {
    let fixture = EnrollmentFixture::new("key-1").start(&stores.enrollments).await;
    assert_eq!(count(stores, CARD, MANY, fixture.at()).await, Ok(()));
    let page = stores.enrollments.list(CLIENT.into(), None, 50, None).await.unwrap();
    assert_eq!(page.enrollments.len(), 1);
    let mut all = Vec::new();
    let mut pages = stores.enrollments.all();
    while let Some(page) = pages.next().await.unwrap() {
        all.extend(page);
    }
    assert_eq!(all, [fixture.enrollment]);
}
