use super::*;
use crate::testing::{FakeServer, Reply, ok, signer, soon, status};

/// A client with this time between the probes of its circuit breaker.
fn client(mastercard: &FakeServer, probe_interval: Duration) -> ApiClient {
    let (url, transport) = (mastercard.url.clone(), Transport::new().unwrap());
    let client = ApiClient::new(Upstream::TokenConnect, url, signer().into(), transport);
    ApiClient { breaker: client.breaker.clone().with_probe_interval(probe_interval), ..client }
}

const AT_ONCE: Duration = Duration::from_millis(20);
const NEVER: Duration = Duration::from_secs(3600);

async fn read(client: &ApiClient) -> Result<(), MastercardError> {
    let request = || Ok(client.request("getAsset", Method::GET, "asset", Vec::new()));
    client.read(soon(), request, |response| response.into_success().map(drop)).await
}

/// An API that fails, and then responds.
fn outage(failures: usize, responses: usize) -> Vec<Reply> {
    [vec![status(503, ""); failures], vec![ok("{}"); responses]].concat()
}

#[tokio::test]
async fn calls_that_nobody_waits_for_are_not_lost_to_an_open_circuit() {
    let mastercard = FakeServer::start(outage(7, 4));
    let client = client(&mastercard, AT_ONCE).outlasting_outages();
    let outcomes = tokio::join!(read(&client), read(&client), read(&client), read(&client));
    assert!(matches!(outcomes, (Ok(()), Ok(()), Ok(()), Ok(()))), "{outcomes:?}");
    assert_eq!(mastercard.received().len(), 11);
}

#[tokio::test]
async fn a_call_that_opens_the_circuit_alone_is_the_probe_too() {
    let mastercard = FakeServer::start(outage(5, 1));
    read(&client(&mastercard, AT_ONCE).outlasting_outages()).await.unwrap();
    assert_eq!(mastercard.received().len(), 6);
}

#[tokio::test]
async fn an_outage_of_many_probes_is_waited_for() {
    let mastercard = FakeServer::start(outage(12, 1));
    read(&client(&mastercard, AT_ONCE).outlasting_outages()).await.unwrap();
    assert_eq!(mastercard.received().len(), 13);
}

#[tokio::test]
async fn one_resource_that_always_fails_neither_opens_the_circuit_nor_is_waited_for() {
    let mastercard = FakeServer::start(vec![status(500, ""); 4]);
    let error = read(&client(&mastercard, AT_ONCE).outlasting_outages()).await.unwrap_err();
    assert_eq!((error.status(), mastercard.received().len()), (Some(500), 3));
    assert!(!error.shows_outage());
}

#[tokio::test]
async fn an_outage_beyond_the_deadline_is_not_waited_for() {
    let mastercard = FakeServer::start(outage(6, 0));
    let error = read(&client(&mastercard, NEVER).outlasting_outages()).await.unwrap_err();
    assert!(matches!(error, MastercardError::CircuitOpen { .. }), "{error:?}");
    assert_eq!(mastercard.received().len(), 5);
}

#[tokio::test]
async fn a_failure_that_is_no_outage_is_repeated_as_for_a_cardholder() {
    let mastercard = FakeServer::start(vec![status(408, ""); 4]);
    let error = read(&client(&mastercard, AT_ONCE).outlasting_outages()).await.unwrap_err();
    assert_eq!((error.status(), mastercard.received().len()), (Some(408), 3));
}
