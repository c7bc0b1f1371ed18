//! Our signatures against an independent verifier: for random paths, queries and bodies, the simulator's gateway computes the
//! same base string.

use std::sync::OnceLock;

use local::World;
use mastercard::{SignatureMethod, Signer, SigningKey, oauth1::NonceAndTimestamp};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use reqwest::{Client, Method};
use tokio::runtime::Runtime;
use url::Url;

use crate::support::world;

/// Unusual query strings.
fn query() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{0,3}",
        "%[0-9a-fA-F]{2}",
        "[ !-~]{0,4}",
        "\\PC{0,3}",
        prop::sample::select(vec![
            "&",
            "&&",
            "=",
            "==",
            "+",
            "%20",
            "%26",
            "%3D",
            "a=1&a=1",
            "a=2&a=10",
            "A=1&a=1",
            "oauth_z=1",
            "~*'()"
        ])
        .prop_map(ToOwned::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{1,6}", "[ !-~]{1,8}", "\\PC{1,6}"]
}

struct Gateway {
    world: World,
    client: Client,
    signer: Signer,
    refused: OnceLock<String>,
}

impl Gateway {
    async fn start(method: SignatureMethod) -> Self {
        let world = world().await;
        let settings = world.settings();
        let setting = |name: &str| settings.iter().find(|(it, _)| *it == name).unwrap().1.to_owned();
        let file = setting("PROCESSING_SIGNING_KEY");
        let pem = std::fs::read_to_string(file.trim_start_matches("file:")).unwrap();
        let key = SigningKey::from_pem("signing key", &pem).unwrap();
        let signer = Signer::new(setting("PROCESSING_CONSUMER_KEY"), key).with_signature_method(method);
        let client = Client::builder().no_proxy().build().unwrap();
        Self { world, client, signer, refused: OnceLock::new() }
    }

    /// Whether the gateway accepts the request, for any response of the operation.
    async fn accepts(&self, method: Method, url: Url, body: Vec<u8>) -> bool {
        let signed = self.signer.sign(method.as_str(), &url, &body, &NonceAndTimestamp::now()).unwrap();
        let request = self.client.request(method, url).header("authorization", signed.header);
        let request = request.header("content-type", "application/json").body(body);
        // The HTTP client rejects some URLs, which are never sent.
        let Ok(request) = request.build() else { return true };
        let response = self.client.execute(request).await.unwrap().text().await.unwrap();
        let refused =
            ["AUTHENTICATION_FAILED", "INVALID_AUTH_HEADER", "INVALID_BODY_HASH", "INVALID_OAUTH_SBS"];
        let refused = refused.iter().any(|code| response.contains(code));
        if refused {
            let _ = self.refused.set(response);
        }
        !refused
    }

    fn url(&self, segment: &str, query: &str, operation: &[&str]) -> Url {
        let mut url = self.world.simulator().processing_url();
        url.path_segments_mut().unwrap().push("clients").push(segment).extend(operation);
        url.set_query(Some(query));
        url
    }
}

fn check_signatures(method: SignatureMethod, cases: u32) {
    let runtime = Runtime::new().unwrap();
    let gateway = runtime.block_on(Gateway::start(method));
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let requests = (segment(), query(), prop::collection::vec(any::<u8>(), 0..300), any::<bool>());
    let outcome = TestRunner::new(config).run(&requests, |(segment, query, body, posted)| {
        let accepted = runtime.block_on(async {
            if posted {
                let url = gateway.url(&segment, &query, &["funding-accounts", "searches"]);
                gateway.accepts(Method::POST, url, body).await
            } else {
                gateway.accepts(Method::GET, gateway.url(&segment, &query, &["tokens"]), Vec::new()).await
            }
        });
        if accepted { Ok(()) } else { Err(TestCaseError::fail("the gateway computes another base string")) }
    });
    assert!(outcome.is_ok(), "{outcome:?} {:?}", gateway.refused.get());
}

#[test]
fn every_signature_is_accepted_by_an_independent_verifier() {
    check_signatures(SignatureMethod::RsaSha256, 192);
}

#[test]
fn every_signature_of_the_newer_method_is_accepted_by_an_independent_verifier() {
    check_signatures(SignatureMethod::RsaPss, 32);
}
