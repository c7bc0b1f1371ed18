//! Limits of a cardholder's enrollments an hour and a day: a 429, and nothing is pushed.

use jiff::SignedDuration;
use local::{Options, World, cardholder::Cardholder};
use serde_json::json;
use simulator::Operation;

use super::enrollment;
use crate::support::open_world_with;

/// A world ten minutes after a full hour of UTC, so that no window ends during the test.
async fn world(settings: &[(&str, &str)]) -> World {
    let on = [("ENROLLMENT_LIMITS", "on")];
    let settings = on.iter().chain(settings).map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let world = open_world_with(Options { settings, ..Options::default() }).await;
    let past = world.clock().now().as_second().rem_euclid(3600);
    world.clock().advance(SignedDuration::from_secs(3600 - past + 600));
    world
}

fn pushes(world: &World) -> usize {
    world.simulator().calls(Operation::PushMultipleAccounts)
}

#[tokio::test]
async fn a_cardholder_with_too_many_enrollments_this_hour_is_asked_to_wait() {
    let world = world(&[("CLIENT_LIMIT_PER_HOUR", "2")]).await;
    let cardholder = world.cardholder("40000").unwrap();
    cardholder.enroll("70001").await.unwrap();
    cardholder.enroll("70002").await.unwrap();

    let request = Cardholder::smallest_request("70006");
    let refused = cardholder.enroll_request("third", &request).await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("too_many_enrollments")));
    let policy = concat!(
        r#""client-day";q=50;w=86400, "card-day";q=20;w=86400, "#,
        r#""client-hour";q=2;w=3600, "card-hour";q=10;w=3600"#
    );
    assert_eq!(refused.headers["ratelimit-policy"], policy);
    let wait: i64 = refused.headers["retry-after"].parse().unwrap();
    assert!((2900..=3000).contains(&wait), "{wait}");
    assert_eq!(refused.headers["ratelimit"], format!(r#""client-hour";r=0;t={wait}"#));
    assert_eq!(pushes(&world), 2);
    let failed = enrollment(&cardholder, refused.body["enrollmentId"].as_str().unwrap()).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("FAILED"), &json!("too_many_enrollments")));
    let other = world.cardholder("40001").unwrap().enroll("80001").await.unwrap();
    assert_eq!(other["status"], "READY", "another cardholder");

    world.clock().advance(SignedDuration::from_secs(wait));
    let repeated = cardholder.enroll_request("third", &request).await.unwrap();
    assert_eq!((repeated.status, &repeated.body["code"]), (429, &json!("too_many_enrollments")));
    assert_eq!(cardholder.enroll_request("fourth", &request).await.unwrap().status, 201);
}

#[tokio::test]
async fn a_cardholder_over_the_limit_uses_up_nothing_that_others_need() {
    let world = world(&[("CLIENT_LIMIT_PER_HOUR", "1")]).await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request("70001");
    let first = cardholder.enroll_request("first", &request).await.unwrap();
    let refused = |key: &'static str| {
        let request = Cardholder::smallest_request("70002");
        let cardholder = &cardholder;
        async move { cardholder.enroll_request(key, &request).await.unwrap() }
    };
    assert_eq!(refused("second").await.status, 429);

    let operations =
        [Operation::SearchFundingAccounts, Operation::GetTokensByClient, Operation::PushMultipleAccounts];
    let calls = || operations.map(|operation| world.simulator().calls(operation));
    let before = calls();
    let listed = async || cardholder.get("/enrollments").await.unwrap().body["enrollments"].clone();
    let enrollments = listed().await;
    for key in ["third", "fourth"] {
        let refused = refused(key).await;
        assert_eq!((refused.status, &refused.body["code"]), (429, &json!("too_many_enrollments")));
        assert!(refused.headers["ratelimit"].starts_with(r#""client-hour";r=0;t="#));
    }
    assert_eq!((calls(), listed().await), (before, enrollments), "nothing was asked or stored");
    let repeated = cardholder.enroll_request("first", &request).await.unwrap();
    assert_eq!(repeated.body["enrollmentId"], first.body["enrollmentId"], "what was started before");

    world.clock().advance(SignedDuration::from_hours(1));
    assert_eq!(refused("third").await.status, 201);
}

#[tokio::test]
async fn restarts_count_for_their_card_and_other_cards_can_be_enabled() {
    let world = world(&[("CARD_LIMIT_PER_DAY", "2")]).await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = cardholder.enroll("70001").await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
    assert_eq!(cardholder.restart(&id, "second").await.unwrap().status, 201);
    let refused = cardholder.restart(&id, "third").await.unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("too_many_enrollments")));
    assert!(refused.headers["ratelimit"].starts_with(r#""card-day";r=0;t="#));
    let current = enrollment(&cardholder, &id).await;
    assert_eq!(
        (&current["status"], &current["attempt"]),
        (&json!("READY"), &json!(2)),
        "nothing has started"
    );
    assert!(current["redirectUrl"].is_string(), "its redirect can still be used");
    assert_eq!(pushes(&world), 2);
    assert_eq!(cardholder.enroll("70002").await.unwrap()["status"], "READY");
}

#[tokio::test]
async fn a_restart_that_is_refused_for_another_reason_counts_for_no_limit() {
    let world = world(&[("CARD_LIMIT_PER_HOUR", "6")]).await;
    let cardholder = world.cardholder("40000").unwrap();
    let id = cardholder.enroll("70001").await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
    for attempt in 2..=5 {
        assert_eq!(cardholder.restart(&id, &format!("attempt-{attempt}")).await.unwrap().status, 201);
    }
    for tap in 0..3 {
        let refused = cardholder.restart(&id, &format!("tap-{tap}")).await.unwrap();
        assert_eq!((refused.status, &refused.body["code"]), (409, &json!("too_many_attempts")));
    }
    world.clock().advance(SignedDuration::from_mins(16));
    world.reconcile().await.unwrap();
    assert_eq!(cardholder.enroll("70001").await.unwrap()["status"], "READY", "the sixth that counts");
}
