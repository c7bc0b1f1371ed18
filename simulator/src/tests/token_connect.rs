//! Steps 1 to 4, 10 and 11.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::issuer::{CALLBACK, CREDIT, Issuer, flat_search, push_body, reason, send};
use super::signing::{PORTAL, token_connect};
use crate::{
    CLICK_TO_PAY, CipherMode, Options,
    crypto::{field_level, jws},
};

#[tokio::test]
async fn requestors_are_listed_for_ranges_that_match_after_padding() {
    let issuer = Issuer::new().await;
    let (status, body) = issuer.get_eligible(&["555555000", "9300000000000000000", "111111111"]).await;
    assert_eq!(status, StatusCode::OK);
    let requestors = body["tokenRequestors"].as_array().unwrap();
    assert_eq!(requestors.len(), 5);
    assert_eq!(requestors[0]["tokenRequestorId"], CLICK_TO_PAY);
    assert_eq!(requestors[0]["enabledAccountRanges"], json!([5_555_550_000_000_000_000_u64]));
    assert_eq!(requestors[1]["enabledAccountRanges"][1], json!(9_300_000_000_000_000_000_u64));
    assert!(requestors[3].get("supportedPushMethods").is_none());

    let (_, body) = issuer.get_eligible(&["555555100"]).await;
    assert_eq!(body["tokenRequestors"], json!([]));
}

#[tokio::test]
async fn ranges_that_were_not_requested_are_listed_only_by_an_option() {
    for (lists_all_ranges, expected) in [
        (false, json!([5_555_550_000_000_000_000_u64])),
        (true, json!([5_555_550_000_000_000_000_u64, 5_555_560_000_000_000_000_u64])),
    ] {
        let issuer = Issuer::with(Options { lists_all_ranges, ..Options::default() }).await;
        let (_, body) = issuer.get_eligible(&[CREDIT]).await;
        assert_eq!(body["tokenRequestors"][0]["enabledAccountRanges"], expected);
    }
}

#[tokio::test]
async fn a_range_that_no_requestor_is_enabled_for_fails_the_call_only_by_an_option() {
    for (unknown_range_fails, expected) in [(false, "none"), (true, "ACCOUNT_INELIGIBLE")] {
        let issuer = Issuer::with(Options { unknown_range_fails, ..Options::default() }).await;
        let (status, body) = issuer.get_eligible(&[CREDIT, "555557000"]).await;
        assert_eq!((status, reason(&body)), (StatusCode::OK, expected));
        assert_eq!(reason(&issuer.get_eligible(&[CREDIT]).await.1), "none");
    }
}

#[tokio::test]
async fn a_requestor_without_a_logo_is_listed_without_an_asset_id() {
    let issuer = Issuer::new().await;
    issuer.simulator.remove_artwork(CLICK_TO_PAY).unwrap();
    let (_, body) = issuer.get_eligible(&[CREDIT]).await;
    assert_eq!(body["tokenRequestors"][0].get("imageAssetId"), None);
    assert!(body["tokenRequestors"][1].get("imageAssetId").is_some());
}

#[tokio::test]
async fn more_than_25_ranges_or_an_invalid_range_are_input_errors() {
    let issuer = Issuer::new().await;
    for (ranges, expected) in [
        (vec![CREDIT; 26], "INVALID_FIELD_LENGTH"),
        (vec![], "INVALID_FIELD_LENGTH"),
        (vec!["55555500"], "INVALID_FIELD_LENGTH"),
        (vec!["55555500O"], "INVALID_FIELD_VALUE"),
        (vec!["9999999999999999999"], "none"),
    ] {
        let (status, body) = issuer.get_eligible(&ranges).await;
        assert_eq!(reason(&body), expected, "{ranges:?}");
        assert_eq!(status.is_success(), expected == "none");
    }
}

#[tokio::test]
async fn a_logo_has_an_svg_and_a_png_and_gets_a_new_id_when_it_changes() {
    let issuer = Issuer::new().await;
    let new_asset = issuer.simulator.rotate_artwork(CLICK_TO_PAY).unwrap();
    let (_, listed) = issuer.get_eligible(&[CREDIT]).await;
    assert_eq!(listed["tokenRequestors"][0]["imageAssetId"], new_asset);

    let get = async |id: &str| {
        let path = format!("mdes/issuer-assets/1/0/asset/tokenrequestor/{id}");
        send(issuer.signed(&token_connect(), Method::GET, &path, String::new())).await
    };
    for id in [&new_asset, "3a7a2f0e-5a0e-4c65-9e0b-1f6f2c0d9a11"] {
        let (status, body) = get(id).await;
        assert_eq!(status, StatusCode::OK);
        let media = |at: usize| STANDARD.decode(body["mediaContents"][at]["data"].as_str().unwrap()).unwrap();
        assert!(media(0).starts_with(b"<svg "));
        let png = png::Decoder::new(std::io::Cursor::new(media(1))).read_info().unwrap();
        assert_eq!(png.info().size(), (192, 192));
        assert_eq!(body["mediaContents"][1]["height"], "192");
    }
    assert_eq!(get("unknown").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(&"x".repeat(65)).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_pushed_card_gets_a_receipt_and_a_signature_over_it() {
    for cipher_mode in [CipherMode::Cbc, CipherMode::Gcm] {
        let issuer = Issuer::with(Options { cipher_mode, ..Options::default() }).await;
        let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
        let receipt = pushed["pushAccountReceipts"][0]["pushAccountReceipt"].as_str().unwrap();
        assert!(receipt.starts_with("MCC-STL-") && receipt.len() == 44);
        assert_eq!(pushed["availablePushMethods"][0]["type"], "WEB");

        let keys = PORTAL.keys();
        let signature = pushed["signature"].as_str().unwrap();
        let kid = &keys.receipt_signing_kid;
        let payload = jws::verify(signature, &keys.receipt_verification, kid).unwrap();
        assert_eq!(payload["pushAccountReceipts"], json!([receipt]));
        assert_eq!(payload["callbackURL"], CALLBACK);
        assert!(payload.get("completeIssuerAppActivation").is_none());
    }
}

#[tokio::test]
async fn a_card_outside_of_the_requestors_ranges_fails_in_a_successful_response() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_005, CLICK_TO_PAY).await;
    assert_eq!(pushed["pushAccountReceipts"][0]["errors"][0]["reasonCode"], "ACCOUNT_INELIGIBLE");
    assert!(pushed.get("signature").is_none() && pushed.get("errors").is_none());
}

#[tokio::test]
async fn an_invalid_push_is_rejected() {
    let issuer = Issuer::new().await;
    let (_, found) = issuer.search(40_000, &flat_search(70_001, CLICK_TO_PAY)).await;
    let valid = push_body(CLICK_TO_PAY, &found);
    let with = |pointer: &str, value: Value| {
        let mut body = valid.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        body
    };
    let payload = "/pushFundingAccounts/encryptedPayload";
    let of = |name: &str| format!("{payload}/{name}");
    for (body, expected) in [
        (with("/tokenRequestorId", json!("50999999999")), "AUTHORIZATION_FAILED"),
        (with("/tokenRequestorId", json!("50999000003")), "AUTHORIZATION_FAILED"),
        (with("/requestId", json!("")), "INVALID_FIELD_LENGTH"),
        (with("/pushAccountReceiptsValidityPeriod", json!(4)), "INVALID_FIELD_VALUE"),
        (with("/pushAccountReceiptsValidityPeriod", json!(16)), "INVALID_FIELD_VALUE"),
        (
            with("/signatureData/callbackURL", json!(format!("https://b.example/{}", "x".repeat(239)))),
            "INVALID_FIELD_LENGTH",
        ),
        (with("/signatureData/callbackURL", json!("not a url")), "INVALID_FIELD_VALUE"),
        (with("/signatureData/locale", json!("en-GB")), "INVALID_FIELD_VALUE"),
        (with("/signatureData/locale", json!("EN_GB")), "INVALID_FIELD_VALUE"),
        (with("/signatureData/locale", json!("en_gb")), "INVALID_FIELD_VALUE"),
        (with("/signatureData/locale", json!("en_GBR")), "INVALID_FIELD_LENGTH"),
        (with(&of("encryptedData"), json!([{"pushAccountId": "CA-1"}])), "INVALID_JSON"),
        (with(&of("publicKeyFingerprint"), json!("ab".repeat(32))), "DECRYPTION_FAILED"),
        (with(&of("oaepHashingAlgorithm"), json!("SHA256")), "DECRYPTION_FAILED"),
        (with(&of("encryptedKey"), json!("00".repeat(256))), "DECRYPTION_FAILED"),
    ] {
        let (status, response) = issuer.push(body).await;
        assert_eq!(reason(&response), expected);
        assert_eq!(status == StatusCode::OK, expected == "AUTHORIZATION_FAILED", "{expected}");
    }
}

#[tokio::test]
async fn invalid_encrypted_accounts_are_rejected() {
    let issuer = Issuer::new().await;
    let certificate = &PORTAL.keys().client_encryption_certificate;
    let account = |data: Value| json!([{"pushAccountId": "CA-1", "fundingAccountData": data}]);
    let card = json!({"accountNumber": "5555555555554444", "expiryMonth": "09", "expiryYear": "20"});
    for plaintext in [
        json!([]),
        json!({"pushAccountId": "CA-1"}),
        account(json!({"cardAccountData": card})),
        account(json!({"cardAccountData": {"accountNumber": "55555"}})),
        account(json!({"cardAccountData": {"accountNumber": "5555555555554444", "expiryMonth": "09"}})),
        account(
            json!({"accountHolderData": {"accountHolderAddress": {"country": "GB"}}, "cardAccountData": {"accountNumber": "5555555555554444"}}),
        ),
        account(
            json!({"dataValidUntilTimestamp": "2020-01-05T10:45:00Z", "cardAccountData": {"accountNumber": "5555555555554444"}}),
        ),
        account(
            json!({"dataValidUntilTimestamp": "2999-01-05T10:45:00Z", "cardAccountData": {"accountNumber": "5555555555554444"}}),
        ),
    ] {
        let payload =
            field_level::encrypt(plaintext.to_string().as_bytes(), certificate, CipherMode::Cbc, false)
                .unwrap();
        let found = json!({"pushFundingAccounts": {"encryptedPayload": payload}});
        let (status, response) = issuer.push(push_body(CLICK_TO_PAY, &found)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{plaintext}");
        assert!(reason(&response).starts_with("INVALID_"));
    }
}
