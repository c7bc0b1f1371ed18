//! A proxy in the environment. A child process makes the call, because a test must not change its own environment.

use std::env;

use super::{FakeServer, NO_REQUESTORS, Transport, is_loopback, ok, signer, soon};
use crate::{TokenConnect, testing::behind_proxy, token_connect::PushMultipleAccounts};

/// The variable that tells the child process where to call.
const URL: &str = "CALLED_URL";

/// The first lines of the requests that a proxy gets from a process that has it in its environment and calls `url`.
fn proxied(url: &str) -> Vec<String> {
    requests_of("a_process_that_calls", url, NO_REQUESTORS)
}

fn requests_of(process: &str, url: &str, response: &str) -> Vec<String> {
    let proxy = FakeServer::start([ok(response)]);
    let run = behind_proxy(proxy.url.as_str(), &format!("transport::tests::proxy::{process}"))
        .env(URL, url)
        .output()
        .unwrap();
    assert!(run.status.success(), "{url}: {}", String::from_utf8_lossy(&run.stdout));
    proxy.received().into_iter().map(|request| request.line).collect()
}

#[tokio::test]
#[ignore = "the tests below run it"]
async fn a_process_that_calls() {
    let url = env::var_os(URL).unwrap().into_string().unwrap().parse().unwrap();
    let token_connect = TokenConnect::new(url, signer(), Transport::new().unwrap());
    let ranges = ["555555000".parse().unwrap()];
    token_connect.get_eligible_token_requestors(&ranges, soon()).await.unwrap();
}

#[test]
fn mastercard_is_called_through_the_proxy() {
    let lines = proxied("http://token-connect.example/mdes");
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("POST http://token-connect.example/mdes/"), "{}", lines[0]);
}

#[tokio::test]
#[ignore = "the test below runs it"]
async fn a_process_that_pushes() {
    let url = env::var_os(URL).unwrap().into_string().unwrap().parse().unwrap();
    let token_connect = TokenConnect::new(url, signer(), Transport::new().unwrap()).preconnect();
    token_connect.push_multiple_accounts(&PushMultipleAccounts::for_test("{}"), soon()).await.unwrap();
}

#[test]
fn a_connection_that_is_opened_for_a_push_is_one_to_the_proxy() {
    let response = r#"{"pushAccountReceipts":[{"pushAccountReceipt":"MCC-1"}]}"#;
    let lines = requests_of("a_process_that_pushes", "http://token-connect.example/mdes", response);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("POST http://token-connect.example/mdes/"), "{}", lines[0]);
}

#[test]
fn a_simulator_on_this_machine_is_called_directly() {
    let simulator = FakeServer::start([ok(NO_REQUESTORS)]);
    assert_eq!(proxied(simulator.url.as_str()), [""; 0]);
    assert_eq!(simulator.received().len(), 1);
}

#[test]
fn only_addresses_of_this_machine_are_loopback() {
    let is_loopback = |url: &str| is_loopback(&url.parse().unwrap());
    for url in
        ["http://127.0.0.1:9010/mdes", "http://127.1.2.3", "https://[::1]:9010", "http://LOCALHOST:9010"]
    {
        assert!(is_loopback(url), "{url}");
    }
    for url in
        ["https://api.mastercard.com/mdes", "http://10.0.0.1", "http://[::2]", "http://localhost.example"]
    {
        assert!(!is_loopback(url), "{url}");
    }
}
