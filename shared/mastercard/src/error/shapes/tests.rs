use reqwest::StatusCode;
use serde_json::json;

use super::*;

fn answer(status: u16, body: impl ToString) -> ApiResponse {
    ApiResponse {
        upstream: Upstream::TokenConnect,
        operation: "pushMultipleAccounts",
        status: StatusCode::from_u16(status).unwrap(),
        body: body.to_string().into_bytes(),
        retry_after: None,
        correlation_id: "c-1".into(),
        base_string: "POST&https%3A%2F%2Fa.example%2F&oauth_nonce%3D1".into(),
    }
}

/// Who, with which codes, and whether to try again.
fn read(status: u16, body: impl ToString) -> (Upstream, Vec<String>, bool) {
    let error = answer(status, body).refused().unwrap();
    let codes = error.reason_codes().iter().map(ToString::to_string).collect();
    (error.upstream().unwrap(), codes, error.retryable())
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_a_success_can_be_a_failure() {
    let body = json!({"responseId":"1","errors":[{"source":"MDES","reasonCode":"ACCOUNT_INELIGIBLE","description":"x"}]});
    assert_eq!(read(200, body), (Upstream::TokenConnect, codes(&["ACCOUNT_INELIGIBLE"]), false));
    let body = json!({"errors":[{"source":"MDES","reasonCode":"SYSTEM_BUSY"}]});
    assert_eq!(read(200, body), (Upstream::TokenConnect, codes(&["SYSTEM_BUSY"]), true));
    let body =
        json!({"pushAccountReceipts":[{"pushAccountId":"1","errors":[{"reasonCode":"ACCOUNT_INELIGIBLE"}]}]});
    assert_eq!(read(200, body), (Upstream::TokenConnect, codes(&["ACCOUNT_INELIGIBLE"]), false));
}

#[test]
fn a_success_without_errors_is_one() {
    for body in [json!({}), json!({"errors":null,"errorCode":null}), json!({"errors":[]}), json!([1])] {
        assert!(answer(200, body).accepted().is_ok());
    }
}

#[test]
fn b_errors_come_with_a_status() {
    let body = json!({"errors":[{"source":"INPUT","reasonCode":"INVALID_FIELD_LENGTH","description":"x"}]});
    assert_eq!(read(400, body), (Upstream::TokenConnect, codes(&["INVALID_FIELD_LENGTH"]), false));
}

#[test]
fn c_the_gateway_writes_capitals() {
    let body = json!({"Errors":{"Error":[{"Source":"Gateway","ReasonCode":"INVALID_BODY_HASH","Description":"x",
        "Recoverable":false,"Details":null}]}});
    assert_eq!(read(400, body), (Upstream::Gateway, codes(&["INVALID_BODY_HASH"]), false));
    let body =
        json!({"Errors":{"Error":{"Source":"Security.Credential","ReasonCode":"AUTHENTICATION_FAILED"}}});
    assert_eq!(read(401, body), (Upstream::Gateway, codes(&["AUTHENTICATION_FAILED"]), false));
}

#[test]
fn d_processing_says_whether_to_try_again() {
    let body = |flag| json!({"Errors":{"Error":[{"Source":"CMS","ReasonCode":"LATER","Recoverable":flag}]}});
    assert_eq!(read(400, body(json!(true))), (Upstream::TokenConnect, codes(&["LATER"]), true));
    assert!(read(400, body(json!("true"))).2);
    assert!(!read(503, body(json!(false))).2);
    assert!(read(503, body(json!(null))).2);
    assert!(!read(403, body(json!(true))).2, "no repetition heals missing rights");
}

#[test]
fn e_half_empty_success_fields_are_a_failure() {
    let body =
        json!({"errorCode":"INVALID_PAN","errorDescription":"x","pushAccountReceipts":null,"signature":null});
    assert_eq!(read(200, body), (Upstream::TokenConnect, codes(&["INVALID_PAN"]), false));
    let body = json!({"errorCode":"X","errors":[{"reasonCode":"INVALID_PAN"}],"availablePushMethods":[null]});
    assert_eq!(read(200, body).1, codes(&["INVALID_PAN"]));
}

#[test]
fn f_enroll_writes_details() {
    let body = json!({"status":"INVALID_ARGUMENT","message":"x","errordetail":[{"reason":"BAD_CARD","message":"x"}]});
    assert_eq!(read(400, body), (Upstream::TokenConnect, codes(&["BAD_CARD"]), false));
    let body = json!({"status":"INVALID_STATE","reason":"LATER","message":"x","errordetail":[]});
    assert_eq!(read(400, body), (Upstream::TokenConnect, codes(&["LATER"]), false));
}

#[test]
fn g_network_equipment_does_not_speak_json() {
    assert_eq!(read(502, "<html>Bad gateway</html>"), (Upstream::Network, vec![], true));
    assert_eq!(read(404, ""), (Upstream::Network, vec![], false));
    assert_eq!(read(301, ""), (Upstream::Network, vec![], false));
}

#[test]
fn nothing_of_mastercards_text_is_shown() {
    let body = json!({"errors":[{"source":"INPUT","reasonCode":"no 5555555555554444","description":"5555555555554444"},
        {"reasonCode":"5555555555554444"},{"reasonCode":"INVALID_JSON"}]});
    let error = answer(400, body).refused().unwrap();
    let expected = "Token Connect refused pushMultipleAccounts with HTTP 400 UNREADABLE UNREADABLE INVALID_JSON, correlation id c-1";
    assert_eq!(error.to_string(), expected);
    assert!(!format!("{error:?}").contains("5555"));
}

#[test]
fn the_gateways_base_string_is_compared_with_ours() {
    let description = "Invalid signature. Acceptable signature base string: POST&https%3A%2F%2Fb.example%2F&oauth_nonce%3D1";
    let body = json!({"Errors":{"Error":[{"Source":"Gateway","ReasonCode":"AUTHENTICATION_FAILED","Description":description}]}});
    let error = answer(401, body).refused().unwrap();
    let base_strings = error.refusal().unwrap().base_strings.as_ref().unwrap();
    assert_eq!(base_strings.to_string(), "differ at 19, in the base URI");
    assert!(!format!("{error:?} {error}").contains("b.example"));
}

#[test]
fn one_error_of_the_data_is_enough_to_blame_it() {
    let source = |body| answer(400, body).refused().unwrap().refusal().unwrap().source;
    assert_eq!(source(json!({"errors":[{"source":"MDES"},{"source":"input"}]})), Source::Input);
    assert_eq!(source(json!({"errors":[{"source":"MDES"},null]})), Source::Mdes);
    assert_eq!(source(json!({"errors":[{"source":"NEW"}]})), Source::Other);
    assert_eq!(source(json!({})), Source::Other);
}

#[test]
fn bodies_from_hell_are_refusals_of_their_status() {
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
        assert!(answer(200, &body).accepted().is_ok(), "for its operation to find unreadable");
        let error = answer(503, &body).refused().unwrap();
        assert_eq!(
            (error.status(), error.reason_codes(), error.retryable()),
            (Some(503), [].as_slice(), true)
        );
    }
    let mut bytes = answer(500, "");
    bytes.body = vec![0xff; 64];
    assert_eq!(bytes.refused().unwrap().upstream(), Some(Upstream::Network));
}

#[test]
fn a_wait_is_read_in_seconds_or_until_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_792_567_680);
    assert_eq!(retry_after(" 3 ", now), Some(Duration::from_secs(3)));
    assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:20 GMT", now), Some(Duration::from_secs(20)));
    assert_eq!(retry_after("Wed, 21 Oct 2020 07:28:00 GMT", now), Some(Duration::ZERO));
    for header in ["", "-1", "1.5", "soon", "Wed, 99 Oct 2026 07:28:00 GMT"] {
        assert_eq!(retry_after(header, now), None, "{header}");
    }
}
