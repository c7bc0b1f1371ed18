//! A small issuer for the tests: it signs and encrypts with the `rsa` crate.

use std::sync::LazyLock;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use rsa::PrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

use crate::{CLICK_TO_PAY, Options, Portal, Simulator, crypto::jwe};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) static PORTAL: LazyLock<Portal> = LazyLock::new(|| Portal::generate().unwrap());

pub(super) const CREDIT: &str = "5555550000000000000";
pub(super) const CALLBACK: &str = "https://bank.example/callback?s=9b1c6f0e";

pub(super) struct Issuer {
    pub(super) simulator: Simulator,
    pub(super) http: Client,
    jwe: bool,
}

/// What a signature is made with; tests spoil one part of it.
pub(super) struct Signing {
    pub(super) consumer_key: String,
    pub(super) key: PrivateKey,
    pub(super) method: &'static str,
    pub(super) nonce: String,
    pub(super) timestamp: i64,
}

pub(super) fn token_connect() -> Signing {
    let credentials = PORTAL.credentials();
    signing(&credentials.token_connect_consumer_key, &credentials.token_connect_signing_key)
}

pub(super) fn processing() -> Signing {
    let credentials = PORTAL.credentials();
    signing(&credentials.processing_consumer_key, &credentials.processing_signing_key)
}

fn signing(consumer_key: &str, pem: &str) -> Signing {
    Signing {
        consumer_key: consumer_key.to_owned(),
        key: PrivateKey::from_pkcs8_pem(pem).unwrap(),
        method: "RSA-SHA256",
        nonce: Uuid::new_v4().simple().to_string(),
        timestamp: Timestamp::now().as_second(),
    }
}

impl Signing {
    pub(super) fn header(&self, method: &str, url: &Url, body: &[u8]) -> String {
        let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let mut oauth = vec![
            ("oauth_body_hash", STANDARD.encode(Sha256::digest(body))),
            ("oauth_consumer_key", self.consumer_key.clone()),
            ("oauth_nonce", self.nonce.clone()),
            ("oauth_signature_method", self.method.to_owned()),
            ("oauth_timestamp", self.timestamp.to_string()),
            ("oauth_version", "1.0".to_owned()),
        ];
        let mut pairs: Vec<String> = oauth.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.extend(url.query().map(str::to_owned));
        pairs.sort();
        let mut base_uri = url.clone();
        base_uri.set_query(None);
        let string = format!("{method}&{}&{}", encode(base_uri.as_str()), encode(&pairs.join("&")));
        let signature = match self.method {
            "RSA-PSS" => self.key.pss_sign::<Sha256>(string.as_bytes()),
            _ => self.key.pkcs1v15_sign::<Sha256>(string.as_bytes()),
        };
        oauth.push(("oauth_signature", encode(&STANDARD.encode(signature.unwrap()))));
        let oauth: Vec<String> = oauth.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        format!("OAuth {}", oauth.join(","))
    }
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
        answer(self.signed(&token_connect(), Method::POST, path, body)).await
    }

    pub(super) async fn push(&self, body: Value) -> (StatusCode, Value) {
        let path = "mdes/connect/1/0/pushMultipleAccounts";
        answer(self.signed(&token_connect(), Method::POST, path, body.to_string())).await
    }

    pub(super) async fn get_tokens(&self, path: &str) -> (StatusCode, Value) {
        let path = format!("global-processing/digital/{path}");
        let (status, body) = answer(self.signed(&processing(), Method::GET, &path, String::new())).await;
        (status, self.opened(body))
    }

    pub(super) async fn search(&self, client: u64, body: &Value) -> (StatusCode, Value) {
        let (status, body) = answer(self.search_request(client, body)).await;
        (status, self.opened(body))
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

    /// Opens a JWE answer; errors come in plain text.
    fn opened(&self, body: Value) -> Value {
        let Some(compact) = body["encryptedData"].as_str() else { return body };
        let key = PrivateKey::from_pkcs8_pem(&PORTAL.credentials().processing_decryption_key).unwrap();
        let plain = jwe::decrypt(compact, &key, &PORTAL.keys().issuer_decryption_kid).unwrap();
        serde_json::from_slice(&plain).unwrap()
    }

    /// Steps 7 to 11 for one card, as far as the answer of Token Connect.
    pub(super) async fn enroll(&self, client: u64, card: u64, requestor: &str) -> Value {
        let (status, found) = self.search(client, &flat(card, requestor)).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        let (status, pushed) = self.push(push_body(requestor, &found)).await;
        assert_eq!(status, StatusCode::OK, "{pushed}");
        pushed
    }

    /// Step 13: opens the push URI with the signature.
    pub(super) async fn opens(&self, pushed: &Value) -> (StatusCode, String) {
        let method = &pushed["availablePushMethods"][0];
        let mut url: Url = method["uri"].as_str().unwrap().parse().unwrap();
        url.query_pairs_mut().append_pair("pushAccountData", pushed["signature"].as_str().unwrap());
        let response = self.http.get(url).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// Presses the button `action` of a page, or follows the way back if it is `return`.
    pub(super) async fn does(&self, page: &str, action: &str) -> Response {
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

    /// The `Location` of the way back.
    pub(super) async fn way_back(&self, page: &str) -> String {
        let response = self.does(page, "return").await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    /// The whole visit of a cardholder who accepts.
    pub(super) async fn enables(&self, client: u64, card: u64) -> String {
        let pushed = self.enroll(client, card, CLICK_TO_PAY).await;
        let (_, page) = self.opens(&pushed).await;
        let page = self.does(&page, "accept").await.text().await.unwrap();
        self.way_back(&page).await
    }
}

/// Variant B of the search.
pub(super) fn flat(card: u64, requestor: &str) -> Value {
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

pub(super) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

/// The reason code of an answer, whatever its shape.
pub(super) fn reason(body: &Value) -> &str {
    let error = if body["errors"].is_array() { &body["errors"][0] } else { &body["Errors"]["Error"][0] };
    error["reasonCode"].as_str().or(error["ReasonCode"].as_str()).unwrap_or("none")
}
