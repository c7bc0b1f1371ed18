//! `POST /enrollments`.

use jiff::{SignedDuration, Timestamp};
use local::cardholder::Cardholder;
use serde_json::{Value, json};

use super::{CARD_NUMBER, UnchangedWorld};
use crate::support::app::ApiRequest;

/// A valid request with the field at a JSON pointer changed.
fn with(pointer: &str, value: Value) -> ApiRequest {
    let mut request = Cardholder::smallest_request("70001");
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    if parent == "/accountHolder" || parent.starts_with("/accountHolder/") {
        request["accountHolder"] = json!({ "address": {} });
    }
    if parent == "/accountHolder/mobilePhoneNumber" {
        request["accountHolder"]["mobilePhoneNumber"] =
            json!({ "countryDialInCode": "44", "phoneNumber": "1" });
    }
    request.pointer_mut(parent).expect("a parent")[name] = value;
    ApiRequest::enroll(&request)
}

fn without(pointer: &str) -> ApiRequest {
    let mut request = Cardholder::smallest_request("70001");
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = request.pointer_mut(parent).and_then(Value::as_object_mut).expect("a parent");
    parent.remove(name).expect("the field");
    ApiRequest::enroll(&request)
}

#[tokio::test]
async fn a_request_without_one_of_its_fields_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    for field in [
        "/cardContractId",
        "/platform",
        "/callback",
        "/consent",
        "/consent/termsVersion",
        "/consent/acceptedAt",
    ] {
        unchanged.check_refused(&format!("without {field}"), &without(field), 400, "invalid_request").await;
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_field_that_is_unknown_ill_typed_or_too_long_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let tomorrow = (Timestamp::now() + SignedDuration::from_hours(24)).to_string();
    let yesterday = (Timestamp::now() - SignedDuration::from_hours(25)).to_string();
    let long = |length: usize| json!("zebra".repeat(length / 5 + 1));
    for (field, value) in [
        ("/nickname", json!("zebra")),
        ("/clientId", json!("40001")),
        ("/callbackUrl", json!("https://zebra.example/")),
        ("/consent/nickname", json!("zebra")),
        ("/accountHolder/nickname", json!("zebra")),
        ("/accountHolder/address/nickname", json!("zebra")),
        ("/cardContractId", json!(77319)),
        ("/cardContractId", json!(null)),
        ("/cardContractId", json!(["zebra"])),
        ("/cardContractId", json!("")),
        ("/cardContractId", json!("0")),
        ("/cardContractId", json!("-77319")),
        ("/cardContractId", json!("77319e1")),
        ("/cardContractId", json!("77319773197731977319")),
        ("/tokenRequestorId", json!("zebra")),
        ("/tokenRequestorId", json!("77319")),
        ("/tokenRequestorId", json!(77319)),
        ("/platform", json!("zebra")),
        ("/platform", json!("IOS")),
        ("/platform", json!(77319)),
        ("/callback", json!("zebra")),
        ("/callback", json!("https://zebra.example/")),
        ("/callback", json!({ "zebra": 77319 })),
        ("/callback", long(1000)),
        ("/locale", json!("zebra")),
        ("/locale", json!("zebra_GB")),
        ("/locale", json!("en GB")),
        ("/locale", json!(77319)),
        ("/consent", json!("zebra")),
        ("/consent", json!([])),
        ("/consent", json!(null)),
        ("/consent/termsVersion", json!("")),
        ("/consent/termsVersion", json!("zebra\nzebra")),
        ("/consent/termsVersion", json!(77319)),
        ("/consent/termsVersion", long(64)),
        ("/consent/acceptedAt", json!("zebra")),
        ("/consent/acceptedAt", json!("2026-01-05 zebra")),
        ("/consent/acceptedAt", json!("2026-77319-05T10:29:58Z")),
        ("/consent/acceptedAt", json!("2026-01-05T10:29:58Zzebra")),
        ("/consent/acceptedAt", json!("2026-01-05T10:29:58[zebra/zebra]")),
        ("/consent/acceptedAt", json!(77319)),
        ("/consent/acceptedAt", json!(tomorrow)),
        ("/consent/acceptedAt", json!("0008-01-05T10:29:58Z")),
        ("/consent/acceptedAt", json!("1970-01-01T00:00:00Z")),
        ("/consent/acceptedAt", json!(yesterday)),
        ("/accountHolder", json!("zebra")),
        ("/accountHolder/name", json!("zebra zebra\u{7}")),
        ("/accountHolder/name", json!(77319)),
        ("/accountHolder/name", long(27)),
        ("/accountHolder/emailAddress", json!("zebra")),
        ("/accountHolder/emailAddress", long(320)),
        ("/accountHolder/mobilePhoneNumber", json!("zebra")),
        ("/accountHolder/mobilePhoneNumber", json!({ "countryDialInCode": "44", "phoneNumber": "zebra" })),
        ("/accountHolder/mobilePhoneNumber", json!({ "countryDialInCode": "77319", "phoneNumber": "1" })),
        ("/accountHolder/mobilePhoneNumber", json!({ "phoneNumber": "77319" })),
        ("/accountHolder/address", json!("zebra")),
        ("/accountHolder/address/line1", long(64)),
        ("/accountHolder/address/line2", long(64)),
        ("/accountHolder/address/city", long(32)),
        ("/accountHolder/address/countrySubdivision", long(12)),
        ("/accountHolder/address/postalCode", long(16)),
        ("/accountHolder/address/country", json!("zebra")),
    ] {
        let case = format!("{field} as {value}");
        unchanged.check_refused(&case, &with(field, value), 400, "invalid_request").await;
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_card_number_is_refused_wherever_it_stands() {
    let unchanged = UnchangedWorld::start().await;
    let grouped = "5555 5555 5555 4444";
    let sentence = format!("zebra, my card is {CARD_NUMBER}!");
    for field in [
        "/cardContractId",
        "/tokenRequestorId",
        "/nickname",
        "/platform",
        "/callback",
        "/locale",
        "/consent",
        "/consent/termsVersion",
        "/consent/acceptedAt",
        "/accountHolder",
        "/accountHolder/name",
        "/accountHolder/emailAddress",
        "/accountHolder/mobilePhoneNumber/phoneNumber",
        "/accountHolder/address/line1",
        "/accountHolder/address/line2",
        "/accountHolder/address/city",
        "/accountHolder/address/countrySubdivision",
        "/accountHolder/address/postalCode",
        "/accountHolder/address/country",
    ] {
        for number in [json!(CARD_NUMBER), json!(grouped), json!(sentence), json!(5_555_555_555_554_444_u64)]
        {
            let case = format!("a card number in {field}");
            unchanged.check_refused(&case, &with(field, number), 400, "card_number_refused").await;
        }
    }
    let valid = ApiRequest::enroll(&Cardholder::smallest_request("70001"));
    for (case, request) in [
        ("as the name of a field", with(&format!("/{CARD_NUMBER}"), json!(1))),
        ("deep in an unknown field", with("/nickname", json!([{ "zebra": [grouped] }]))),
        ("in broken JSON", valid.clone().with_body(format!("{{\"zebra\": {CARD_NUMBER}"))),
        (
            "in text",
            valid
                .clone()
                .with_body(sentence.as_str())
                .without("content-type")
                .with("content-type", "text/plain"),
        ),
        ("in the media type", valid.clone().without("content-type").with("content-type", CARD_NUMBER)),
        ("in the query", ApiRequest { path: format!("/enrollments?zebra={CARD_NUMBER}"), ..valid.clone() }),
    ] {
        unchanged.check_refused(case, &request, 400, "card_number_refused").await;
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_body_that_is_not_one_json_object_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let valid = ApiRequest::enroll(&Cardholder::smallest_request("70001"));
    let twice = valid.body.repeat(2);
    let same_field_twice = valid.body.replacen('{', r#"{"platform":"zebra","#, 1);
    for body in [
        "",
        "{",
        "zebra",
        r#"{"zebra"#,
        "[]",
        "[{}]",
        "77319",
        "null",
        r#""zebra""#,
        &twice,
        &same_field_twice,
    ] {
        unchanged.check_refused(body, &valid.clone().with_body(body), 400, "invalid_request").await;
    }
    let deep = format!("{}{}", "[".repeat(7000), "]".repeat(7000));
    unchanged.check_refused("a deep body", &valid.clone().with_body(deep), 400, "invalid_request").await;
    let large = Cardholder::smallest_request("70001").to_string();
    for length in [16 * 1024 + 1, 1024 * 1024] {
        let padded = format!("{large}{}", " ".repeat(length - large.len()));
        unchanged
            .check_refused("a large body", &valid.clone().with_body(padded), 413, "request_too_large")
            .await;
    }
    let without_content_type = valid.without("content-type");
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonzebra", "zebra"] {
        let other = without_content_type.clone().with("content-type", media_type);
        unchanged.check_refused(media_type, &other, 415, "unsupported_media_type").await;
    }
    unchanged.check_refused("no media type", &without_content_type, 415, "unsupported_media_type").await;
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_request_without_one_good_idempotency_key_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let without_key = ApiRequest::enroll(&Cardholder::smallest_request("70001")).without("idempotency-key");
    unchanged.check_refused("no key", &without_key, 400, "idempotency_key_missing").await;
    for key in ["", "zebra zebra", "zebra/1", "zebra,zebra", &"zebra".repeat(13)] {
        unchanged
            .check_refused(key, &without_key.clone().with("idempotency-key", key), 400, "invalid_request")
            .await;
    }
    let two = without_key.with("idempotency-key", "zebra-1").with("idempotency-key", "zebra-2");
    unchanged.check_refused("two keys", &two, 400, "invalid_request").await;
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_requestor_that_is_unknown_or_unreachable_is_refused_before_anything_is_stored() {
    let unchanged = UnchangedWorld::start().await;
    let unknown = with("/tokenRequestorId", json!("50999999999"));
    unchanged.check_refused("an unknown requestor", &unknown, 404, "token_requestor_not_found").await;
    // Has push methods for apps only.
    let mut app_only = Cardholder::smallest_request("70001");
    app_only["tokenRequestorId"] = json!("50999000004");
    app_only["platform"] = json!("web");
    unchanged
        .check_refused("no push method", &ApiRequest::enroll(&app_only), 422, "platform_not_supported")
        .await;
    unchanged.check_unchanged().await;
}
