//! A delivery of a hundred notifications of as many cards, the most in one request. Mastercard expects the response within 1.5
//! seconds.

use std::time::Duration;

use super::harness::Harness;
use crate::{
    error::BenchError,
    function::{Function, Invocation},
    report::{self, Target},
};

const NAME: &str = "receive-notification";
/// The most notifications in one delivery.
const NOTIFICATIONS: usize = 100;
/// Deliveries to one process; the first one is its first event.
const DELIVERIES: usize = 5;
/// Limit for the longest of them, in milliseconds.
const LIMIT: f64 = 1_500.0;

/// The targets: one read and one write for each card, and with `times` the longest response.
pub(super) async fn targets(harness: &Harness, times: bool) -> Result<Vec<Target>, BenchError> {
    let mut function = Function::start(&harness.binaries, NAME, &harness.variables).await?;
    let (mut longest, mut most_requests) = (Duration::ZERO, 0);
    for _ in 0..DELIVERIES {
        let event = harness.delivery(NOTIFICATIONS).await?;
        let _ = harness.dynamodb.take();
        let Invocation { response, duration } = function.invoke(event).await?;
        if response["statusCode"] != 200 {
            let detail = format!("{NAME} responded {}: {}", response["statusCode"], response["body"]);
            return Err(BenchError::InvalidResult { detail });
        }
        longest = longest.max(duration);
        most_requests = most_requests.max(harness.dynamodb.take().requests);
    }
    let requests = report::count(most_requests) / report::count(NOTIFICATIONS);
    let mut targets =
        vec![Target::exactly("a delivery of 100 cards: DynamoDB requests for each", 2.0, requests)];
    if times {
        let longest = longest.as_secs_f64() * 1e3;
        targets.push(Target::below("a delivery of 100 cards: longest response, ms", LIMIT, longest));
    }
    Ok(targets)
}
