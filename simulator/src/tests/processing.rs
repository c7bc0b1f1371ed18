//! Steps 7 to 9, and the tip after step 4.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::issuer::{Issuer, flat_search, push_body, reason, send};
use super::signing::{PORTAL, processing};
use crate::{
    CLICK_TO_PAY, Options,
    crypto::{
        field_level::{self, EncryptedPayload},
        jwe,
    },
};

#[tokio::test]
async fn only_an_active_card_of_the_same_client_is_found() {
    let issuer = Issuer::new().await;
    for (client, card, status, expected) in [
        (40_000, 70_003, StatusCode::BAD_REQUEST, "CARD_CONTRACT_NOT_ACTIVE"),
        (40_000, 70_004, StatusCode::BAD_REQUEST, "CARD_CONTRACT_NOT_ACTIVE"),
        (40_000, 80_001, StatusCode::FORBIDDEN, "CARD_CONTRACT_OF_ANOTHER_CLIENT"),
        (40_000, 1, StatusCode::NOT_FOUND, "CARD_CONTRACT_NOT_FOUND"),
        (1, 70_001, StatusCode::NOT_FOUND, "CLIENT_NOT_FOUND"),
    ] {
        let (actual, body) = issuer.search(client, &flat_search(card, CLICK_TO_PAY)).await;
        assert_eq!((actual, reason(&body)), (status, expected));
        let error = &body["Errors"]["Error"][0];
        assert_eq!((&error["Source"], error.get("Details")), (&json!("MASTERCARD PROCESSING"), None));
    }
    issuer.simulator.set_card_status(70_003, "00").unwrap();
    assert_eq!(issuer.search(40_000, &flat_search(70_003, CLICK_TO_PAY)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_search_in_the_shape_of_a_push_is_accepted() {
    let issuer = Issuer::new().await;
    let body = json!({
        "requestId": "r-1", "tokenRequestorId": CLICK_TO_PAY,
        "pushFundingAccounts": {"encryptedPayload": {"encryptedData": [{
            "pushAccountId": "CA-1",
            "fundingAccountData": {
                "dataValidUntilTimestamp": "2999-01-01T00:00:00Z",
                "cardAccountData": {"cardContractId": 70_001},
                "accountHolderData": {"accountHolderName": "ALEX EXAMPLE"}}}]}},
        "signatureData": {"callbackUrl": "https://bank.example/callback"},
    });
    let (status, found) = issuer.search(40_000, &body).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    let data = &decrypted(&found["pushFundingAccounts"]["encryptedPayload"])[0];
    assert_eq!(data["pushAccountId"], "CA-1");
    let data = &data["fundingAccountData"];
    assert_eq!(data["cardAccountData"]["accountNumber"], "5555555555554444");
    assert_eq!(data["accountHolderData"]["accountHolderName"], "ALEX EXAMPLE");
    assert_eq!(data["dataValidUntilTimestamp"], "2999-01-01T00:00:00Z");
}

fn decrypted(payload: &Value) -> Value {
    let payload: EncryptedPayload = serde_json::from_value(payload.clone()).unwrap();
    assert_eq!(
        payload.public_key_fingerprint,
        PORTAL.keys().client_encryption_certificate.certificate_sha256
    );
    serde_json::from_slice(&field_level::decrypt(&payload, &PORTAL.keys().client_encryption).unwrap())
        .unwrap()
}

#[tokio::test]
async fn an_invalid_client_encryption_key_is_rejected() {
    let issuer = Issuer::new().await;
    for invalid in ["", "MIIB", "-----BEGIN CERTIFICATE-----"] {
        let mut request = issuer.search_request(40_000, &flat_search(70_001, CLICK_TO_PAY)).build().unwrap();
        request.headers_mut().insert("token-connect-client-encryption-key", invalid.parse().unwrap());
        let response = issuer.http.execute(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{invalid}");
    }
}

#[tokio::test]
async fn a_plain_body_is_rejected_if_jwe_is_expected() {
    let issuer = Issuer::new().await;
    let path = "global-processing/digital/clients/40000/funding-accounts/searches";
    let body = flat_search(70_001, CLICK_TO_PAY).to_string();
    let request = issuer.signed(&processing(), reqwest::Method::POST, path, body);
    let (status, body) = send(request).await;
    assert_eq!((status, reason(&body)), (StatusCode::BAD_REQUEST, "DECRYPTION_FAILED"));
}

#[tokio::test]
async fn plain_bodies_and_other_response_shapes_can_be_switched_on() {
    let plain = Options { processing_jwe: false, search_response_wrapped: false, ..Options::default() };
    let issuer = Issuer::with(plain).await;
    let (status, found) = issuer.search(40_000, &flat_search(70_001, CLICK_TO_PAY)).await;
    assert_eq!(status, StatusCode::OK);
    let found = json!({ "pushFundingAccounts": found });
    let (status, _) = issuer.push(push_body(CLICK_TO_PAY, &found)).await;
    assert_eq!(status, StatusCode::OK);

    let issuer = Issuer::with(Options { jwe_sixteen_byte_iv: true, ..Options::default() }).await;
    assert_eq!(issuer.get_tokens("clients/40000/tokens").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_payload_without_oaep_hashing_algorithm_is_rejected_unless_the_old_form_is_tolerated() {
    for (pkcs1_keys, status) in [(false, StatusCode::BAD_REQUEST), (true, StatusCode::OK)] {
        let issuer = Issuer::with(Options { pkcs1_keys, ..Options::default() }).await;
        let (_, mut found) = issuer.search(40_000, &flat_search(70_001, CLICK_TO_PAY)).await;
        let payload = found["pushFundingAccounts"]["encryptedPayload"].as_object_mut().unwrap();
        assert_eq!(payload.remove("oaepHashingAlgorithm").is_some(), !pkcs1_keys);
        let (actual, pushed) = issuer.push(push_body(CLICK_TO_PAY, &found)).await;
        assert_eq!(actual, status, "{pushed}");
    }
}

#[test]
fn the_base64_of_mastercards_node_library_is_read_unless_it_has_to_be_strict() {
    let certificate = &PORTAL.keys().processing_encryption_certificate;
    // Long enough to contain both characters.
    let plaintext = [b' '; 4096];
    let compact = jwe::encrypt(&plaintext, &certificate.key, &certificate.spki_sha256, true).unwrap();
    let (protected, rest) = compact.split_once('.').unwrap();
    let nodes = format!("{protected}.{}==", rest.replace('_', "/").replace('-', "+"));
    assert!(nodes.contains('/') && nodes.contains('+'));
    let key = &PORTAL.keys().processing_encryption;
    let decrypted = |compact: &str, strict| jwe::decrypt(compact, key, &certificate.spki_sha256, strict);
    assert_eq!(decrypted(&nodes, false).unwrap(), plaintext);
    decrypted(&nodes, true).unwrap_err();
    assert_eq!(decrypted(&compact, true).unwrap(), plaintext);
}

#[tokio::test]
async fn a_repeated_idempotency_key_gets_the_same_response_and_another_body_an_error() {
    let issuer = Issuer::with(Options { processing_jwe: false, ..Options::default() }).await;
    let search = async |card| {
        let request = issuer.search_request(40_000, &flat_search(card, CLICK_TO_PAY));
        send(request.header("idempotency-key", "k-1")).await
    };
    let first = search(70_001).await;
    assert_eq!(search(70_001).await, first);
    assert_eq!(search(70_002).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn tokens_are_listed_by_client_and_by_card_without_a_card_number() {
    let issuer = Issuer::new().await;
    issuer.enable(40_000, 70_001).await;
    let (status, body) = issuer.get_tokens("clients/40000/tokens?status=Active").await;
    assert_eq!(status, StatusCode::OK);
    let token = &body["clientTokens"][0];
    assert_eq!(token["cardContractId"], 70_001);
    assert_eq!(token["cardContractNumber"], "555555______4444");
    assert_eq!(token["walletName"], "MDES for Merchants");
    assert_eq!(token["tokenRequestorId"], CLICK_TO_PAY);
    assert_eq!(token["tokenUniqueReference"].as_str().unwrap().len(), 48);
    assert_eq!(token["panUniqueReference"].as_str().unwrap().len(), 48);

    assert_eq!(issuer.get_tokens("cards/70001/tokens").await.1["cardTokens"][0], *token);
    assert_eq!(issuer.get_tokens("clients/40000/tokens?status=Inactive").await.1["clientTokens"], json!([]));
    assert_eq!(issuer.get_tokens("clients/40002/tokens").await.1["clientTokens"], json!([]));
    assert_eq!(issuer.get_tokens("clients/1/tokens").await.0, StatusCode::NOT_FOUND);
    assert_eq!(issuer.get_tokens("clients/40000/tokens?status=Odd").await.0, StatusCode::BAD_REQUEST);
}
