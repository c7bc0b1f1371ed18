use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    keys::{Certificate, PrivateKey},
    signature_data::SignatureData,
    testing::{CERTIFICATE, FakeServer, certificate_pem, ok, private_key_pem, signer, soon, status},
};

fn processing(mastercard: &FakeServer, jwe: Option<JweKeys>) -> Processing {
    Processing::new(mastercard.url.clone(), signer(), jwe, Transport::new().unwrap(), RateLimit::default())
}

async fn search_with(processing: Processing) -> Result<PushFundingAccounts, MastercardError> {
    let client_encryption_key = ClientEncryptionKey::from_pem("client encryption key", CERTIFICATE).unwrap();
    let config = SearchConfig { client_encryption_key, shape: SearchShape::default() };
    processing.search_funding_accounts(40000.into(), &search(), &config, soon()).await
}

fn jwe() -> JweKeys {
    let certificate = Certificate::from_pem("certificate", &certificate_pem()).unwrap();
    let key = PrivateKey::read("key", private_key_pem().as_bytes(), None).unwrap();
    JweKeys::new(&certificate, None, &[key]).unwrap()
}

fn encrypted(body: Value) -> String {
    String::from_utf8(jwe().encrypt_body(body.to_string().as_bytes()).unwrap()).unwrap()
}

fn search() -> FundingAccountSearch {
    FundingAccountSearch {
        request_id: Uuid::nil(),
        push_account_id: "CA-1".into(),
        card_contract_id: 70001.into(),
        token_requestor_id: "50123197928".parse().unwrap(),
        signature_data: SignatureData {
            callback_url: "https://bank.example/callback/s".into(),
            complete_issuer_app_activation: true,
            complete_website_activation: true,
            account_holder_data_supplied: false,
            locale: Some("en_GB".into()),
        },
        account_holder: None,
    }
}

fn found() -> Value {
    json!({"pushFundingAccounts": {"encryptedPayload": {
        "encryptedData": "ab".repeat(32), "encryptedKey": "cd", "publicKeyFingerprint": "ef"}}})
}

#[tokio::test]
async fn a_search_returns_the_card_encrypted_for_token_connect() {
    let mastercard = FakeServer::start([status(503, ""), ok(found())]);
    search_with(processing(&mastercard, None)).await.unwrap();

    let [first, second] = mastercard.received().try_into().ok().unwrap();
    assert_eq!(first.line, "POST /api/clients/40000/funding-accounts/searches HTTP/1.1");
    let key: String = CERTIFICATE.lines().filter(|line| !line.starts_with("-----")).collect();
    assert_eq!(first.headers["token-connect-client-encryption-key"], key);
    assert_eq!(first.headers["idempotency-key"], Uuid::nil().to_string());
    assert_eq!(
        (first.headers.get("idempotency-key"), &first.body),
        (second.headers.get("idempotency-key"), &second.body)
    );
}

#[tokio::test]
async fn bodies_are_encrypted_when_keys_are_configured() {
    let mastercard = FakeServer::start([ok(encrypted(found()))]);
    search_with(processing(&mastercard, Some(jwe()))).await.unwrap();
    let [received] = mastercard.received().try_into().ok().unwrap();
    let body: Value = serde_json::from_slice(&jwe().decrypt_body(&received.body).unwrap().unwrap()).unwrap();
    assert_eq!(body["tokenRequestorId"], "50123197928");
}

#[tokio::test]
async fn a_blocked_card_is_rejected_in_plaintext_or_encrypted() {
    let error_body = json!({"Errors": {"Error": [{"Source": "MASTERCARD PROCESSING", "ReasonCode": "CARD_NOT_ACTIVE", "Recoverable": false}]}});
    for body in [error_body.to_string(), encrypted(error_body)] {
        let mastercard = FakeServer::start([status(400, body)]);
        let outcome = search_with(processing(&mastercard, Some(jwe()))).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.status(), error.reason_codes()[0].as_str()), (Some(400), "CARD_NOT_ACTIVE"));
        assert_eq!((error.upstream(), error.retryable()), (Some(Upstream::Processing), false));
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_decrypted_is_an_invalid_response() {
    let mastercard = FakeServer::start(vec![ok(json!({"encryptedData": "a.b.c.d.e"})); 3]);
    let outcome = search_with(processing(&mastercard, Some(jwe()))).await;
    assert!(matches!(outcome, Err(MastercardError::InvalidResponse { .. })));
}

#[tokio::test]
async fn an_error_that_cannot_be_decrypted_is_processings_and_names_the_decryption_key() {
    // With a key that does not fit, and without any.
    for keys in [Some(jwe()), None] {
        for code in [400, 401, 404] {
            let mastercard = FakeServer::start([status(code, json!({"encryptedData": "a.b.c.d.e"}))]);
            let error = search_with(processing(&mastercard, keys.clone())).await.unwrap_err();
            assert_eq!((error.status(), error.upstream()), (Some(code), Some(Upstream::Processing)));
            assert!(error.reason_codes().is_empty() && !error.retryable(), "{error}");
            assert!(error.diagnosis().meaning.contains("could not be decrypted"));
            assert!(error.diagnosis().remedy.contains("PROCESSING_JWE and the decryption key"));
        }
    }
}

#[tokio::test]
async fn an_error_that_can_be_decrypted_is_explained_by_its_reason_code() {
    let unknown = json!({"Errors": {"Error": [{"Source": "MASTERCARD PROCESSING", "ReasonCode": "CARD_CONTRACT_NAME_IS_MISSING"}]}});
    let mastercard = FakeServer::start([status(400, encrypted(unknown))]);
    let error = search_with(processing(&mastercard, Some(jwe()))).await.unwrap_err();
    assert!(!error.api_error().unwrap().is_encrypted && error.diagnosis().meaning.contains("holds no name"));
}

#[tokio::test]
async fn the_tokens_of_a_cardholder_are_listed_without_their_numbers() {
    let mastercard = FakeServer::start([ok(json!({"total": "3", "clientTokens": [
        {"cardContractId": 70001, "tokenNumber": "5555559999990007", "tokenRequestorId": "50123197928",
         "tokenStatus": "Active", "walletName": "MDES for Merchants", "tokenUniqueReference": "DM4MMC"},
        {"cardContractId": "70002", "tokenRequestorId": 50_123_197_928_u64, "tokenStatus": "SUSPENDED", "walletName": null},
        {"cardContractId": 70003, "tokenStatus": "Frozen"}, {"tokenStatus": "Active"},
    ]}))]);
    let tokens = processing(&mastercard, None).get_tokens_by_client(40000.into(), soon()).await.unwrap();
    let [active, suspended, frozen] = tokens.try_into().unwrap();
    assert_eq!((active.card_contract_id.number(), &active.status), (70001, &TokenStatus::Active));
    assert_eq!(active.wallet_name.as_deref(), Some("MDES for Merchants"));
    assert_eq!(suspended.token_requestor_id, active.token_requestor_id);
    assert_eq!((suspended.status, suspended.wallet_name), (TokenStatus::Suspended, None));
    assert_eq!(frozen.status, TokenStatus::Other("Frozen".into()));
    assert!(!format!("{active:?}").contains("DM4MMC"));
    assert_eq!(mastercard.received()[0].line, "GET /api/clients/40000/tokens HTTP/1.1");
}

#[tokio::test]
async fn a_list_that_announces_more_tokens_than_it_has_proves_nothing_and_is_an_invalid_response() {
    let listed =
        json!([{"cardContractId": 70001, "tokenNumber": "5555559999990007", "tokenStatus": "Active"}]);
    let page = |total| ok(json!({"total": total, "clientTokens": listed}));
    for page in [page(json!(2)), page(json!("2")), ok(json!({"total": 1, "clientTokens": []}))] {
        // Another attempt may find the whole list.
        let mastercard = FakeServer::start(vec![page; 6]);
        let processing = processing(&mastercard, None);
        let error = processing.get_tokens_by_client(40000.into(), soon()).await.unwrap_err();
        assert!(matches!(error, MastercardError::InvalidResponse { upstream: Upstream::Processing, .. }));
        let error = processing.get_numbered_tokens_by_client(40000.into(), soon()).await.unwrap_err();
        assert!(matches!(error, MastercardError::InvalidResponse { .. }));
        assert_eq!(mastercard.received().len(), 6);
    }
    let by_card = json!({"total": 2, "cardTokens": listed, "clientTokens": null});
    let mastercard = FakeServer::start(vec![ok(by_card); 3]);
    let processing = processing(&mastercard, None);
    assert!(processing.get_numbered_tokens_by_card(70001.into(), soon()).await.is_err());
}

#[tokio::test]
async fn a_list_with_all_the_tokens_that_it_announces_is_complete() {
    let listed = json!([{"cardContractId": 70001, "tokenStatus": "Active"}, {"tokenStatus": "Active"}]);
    for total in [json!(2), json!(0), json!(null), json!("many")] {
        let mastercard = FakeServer::start([ok(json!({"total": total, "clientTokens": listed}))]);
        let tokens = processing(&mastercard, None).get_tokens_by_client(40000.into(), soon()).await;
        assert_eq!(tokens.unwrap().len(), 1, "{total}");
    }
}

#[tokio::test]
async fn a_list_for_a_change_has_the_numbers_and_prints_none() {
    let listed = json!([
        {"cardContractId": 70001, "tokenNumber": "5555559999990007", "tokenCreationDate": "2026-01-05T10:32:11Z"},
        {"cardContractId": 70001, "tokenNumber": 5_555_559_999_990_015_u64, "tokenCreationDate": "yesterday"},
        {"cardContractId": 70001, "tokenNumber": "555555______0007"},
    ]);
    let (by_client, by_card) = (json!({"clientTokens": listed}), json!({"cardTokens": listed}));
    let mastercard = FakeServer::start([ok(&by_client), ok(by_card), ok(by_client)]);
    let processing = processing(&mastercard, None);
    let lists = [
        processing.get_numbered_tokens_by_client(40000.into(), soon()).await.unwrap(),
        processing.get_numbered_tokens_by_card(70001.into(), soon()).await.unwrap(),
        processing.get_numbered_tokens_by_card(70001.into(), soon()).await.unwrap(),
    ];
    for tokens in lists {
        assert!(!format!("{tokens:?}").contains("55555"), "{tokens:?}");
        let [first, second, masked] = tokens.try_into().unwrap();
        assert!(first.number.is_some() && second.number.is_some() && masked.number.is_none());
        assert_eq!(first.token.created_at, Some("2026-01-05T10:32:11Z".parse().unwrap()));
        assert_eq!((second.token.created_at, masked.token.created_at), (None, None));
    }
    let lines = mastercard.received().into_iter().map(|it| it.line).collect::<Vec<_>>();
    assert!(lines[1].starts_with("GET /api/cards/70001/tokens "), "{lines:?}");
}

#[tokio::test]
async fn a_cardholder_without_tokens_has_an_empty_list() {
    let not_found =
        json!({"Errors": {"Error": [{"Source": "MASTERCARD PROCESSING", "ReasonCode": "INVALID_TOKEN"}]}});
    let empty = [status(204, ""), ok(""), ok("{}"), ok("\u{feff}{ }"), ok("null")];
    let lists = [ok(json!({"clientTokens": []})), ok(json!({"clientTokens": null})), status(404, not_found)];
    for reply in empty.into_iter().chain(lists) {
        let tokens =
            processing(&FakeServer::start([reply]), None).get_tokens_by_client(1.into(), soon()).await;
        assert_eq!(tokens.unwrap(), []);
    }
}

#[tokio::test]
async fn a_404_of_an_unknown_client_the_gateway_or_the_network_is_an_error() {
    let error =
        |source, code| json!({"Errors": {"Error": [{"Source": source, "ReasonCode": code}]}}).to_string();
    let (client, gateway) =
        (error("MASTERCARD PROCESSING", "CLIENT_NOT_FOUND"), error("Gateway", "NO_TOKEN_ROUTE"));
    for body in ["<html>404</html>".into(), String::new(), "{}".into(), client, gateway] {
        let mastercard = FakeServer::start([status(404, body)]);
        let tokens = processing(&mastercard, None).get_tokens_by_client(1.into(), soon()).await;
        assert_eq!(tokens.unwrap_err().status(), Some(404));
    }
    let mastercard = FakeServer::start(vec![ok(json!({"tokens": []})); 3]);
    assert!(processing(&mastercard, None).get_tokens_by_client(1.into(), soon()).await.is_err());
}
