//! A test issuer; it signs and encrypts with the `rsa` crate.

use axum::http::StatusCode;
use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

use super::signing::{PORTAL, Signing, processing, token_connect};
use crate::{
    CLICK_TO_PAY, Options, Simulator,
    crypto::{jwe, private_key::PrivateKey},
};

pub(super) const CREDIT: &str = "5555550000000000000";
pub(super) const CALLBACK: &str = "https://bank.example/callback?s=9b1c6f0e";

pub(super) struct Issuer {
    pub(super) simulator: Simulator,
    pub(super) http: Client,
    jwe: bool,
}

impl Issuer {
    pub(super) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(super) async fn with(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let jwe = options.processing_jwe;
        let simulator = Simulator::start(listener, PORTAL.clone(), options).await.unwrap();
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { simulator, http, jwe }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        self.simulator.base_url().join(path).unwrap()
    }

    pub(super) fn signed(
        &self,
        signing: &Signing,
        method: Method,
        path: &str,
        body: String,
    ) -> RequestBuilder {
        let url = self.url(path);
        let header = signing.header(method.as_str(), &url, body.as_bytes());
        let request = self.http.request(method, url).header("authorization", header);
        request.header("content-type", "application/json; charset=UTF-8").body(body)
    }

    pub(super) async fn get_eligible(&self, ranges: &[&str]) -> (StatusCode, Value) {
        let body = json!({"requestId": Uuid::new_v4(), "accountRanges": ranges}).to_string();
        let path = "mdes/connect/1/0/getEligibleTokenRequestors";
        send(self.signed(&token_connect(), Method::POST, path, body)).await
    }

    pub(super) async fn push(&self, body: Value) -> (StatusCode, Value) {
        let path = "mdes/connect/1/0/pushMultipleAccounts";
        send(self.signed(&token_connect(), Method::POST, path, body.to_string())).await
    }

    pub(super) async fn get_tokens(&self, path: &str) -> (StatusCode, Value) {
        let path = format!("global-processing/digital/{path}");
        let (status, body) = send(self.signed(&processing(), Method::GET, &path, String::new())).await;
        (status, self.decrypted(body))
    }

    pub(super) async fn search(&self, client: u64, body: &Value) -> (StatusCode, Value) {
        let (status, body) = send(self.search_request(client, body)).await;
        (status, self.decrypted(body))
    }

    pub(super) fn search_request(&self, client: u64, body: &Value) -> RequestBuilder {
        let path = format!("global-processing/digital/clients/{client}/funding-accounts/searches");
        let mut body = body.to_string();
        if self.jwe {
            let certificate = &PORTAL.keys().processing_encryption_certificate;
            let compact = jwe::encrypt(body.as_bytes(), &certificate.key, &certificate.spki_sha256, true);
            body = json!({"encryptedData": compact.unwrap()}).to_string();
        }
        let certificate = &PORTAL.credentials().client_encryption_certificate;
        let one_line: String = certificate.lines().filter(|line| !line.starts_with('-')).collect();
        let request = self.signed(&processing(), Method::POST, &path, body);
        request.header("token-connect-client-encryption-key", one_line)
    }

    /// Decrypts a JWE response; errors are not encrypted.
    fn decrypted(&self, body: Value) -> Value {
        let Some(compact) = body["encryptedData"].as_str() else { return body };
        let key = PrivateKey::from_pem(&PORTAL.credentials().processing_decryption_key).unwrap();
        let plain = jwe::decrypt(compact, &key, &PORTAL.keys().issuer_decryption_kid, true).unwrap();
        serde_json::from_slice(&plain).unwrap()
    }

    /// Steps 7 to 11 for one card; returns the response of Token Connect.
    pub(super) async fn enroll(&self, client: u64, card: u64, requestor: &str) -> Value {
        let (status, found) = self.search(client, &flat_search(card, requestor)).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        let (status, pushed) = self.push(push_body(requestor, &found)).await;
        assert_eq!(status, StatusCode::OK, "{pushed}");
        pushed
    }

    /// Step 13: opens the push URI with the signature.
    pub(super) async fn open_redirect(&self, pushed: &Value) -> (StatusCode, String) {
        let method = &pushed["availablePushMethods"][0];
        let mut url: Url = method["uri"].as_str().unwrap().parse().unwrap();
        url.query_pairs_mut().append_pair("pushAccountData", pushed["signature"].as_str().unwrap());
        let response = self.http.get(url).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// Presses the button `action` of a page, or follows the link to the issuer if it is `return`.
    pub(super) async fn press(&self, page: &str, action: &str) -> Response {
        let end = page.find(&format!("/{action}\"")).unwrap_or_else(|| panic!("no {action} here: {page}"));
        let start = page[..end].rfind('"').unwrap() + 1;
        let url = self.url(&page[start..end + 1 + action.len()]);
        if action == "return" {
            return self.http.get(url).send().await.unwrap();
        }
        let pressed = self.http.post(url.clone()).send().await.unwrap();
        match pressed.headers().get("location") {
            Some(next) => {
                assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
                self.http.get(url.join(next.to_str().unwrap()).unwrap()).send().await.unwrap()
            }
            None => pressed,
        }
    }

    /// The callback: the `Location` of the return link.
    pub(super) async fn callback(&self, page: &str) -> String {
        let response = self.press(page, "return").await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Enrolls a card whose cardholder accepts the terms; returns the callback.
    pub(super) async fn enable(&self, client: u64, card: u64) -> String {
        let pushed = self.enroll(client, card, CLICK_TO_PAY).await;
        let (_, page) = self.open_redirect(&pushed).await;
        let page = self.press(&page, "accept").await.text().await.unwrap();
        self.callback(&page).await
    }
}

/// A search with flat properties (shape B).
pub(super) fn flat_search(card: u64, requestor: &str) -> Value {
    json!({"cardContractId": card, "tokenRequestorId": requestor, "signatureData": {"callbackURL": CALLBACK}})
}

pub(super) fn push_body(requestor: &str, found: &Value) -> Value {
    json!({
        "requestId": Uuid::new_v4(),
        "tokenRequestorId": requestor,
        "pushFundingAccounts": found["pushFundingAccounts"],
        "signatureData": {"callbackURL": CALLBACK, "completeIssuerAppActivation": true, "locale": "en_GB"},
    })
}

/// Sends a request; returns status and JSON body, null if there is none.
pub(super) async fn send(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
}

/// The reason code of an error response of any shape.
pub(super) fn reason(body: &Value) -> &str {
    let error = if body["errors"].is_array() { &body["errors"][0] } else { &body["Errors"]["Error"][0] };
    error["reasonCode"].as_str().or(error["ReasonCode"].as_str()).unwrap_or("none")
}
