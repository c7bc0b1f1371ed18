//! Many requests at once, and a push that takes so long that another request has taken the card.

use std::time::Duration;

use jiff::SignedDuration;
use local::{Options, cardholder::Cardholder};
use serde_json::json;
use simulator::{Fault, Operation};
use tokio::task::JoinSet;

use super::{CARD, enrollment};
use crate::support::{open_world, open_world_with};

#[tokio::test]
async fn a_push_that_finishes_after_another_request_took_the_card_is_recorded_and_not_answered() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    world.simulator().set_fault(Operation::PushMultipleAccounts, Fault::Latency { milliseconds: 4_000 }, 1);
    let second = async {
        while world.simulator().calls(Operation::PushMultipleAccounts) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The app has stopped waiting for the first response.
        world.clock().advance(SignedDuration::from_secs(13));
        cardholder.enroll_request("second", &request).await.unwrap()
    };
    let (first, second) = tokio::join!(cardholder.enroll_request("first", &request), second);
    let first = first.unwrap();
    assert_eq!(second.status, 201, "{}", second.body["code"]);
    assert_eq!((first.status, &first.body["code"]), (503, &json!("push_outcome_unknown")));
    assert!(first.body.get("redirectUrl").is_none());

    let id = first.body["enrollmentId"].as_str().unwrap();
    assert_ne!(second.body["enrollmentId"], id);
    let past = enrollment(&cardholder, id).await;
    let events: Vec<_> = past["timeline"].as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert!(events.contains(&&json!("pushed")), "{events:?}");
    assert!(past.get("redirectUrl").is_none());
    let again = cardholder.enroll_request("first", &request).await.unwrap();
    assert!(again.body.get("redirectUrl").is_none(), "nor does a repetition get it: {}", again.status);
    let current = enrollment(&cardholder, second.body["enrollmentId"].as_str().unwrap()).await;
    assert_eq!(current["redirectUrl"], second.body["redirectUrl"]);
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 2);
}

#[tokio::test]
async fn a_hundred_and_twenty_requests_at_once_push_once_and_none_fails() {
    // The longest that is allowed: a busy machine takes many seconds for all of them.
    let settings = [("ENROLL_TIMEOUT_SECONDS".to_owned(), "25".to_owned())].into();
    let world = open_world_with(Options { settings, ..Options::default() }).await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request(CARD);
    let mut requests = JoinSet::new();
    for n in 0..120 {
        let (cardholder, request) = (cardholder.clone(), request.clone());
        // Each key twice.
        let key = format!("key-{}", n / 2);
        requests.spawn(async move { cardholder.enroll_request(&key, &request).await.unwrap() });
    }
    let responses = requests.join_all().await;
    let count = |status: u16| responses.iter().filter(|response| response.status == status).count();
    let others: Vec<_> = responses.iter().filter(|it| ![201, 409, 429].contains(&it.status)).collect();
    assert!(others.is_empty(), "{} {}", others[0].status, others[0].body["code"]);
    assert!((1..=2).contains(&count(201)), "the one that pushed, and perhaps its copy");
    assert_eq!(world.simulator().calls(Operation::PushMultipleAccounts), 1);
}
