//! What a tap asks of DynamoDB: two requests in a row, one beside the search for the card, and one more in a process that has not
//! read the token requestor within the last minute.

use enroll::Enroll;
use local::cardholder::Cardholder;
use runtime::config::{Function, Settings};

use crate::{
    simulation::event::Event,
    support::{function_runtime::runtime_with, open_world, table_proxy::TableProxy},
};

#[tokio::test]
async fn a_tap_writes_the_enrollment_the_limits_and_the_push_and_reads_nothing_that_is_cached() {
    let world = open_world().await;
    let proxy = TableProxy::counting(world.dynamodb_url()).await;
    let mut settings: Vec<_> =
        world.settings().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    settings.push(("ENROLLMENT_LIMITS".into(), "on".into()));
    let settings = settings.into_iter().collect::<Settings>().for_function(Function::Enroll);
    let enroll = Enroll::connect(&runtime_with(&world, proxy.url(), settings)).await.unwrap();
    proxy.take_operations();
    for (card, requests) in [
        ("70001", &["BatchGetItem", "PutItem", "UpdateItem", "PutItem"][..]),
        ("70002", &["PutItem", "UpdateItem", "PutItem"]),
    ] {
        let event = Event::new("POST /enrollments", "/enrollments")
            .with_client(40_000)
            .with_body(&Cardholder::smallest_request(card));
        let event = event.with_header("idempotency-key", card);
        let response = enroll.handle(event.request()).await.unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(proxy.take_operations(), requests, "{card}");
    }
}
