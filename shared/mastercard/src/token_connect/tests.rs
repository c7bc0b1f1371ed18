use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    push_funding_accounts::PushFundingAccounts,
    signature_data::SignatureData,
    testing::{FakeServer, Reply, ok, signer, soon, status},
    token_requestor::{PushMethodKind, TokenRequestor},
};

const RECEIPT: &str = "MCC-109031C0-5318-848B-A78B-A04165BAAAD1";

fn token_connect(mastercard: &FakeServer) -> TokenConnect {
    TokenConnect::new(mastercard.url.clone(), signer(), Transport::new().unwrap())
}

fn click_to_pay(ranges: Value) -> Value {
    json!({
        "tokenRequestorId": "50123197928", "name": "Mastercard International Inc",
        "consumerFacingEntityName": "Click to Pay", "imageAssetId": "3a7a2f0e", "tokenRequestorType": "MERCHANT",
        "enabledAccountRanges": ranges, "supportedPushMethods": ["WEB", "VISION"], "newField": {"a": 1},
        "supportsMultiplePushedCards": "false", "supportedAccountHolderData": ["NAME"], "walletId": null,
        "supportsCardholderAuthentication": true, "supportIssuerInitiatedDigitizationData": true,
        "availablePushMethods": [{"type": "WEB", "uri": "https://src.example/provision"}, {"type": "WEB"}],
    })
}

async fn eligible(body: impl ToString) -> Result<Vec<TokenRequestor>, MastercardError> {
    listed(&FakeServer::start(vec![ok(body); 3])).await.map(|found| found.token_requestors)
}

async fn listed(mastercard: &FakeServer) -> Result<EligibleTokenRequestors, MastercardError> {
    token_connect(mastercard).get_eligible_token_requestors(&["555555000".parse().unwrap()], soon()).await
}

#[tokio::test]
async fn all_fields_of_click_to_pay_are_parsed() {
    let body = json!({"responseId": "1", "tokenRequestors": [click_to_pay(json!([9_399_999_999_999_999_999_u64, "555556000"]))]});
    let [found] = eligible(body).await.unwrap().try_into().unwrap();
    assert_eq!(found.token_requestor_id.as_str(), "50123197928");
    assert_eq!(found.consumer_facing_entity_name, "Click to Pay");
    let ranges: Vec<_> = found.enabled_account_ranges.iter().map(AccountRange::as_str).collect();
    assert_eq!(ranges, ["9399999999999999999", "5555560000000000000"]);
    assert_eq!(found.supported_push_methods, [PushMethodKind::Web, PushMethodKind::Other("VISION".into())]);
    assert_eq!(found.available_push_methods.len(), 1);
    assert!(!found.supports_multiple_pushed_cards && found.supports_card_holder_authentication);
    assert!(found.supports_issuer_initiated_digitization_data);
    assert_eq!(found.wallet_id, None);
}

#[tokio::test]
async fn a_requestor_without_a_valid_id_does_not_hide_the_others() {
    let mut broken = click_to_pay(json!([]));
    broken["tokenRequestorId"] = json!("5012");
    let body = json!({"tokenRequestors": [broken, null, click_to_pay(json!(null))]});
    assert_eq!(eligible(body).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_success_without_a_list_is_an_invalid_response() {
    for body in [json!({"responseId": "1"}), json!([]), json!({"tokenRequestors": "none"})] {
        assert!(matches!(eligible(body).await, Err(MastercardError::InvalidResponse { .. })));
    }
}

#[tokio::test]
async fn no_content_is_an_empty_list() {
    assert_eq!(listed(&FakeServer::start([status(204, "")])).await.unwrap().token_requestors, []);
}

#[tokio::test]
async fn ranges_are_the_same_numbers_in_every_notation() {
    let ranges = r#"[5.55555E+18, 5555560000000000000.0, "5.55557e18", "555558000"]"#;
    let body = json!({"tokenRequestors": [click_to_pay(json!("RANGES"))]}).to_string();
    let [found] = eligible(body.replace("\"RANGES\"", ranges)).await.unwrap().try_into().unwrap();
    let ranges: Vec<_> = found.enabled_account_ranges.iter().map(AccountRange::as_str).collect();
    let expected =
        ["5555550000000000000", "5555560000000000000", "5555570000000000000", "5555580000000000000"];
    assert_eq!(ranges, expected);
}

#[tokio::test]
async fn half_an_emoji_in_a_name_costs_only_itself() {
    let body = json!({"tokenRequestors": [click_to_pay(json!([])), click_to_pay(json!([]))]}).to_string();
    let found = eligible(body.replacen("Click to Pay", "Click to Pay \\ud83d", 1)).await.unwrap();
    let names: Vec<_> = found.iter().map(|it| it.consumer_facing_entity_name.as_str()).collect();
    assert_eq!(names, ["Click to Pay \u{fffd}", "Click to Pay"]);
}

#[tokio::test]
async fn a_requestor_whose_display_name_is_blank_is_shown_by_its_legal_name() {
    for blank in [json!(""), json!("   "), json!("\u{200b}"), json!(null)] {
        let mut requestor = click_to_pay(json!([]));
        requestor["consumerFacingEntityName"] = blank;
        let [found] = eligible(json!({"tokenRequestors": [requestor]})).await.unwrap().try_into().unwrap();
        assert_eq!(found.consumer_facing_entity_name, "Mastercard International Inc");
    }
}

#[tokio::test]
async fn requestors_with_unreadable_fields_are_counted() {
    let mut without_id = click_to_pay(json!([]));
    without_id["tokenRequestorId"] = json!("5012");
    let ranges = json!(["555555000"]);
    let requestors = json!([
        click_to_pay(json!(["nowhere", "555555000"])), click_to_pay(json!({"from": 1})), without_id, "none",
        {"tokenRequestorId": "50123197928", "name": "Click to Pay", "enabledAccountRanges": ranges},
    ]);
    let found = listed(&FakeServer::start([ok(json!({"tokenRequestors": requestors}))])).await.unwrap();
    assert_eq!((found.token_requestors.len(), found.unreadable), (3, 4));
    assert_eq!(found.token_requestors[0].enabled_account_ranges.len(), 1);
}

#[tokio::test]
async fn a_requestor_that_is_enabled_for_no_range_is_counted_as_unreadable() {
    let listing = |ranges: Value| json!({"tokenRequestorId": "50123197928", "name": "Click to Pay", "enabledAccountRanges": ranges});
    let without_field = json!({"tokenRequestorId": "50123197928", "name": "Click to Pay"});
    let without_range = [json!(null), json!([]), json!([null]), json!(["nowhere"]), json!({"from": 1})];
    for requestor in without_range.map(listing).into_iter().chain([without_field]) {
        let mastercard = FakeServer::start([ok(json!({"tokenRequestors": [requestor]}))]);
        let found = listed(&mastercard).await.unwrap();
        assert_eq!((found.token_requestors.len(), found.unreadable), (1, 1), "{requestor}");
    }
}

#[tokio::test]
async fn one_call_takes_at_most_twenty_five_ranges() {
    let ranges: Vec<AccountRange> = (0..26).map(|n| format!("5555550{n:02}").parse().unwrap()).collect();
    let response = ok(json!({"tokenRequestors": [click_to_pay(json!([5_555_550_000_000_000_000_u64]))]}));
    let mastercard = FakeServer::start([response]);
    let client = token_connect(&mastercard);
    let error = client.get_eligible_token_requestors(&ranges, soon()).await.unwrap_err();
    assert!(!error.retryable(), "{error}");
    let found = client.get_eligible_token_requestors(&ranges[..25], soon()).await.unwrap();
    assert_eq!(found.token_requestors.len(), 1);

    let [first] = mastercard.received().try_into().ok().unwrap();
    assert_eq!(first.line, "POST /api/connect/1/0/getEligibleTokenRequestors HTTP/1.1");
    assert_eq!(first.headers["content-type"], "application/json; charset=UTF-8");
    assert_eq!(first.json()["accountRanges"].as_array().unwrap().len(), 25);
}

#[tokio::test]
async fn a_logo_has_both_formats_and_one_with_invalid_base64_is_kept_without_data() {
    let mastercard = FakeServer::start([ok(json!({"mediaContents": [
        {"type": "image/svg+xml", "data": "PHN2Zy8+"},
        {"type": "image/png", "data": "iVBORw==", "height": "192", "width": 192},
        {"type": "image/png", "data": "not base64"}, {"type": "image/png"},
    ]}))]);
    let found = token_connect(&mastercard).get_asset(&"a/b c".parse().unwrap(), soon()).await.unwrap();
    assert_eq!(
        (found.len(), found[0].data.as_deref(), found[0].width),
        (3, Some(b"<svg/>".as_slice()), None)
    );
    assert_eq!((found[2].media_type.as_str(), &found[2].data), ("image/png", &None));
    assert_eq!(
        (found[1].media_type.as_str(), found[1].width, found[1].height),
        ("image/png", Some(192), Some(192))
    );

    let [received] = mastercard.received().try_into().ok().unwrap();
    assert_eq!(received.line, "GET /api/issuer-assets/1/0/asset/tokenrequestor/a%2Fb%20c HTTP/1.1");
    assert!(received.headers["authorization"].contains("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
}

const ENCRYPTED: &str = r#"{ "encryptedPayload": {"unknown":1.0, "encryptedData":"ab"} }"#;

async fn push_to(mastercard: &FakeServer) -> Result<PushedAccounts, PushError> {
    token_connect(mastercard).push_multiple_accounts(&PushMultipleAccounts::for_test(ENCRYPTED), soon()).await
}

fn pushed() -> Value {
    json!({
        "responseId": "another", "pushAccountReceipts": [{"pushAccountId": "CA-1", "pushAccountReceipt": RECEIPT}],
        "availablePushMethods": [{"type": "WEB", "uri": "https://src.example/provision"}], "signature": "a.b.c",
        "tokenRequestorSignatureSupport": true,
    })
}

#[tokio::test]
async fn a_pushed_card_has_a_receipt_and_a_signature() {
    let mastercard = FakeServer::start([ok(pushed())]);
    let accounts = push_to(&mastercard).await.unwrap();
    assert_eq!(accounts.receipts[0].expose(), RECEIPT);
    assert_eq!(accounts.signature.as_ref().unwrap().expose(), "a.b.c");
    assert_eq!(accounts.available_push_methods[0].kind, PushMethodKind::Web);
    assert!(!format!("{accounts:?}").contains(RECEIPT));

    let [received] = mastercard.received().try_into().ok().unwrap();
    let body = String::from_utf8(received.body.clone()).unwrap();
    assert!(body.contains(ENCRYPTED), "passed on byte for byte");
    assert_eq!(received.json()["pushAccountReceiptsValidityPeriod"], 15);
    let signature_data = json!({
        "callbackURL": "https://bank.example/callback/s", "completeIssuerAppActivation": true,
        "completeWebsiteActivation": false, "accountHolderDataSupplied": false,
    });
    assert_eq!(received.json()["signatureData"], signature_data);
}

#[tokio::test]
async fn digitization_data_is_requested_only_if_wanted_and_does_not_print() {
    let mut body = pushed();
    body["pushAccountReceipts"][0]["issuerInitiatedDigitizationData"] = json!("eyJhIjoxfQ==");
    for wanted in [true, false] {
        let mastercard = FakeServer::start([ok(&body)]);
        let push = PushMultipleAccounts {
            requests_digitization_data: wanted,
            ..PushMultipleAccounts::for_test(ENCRYPTED)
        };
        let accounts = token_connect(&mastercard).push_multiple_accounts(&push, soon()).await.unwrap();
        let [data] = &accounts.digitization_data[..] else { panic!() };
        assert_eq!(data.expose(), "eyJhIjoxfQ==");
        assert!(!format!("{accounts:?}").contains("eyJh"));
        let [sent] = mastercard.received().try_into().ok().unwrap();
        let flag = sent.json().get("requestIssuerInitiatedDigitizationData").cloned();
        assert_eq!(flag, wanted.then_some(json!(true)));
    }
}

#[tokio::test]
async fn a_push_whose_response_is_lost_is_not_retried() {
    for reply in
        [Reply::CloseConnection, status(503, ""), status(500, "{}"), ok("{\"pushAccountReceipts\":[{\"push")]
    {
        let mastercard = FakeServer::start([reply, ok(pushed())]);
        assert!(matches!(push_to(&mastercard).await, Err(PushError::Unknown(_))));
        assert_eq!(mastercard.received().len(), 1);
    }
}

#[tokio::test]
async fn a_push_that_was_not_sent_is_rejected() {
    let error = push_to(&FakeServer::unreachable()).await.unwrap_err();
    assert!(matches!(error, PushError::Rejected(MastercardError::Connect(_))));
}

#[tokio::test]
async fn an_ineligible_card_is_rejected_even_with_a_success_status() {
    let reason = json!([{"source": "MDES", "reasonCode": "ACCOUNT_INELIGIBLE", "description": "x"}]);
    let of_account = json!({"pushAccountReceipts": [{"pushAccountId": "CA-1", "errors": reason}]});
    let of_request = json!({"errors": reason, "pushAccountReceipts": null, "signature": null});
    for reply in [ok(&of_account), ok(&of_request), status(400, &of_request)] {
        let Err(PushError::Rejected(error)) = push_to(&FakeServer::start([reply])).await else { panic!() };
        assert_eq!(error.reason_codes()[0].as_str(), "ACCOUNT_INELIGIBLE");
    }
}

#[tokio::test]
async fn a_receipt_together_with_an_error_is_an_unknown_outcome() {
    let mut body = pushed();
    body["errors"] = json!([{"source": "MDES", "reasonCode": "ODD"}]);
    assert!(matches!(push_to(&FakeServer::start([ok(body)])).await, Err(PushError::Unknown(_))));

    let mut body = pushed();
    body["pushAccountReceipts"].as_array_mut().unwrap().push(json!({"pushAccountId": "CA-2"}));
    assert!(matches!(push_to(&FakeServer::start([ok(body)])).await, Err(PushError::Unknown(_))));

    for receipt in [String::new(), "R".repeat(65), "a b".into()] {
        let mut body = pushed();
        body["pushAccountReceipts"][0]["pushAccountReceipt"] = json!(receipt);
        assert!(matches!(push_to(&FakeServer::start([ok(body)])).await, Err(PushError::Unknown(_))));
    }
}

#[tokio::test]
async fn one_rejected_card_of_two_is_reported_and_the_other_has_its_receipt() {
    let mut body = pushed();
    let errors = json!([{"source": "MDES", "reasonCode": "ACCOUNT_INELIGIBLE"}, null]);
    body["pushAccountReceipts"]
        .as_array_mut()
        .unwrap()
        .push(json!({"pushAccountId": "CA-2", "errors": errors}));
    let accounts = push_to(&FakeServer::start([ok(body)])).await.unwrap();
    let [failure] = accounts.failures.try_into().unwrap();
    assert_eq!((accounts.receipts.len(), failure.push_account_id.as_deref()), (1, Some("CA-2")));
    assert_eq!(failure.reason_codes[0].as_str(), "ACCOUNT_INELIGIBLE");
}

#[tokio::test]
async fn a_push_is_not_lost_to_a_byte_order_mark_or_a_repeated_key() {
    let body = pushed().to_string();
    let repeated = body.replacen('{', "{\"signature\":\"x.y.z\",", 1);
    for body in [format!("\u{feff}{body}"), repeated] {
        let accounts = push_to(&FakeServer::start([ok(body)])).await.unwrap();
        assert_eq!(accounts.receipts[0].expose(), RECEIPT);
        assert_eq!(accounts.signature.unwrap().expose(), "a.b.c");
    }
}

#[tokio::test]
async fn a_response_is_parsed_despite_nulls_strings_and_unknown_fields() {
    let mut body = pushed();
    body["errors"] = json!([null]);
    body["tokenRequestorSignatureSupport"] = json!("FALSE");
    body["signature"] = json!("");
    body["availablePushMethods"] =
        json!([null, {"type": "VISION", "uri": "vision://pay", "new": 1}, {"type": "WEB"}]);
    body["pushAccountReceipts"][0]["errors"] = json!(null);
    body["pushAccountReceipts"][0]["pushAccountId"] = json!(7);
    body["future"] = json!({"a": [null]});
    let accounts = push_to(&FakeServer::start([ok(body)])).await.unwrap();
    assert_eq!((accounts.token_requestor_signature_support, accounts.signature), (Some(false), None));
    let [method] = accounts.available_push_methods.try_into().unwrap();
    assert_eq!(method.kind, PushMethodKind::Other("VISION".into()));

    let body = json!({"responseId": null, "pushAccountReceipts": [null], "signature": null, "errors": null});
    assert!(matches!(push_to(&FakeServer::start([ok(body)])).await, Err(PushError::Unknown(_))));
}

#[tokio::test]
async fn both_spellings_and_numbers_as_strings_are_accepted() {
    let mut requestor =
        click_to_pay(json!(["9399999999999999999", 5_555_560_000_000_000_000_u64, null, "x", -1]));
    requestor["tokenRequestorId"] = json!(50_123_197_928_u64);
    requestor["supportsCardHolderAuthentication"] = json!(false);
    requestor["walletId"] = json!(103);
    let [found] = eligible(json!({"tokenRequestors": [requestor]})).await.unwrap().try_into().unwrap();
    assert_eq!(found.token_requestor_id.as_str(), "50123197928");
    assert!(!found.supports_card_holder_authentication, "the specification's spelling counts");
    assert_eq!((found.enabled_account_ranges.len(), found.wallet_id.as_deref()), (2, Some("103")));
}

#[tokio::test]
async fn a_request_beyond_mastercards_limits_is_not_sent() {
    let mastercard = FakeServer::start([ok(pushed())]);
    let signature_data = SignatureData {
        callback_url: "x".repeat(257),
        complete_issuer_app_activation: true,
        complete_website_activation: true,
        account_holder_data_supplied: false,
        locale: None,
    };
    let mut push = PushMultipleAccounts {
        request_id: Uuid::nil(),
        token_requestor_id: "50123197928".parse().unwrap(),
        push_funding_accounts: PushFundingAccounts::for_test(ENCRYPTED),
        signature_data,
        receipts_validity_minutes: 5,
        requests_digitization_data: false,
    };
    let not_sent = |outcome| matches!(outcome, Err(PushError::Rejected(MastercardError::InvalidRequest(_))));
    assert!(not_sent(token_connect(&mastercard).push_multiple_accounts(&push, soon()).await));
    push.signature_data.callback_url.truncate(256);
    push.receipts_validity_minutes = 4;
    assert!(not_sent(token_connect(&mastercard).push_multiple_accounts(&push, soon()).await));
    assert!(mastercard.received().is_empty());
}
