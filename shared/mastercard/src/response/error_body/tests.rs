use reqwest::StatusCode;
use serde_json::json;

use super::*;

fn response(status: u16, body: impl ToString) -> ApiResponse {
    ApiResponse {
        upstream: Upstream::TokenConnect,
        operation: "pushMultipleAccounts",
        status: StatusCode::from_u16(status).unwrap(),
        body: body.to_string().into_bytes(),
        retry_after: None,
        clock_ahead_seconds: None,
        correlation_id: "c-1".into(),
        base_string: "POST&https%3A%2F%2Fa.example%2F&oauth_nonce%3D1".into(),
    }
}

/// Upstream, reason codes, and whether the error is retryable.
fn parsed(status: u16, body: impl ToString) -> (Upstream, Vec<String>, bool) {
    let error = response(status, body).error().unwrap();
    let codes = error.reason_codes().iter().map(ToString::to_string).collect();
    (error.upstream().unwrap(), codes, error.retryable())
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_a_success_status_can_report_errors() {
    let body = json!({"responseId":"1","errors":[{"source":"MDES","reasonCode":"ACCOUNT_INELIGIBLE","description":"x"}]});
    assert_eq!(parsed(200, body), (Upstream::TokenConnect, codes(&["ACCOUNT_INELIGIBLE"]), false));
    let body = json!({"errors":[{"source":"MDES","reasonCode":"SYSTEM_BUSY"}]});
    assert_eq!(parsed(200, body), (Upstream::TokenConnect, codes(&["SYSTEM_BUSY"]), true));
    let body =
        json!({"pushAccountReceipts":[{"pushAccountId":"1","errors":[{"reasonCode":"ACCOUNT_INELIGIBLE"}]}]});
    assert_eq!(parsed(200, body), (Upstream::TokenConnect, codes(&["ACCOUNT_INELIGIBLE"]), false));
}

#[test]
fn a_success_without_errors_is_a_success() {
    for body in [json!({}), json!({"errors":null,"errorCode":null}), json!({"errors":[]}), json!([1])] {
        assert!(response(200, body).into_success().is_ok());
    }
}

#[test]
fn b_errors_in_an_error_status() {
    let body = json!({"errors":[{"source":"INPUT","reasonCode":"INVALID_FIELD_LENGTH","description":"x"}]});
    assert_eq!(parsed(400, body), (Upstream::TokenConnect, codes(&["INVALID_FIELD_LENGTH"]), false));
}

#[test]
fn c_the_gateway_capitalizes_keys() {
    let body = json!({"Errors":{"Error":[{"Source":"Gateway","ReasonCode":"INVALID_BODY_HASH","Description":"x",
        "Recoverable":false,"Details":null}]}});
    assert_eq!(parsed(400, body), (Upstream::Gateway, codes(&["INVALID_BODY_HASH"]), false));
    let body =
        json!({"Errors":{"Error":{"Source":"Security.Credential","ReasonCode":"AUTHENTICATION_FAILED"}}});
    assert_eq!(parsed(401, body), (Upstream::Gateway, codes(&["AUTHENTICATION_FAILED"]), false));
}

#[test]
fn d_processing_sends_a_recoverable_flag() {
    let body = |flag| json!({"Errors":{"Error":[{"Source":"CMS","ReasonCode":"LATER","Recoverable":flag}]}});
    assert_eq!(parsed(400, body(json!(true))), (Upstream::TokenConnect, codes(&["LATER"]), true));
    assert!(parsed(400, body(json!("true"))).2);
    assert!(!parsed(503, body(json!(false))).2);
    assert!(parsed(503, body(json!(null))).2);
    assert!(!parsed(403, body(json!(true))).2, "a retry does not add permissions");
}

#[test]
fn e_an_error_code_among_null_fields_is_an_error() {
    let body =
        json!({"errorCode":"INVALID_PAN","errorDescription":"x","pushAccountReceipts":null,"signature":null});
    assert_eq!(parsed(200, body), (Upstream::TokenConnect, codes(&["INVALID_PAN"]), false));
    let body = json!({"errorCode":"X","errors":[{"reasonCode":"INVALID_PAN"}],"availablePushMethods":[null]});
    assert_eq!(parsed(200, body).1, codes(&["INVALID_PAN"]));
}

#[test]
fn f_errors_in_errordetail() {
    let body = json!({"status":"INVALID_ARGUMENT","message":"x","errordetail":[{"reason":"BAD_CARD","message":"x"}]});
    assert_eq!(parsed(400, body), (Upstream::TokenConnect, codes(&["BAD_CARD"]), false));
    let body = json!({"status":"INVALID_STATE","reason":"LATER","message":"x","errordetail":[]});
    assert_eq!(parsed(400, body), (Upstream::TokenConnect, codes(&["LATER"]), false));
}

#[test]
fn an_encrypted_error_is_not_the_networks() {
    let error = |status, body| response(status, body).error().unwrap();
    for field in ["encryptedData", "encryptedPayload", "encryptedValue"] {
        let error = error(404, json!({field: "a.b.c.d.e"}));
        assert!(error.api_error().unwrap().is_encrypted, "{field}");
        assert_eq!((error.upstream(), error.status()), (Some(Upstream::TokenConnect), Some(404)));
    }
    for body in [json!({"encryptedData": {}}), json!({"errorCode": "X", "encryptedData": "a"}), json!({})] {
        assert!(!error(404, body).api_error().unwrap().is_encrypted);
    }
}

#[test]
fn a_rejected_signature_without_a_source_is_the_gateways() {
    let body = json!({"Errors":{"Error":[{"ReasonCode":"AUTHENTICATION_FAILED"}]}});
    assert_eq!(parsed(401, body).0, Upstream::Gateway);
    let body = json!({"Errors":{"Error":[{"Source":"CMS","ReasonCode":"AUTHENTICATION_FAILED"}]}});
    assert_eq!(parsed(401, body).0, Upstream::TokenConnect);
}

#[test]
fn g_network_equipment_does_not_respond_in_json() {
    assert_eq!(parsed(502, "<html>Bad gateway</html>"), (Upstream::Network, vec![], true));
    assert_eq!(parsed(404, ""), (Upstream::Network, vec![], false));
    assert_eq!(parsed(301, ""), (Upstream::Network, vec![], false));
}

#[test]
fn no_text_of_mastercard_is_shown() {
    let body = json!({"errors":[{"source":"INPUT","reasonCode":"no 5555555555554444","description":"5555555555554444"},
        {"reasonCode":"5555555555554444"},{"reasonCode":"INVALID_JSON"}]});
    let error = response(400, body).error().unwrap();
    let expected = "Token Connect rejected pushMultipleAccounts with HTTP 400 UNREADABLE UNREADABLE INVALID_JSON, correlation id c-1";
    assert_eq!(error.to_string(), expected);
    assert!(!format!("{error:?}").contains("5555"));
}

#[test]
fn the_gateways_base_string_is_compared_with_ours() {
    let description = "Invalid signature. Acceptable signature base string: POST&https%3A%2F%2Fb.example%2F&oauth_nonce%3D1";
    let body = json!({"Errors":{"Error":[{"Source":"Gateway","ReasonCode":"AUTHENTICATION_FAILED","Description":description}]}});
    let error = response(401, body).error().unwrap();
    let base_strings = error.api_error().unwrap().base_strings.as_ref().unwrap();
    assert_eq!(base_strings.to_string(), "differ at 19, in the base URI");
    assert!(!format!("{error:?} {error}").contains("b.example"));
}

#[test]
fn one_input_error_makes_the_source_input() {
    let source = |body| response(400, body).error().unwrap().api_error().unwrap().source;
    assert_eq!(source(json!({"errors":[{"source":"MDES"},{"source":"input"}]})), ErrorSource::Input);
    assert_eq!(source(json!({"errors":[{"source":"MDES"},null]})), ErrorSource::Mdes);
    assert_eq!(source(json!({"errors":[{"source":"NEW"}]})), ErrorSource::Other);
    assert_eq!(source(json!({})), ErrorSource::Other);
}

#[test]
fn malformed_bodies_are_errors_of_their_status() {
    let nulls = json!({"Errors":null,"errors":[null,null],"errorCode":null,"errordetail":[null],"pushAccountReceipts":[null]});
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("{{\"errors\":[{}null]}}", "null,".repeat(1_000_000));
    let bodies = [
        nulls.to_string(),
        deep,
        long,
        "{\"errors\":[{\"reasonC".into(),
        "\0\0\0".into(),
        "null".into(),
        "[]".into(),
    ];
    for body in bodies {
        assert!(response(200, &body).into_success().is_ok(), "its operation reports it as invalid");
        let error = response(503, &body).error().unwrap();
        assert_eq!(
            (error.status(), error.reason_codes(), error.retryable()),
            (Some(503), [].as_slice(), true)
        );
    }
    let mut bytes = response(500, "");
    bytes.body = vec![0xff; 64];
    assert_eq!(bytes.error().unwrap().upstream(), Some(Upstream::Network));
}
