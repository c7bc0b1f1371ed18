use super::*;
use crate::processing::AccountHolder;

fn search() -> FundingAccountSearch {
    let holder: AccountHolder = serde_json::from_value(json!({"name": "ALEX EXAMPLE"})).unwrap();
    FundingAccountSearch {
        request_id: Uuid::nil(),
        push_account_id: "CA-1".into(),
        card_contract_id: 9_007_199_254_740_993.into(),
        token_requestor_id: "50123197928".parse().unwrap(),
        signature_data: SignatureData {
            callback_url: "https://bank.example/callback/s".into(),
            complete_issuer_app_activation: true,
            complete_website_activation: true,
            account_holder_data_supplied: true,
            locale: None,
        },
        account_holder: Some(holder),
    }
}

fn request_body(shape: &str) -> Value {
    serde_json::from_slice(&body(&search(), shape.parse().unwrap()).unwrap()).unwrap()
}

#[test]
fn nested_has_the_card_contract_in_place_of_the_card_number() {
    let body = request_body("nested");
    let account = &body["pushFundingAccounts"]["encryptedPayload"]["encryptedData"][0];
    assert_eq!(account["pushAccountId"], "CA-1");
    let data = &account["fundingAccountData"];
    assert_eq!(data["cardAccountData"], json!({"cardContractId": 9_007_199_254_740_993_u64}));
    assert_eq!(data["accountHolderData"], json!({"accountHolderName": "ALEX EXAMPLE"}));
    let until: Timestamp = data["dataValidUntilTimestamp"].as_str().unwrap().parse().unwrap();
    let minutes = until.duration_since(Timestamp::now()).as_mins();
    assert!((28..=30).contains(&minutes));
    assert_eq!(body["signatureData"]["callbackURL"], "https://bank.example/callback/s");
}

#[test]
fn flat_has_all_properties_at_the_top_level() {
    let body = request_body("flat:callbackUrl");
    assert_eq!(
        (&body["cardContractId"], &body["pushFundingAccounts"]),
        (&json!(9_007_199_254_740_993_u64), &Value::Null)
    );
    let signature_data = &body["signatureData"];
    assert_eq!(signature_data["callbackUrl"], "https://bank.example/callback/s");
    assert_eq!(signature_data["callbackURL"], Value::Null);
}

#[test]
fn only_documented_search_shapes_are_accepted() {
    assert_eq!("nested".parse(), Ok(SearchShape::default()));
    for raw in ["", "Nested", "flat:", "flat:callbackuri"] {
        assert_eq!(raw.parse::<SearchShape>(), Err(UnknownSearchShape), "{raw}");
    }
}

#[test]
fn the_encrypted_card_is_passed_on_byte_for_byte() {
    let data = "ab".repeat(32);
    let object = format!(
        r#"{{"encryptedPayload" : {{"encryptedData":"{data}","encryptedKey":"CD","publicKeyFingerprint":"ef","aad":"1","x":[1.50]}} }}"#
    );
    let wrapped =
        parse_body(format!(r#"{{"requestId":"1","pushFundingAccounts":{object}}}"#).as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&wrapped).unwrap(), object);
    let payload = object.trim_start_matches(r#"{"encryptedPayload" : "#).trim_end_matches(" }");
    let top = parse_body(format!(r#"{{"requestId":"1","encryptedPayload":{payload}}}"#).as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&top).unwrap(), format!(r#"{{"encryptedPayload":{payload}}}"#));
    assert_eq!(format!("{wrapped:?}"), "PushFundingAccounts(<redacted>)");
}

#[test]
fn the_encrypted_card_survives_a_byte_order_mark_a_repeated_field_and_bad_text_beside_it() {
    let hex = "ab".repeat(32);
    let object = format!(
        r#"{{"encryptedPayload":{{"encryptedData":"{hex}","encryptedKey":"cd","publicKeyFingerprint":"ef","v":1.0}}}}"#
    );
    let body = format!(
        "\u{feff}{{\"note\":\"a\nb \\ud83d\",\"pushFundingAccounts\":null,\"pushFundingAccounts\":{object}}}"
    );
    assert_eq!(serde_json::to_string(&parse_body(body.as_bytes()).unwrap()).unwrap(), object);
}

#[test]
fn a_card_without_oaep_hashing_algorithm_is_passed_on_and_recognized() {
    let hex = "ab".repeat(32);
    for (algorithm, has_it) in [(json!("SHA256"), true), (json!("SHA512"), true), (Value::Null, false)] {
        let payload = json!({"encryptedData": hex, "encryptedKey": hex, "publicKeyFingerprint": hex,
            "oaepHashingAlgorithm": algorithm});
        let card = parse_body(json!({"encryptedPayload": payload}).to_string().as_bytes()).unwrap();
        assert_eq!(card.has_oaep_hashing_algorithm(), has_it);
        assert!(serde_json::to_string(&card).unwrap().starts_with("{\"encryptedPayload\":{"));
    }
}

#[test]
fn plaintext_is_not_passed_on() {
    let hex = "ab".repeat(32);
    let plain = json!([{"fundingAccountData": {"cardAccountData": {"accountNumber": "5555555555554444"}}}]);
    for data in
        [plain, json!("5555555555554444"), json!("[not hex, though a text of a good length]"), json!(null)]
    {
        let payload = json!({"encryptedData": data, "encryptedKey": hex, "publicKeyFingerprint": hex});
        let body = json!({"pushFundingAccounts": {"encryptedPayload": payload}}).to_string();
        assert!(parse_body(body.as_bytes()).is_none(), "{data}");
    }
    for body in
        ["", "{}", r#"{"pushFundingAccounts":null}"#, r#"{"encryptedPayload":{"encryptedData":"ab"}}"#]
    {
        assert!(parse_body(body.as_bytes()).is_none(), "{body}");
    }
}
