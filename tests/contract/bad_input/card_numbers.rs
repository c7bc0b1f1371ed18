//! What looks like a card number and is none, as phones, browsers and monitoring send it; and card numbers in spellings of
//! their own. The values are those of public bug reports.

use local::cardholder::Cardholder;
use serde_json::{Value, json};

use super::{CARD_NUMBER, UnchangedWorld};
use crate::support::app::{ApiRequest, App};

fn enroll_with(name: &str, value: Value) -> ApiRequest {
    let mut request = Cardholder::smallest_request("70001");
    request[name] = value;
    ApiRequest::enroll(&request)
}

/// A body for `POST /enrollments/{enrollmentId}/attempts` with this account holder.
fn attempt_with(enrollment_id: &str, account_holder: Value) -> ApiRequest {
    let mut body = Cardholder::smallest_request("70001");
    if let Some(fields) = body.as_object_mut() {
        fields.remove("cardContractId");
        fields.insert("accountHolder".into(), account_holder);
    }
    let path = format!("/enrollments/{enrollment_id}/attempts");
    ApiRequest { path, ..ApiRequest::enroll(&body) }
}

#[tokio::test]
async fn headers_of_monitoring_and_analytics_cookies_may_have_any_digits() {
    let app = App::start().await;
    let list = || ApiRequest::get("/token-requestors?platform=web");
    for request in [
        list()
            .with("x-datadog-trace-id", "922339758513678163")
            .with("x-datadog-parent-id", "5804755971877604743")
            .with("x-datadog-sampling-priority", "1")
            .with("x-datadog-origin", "rum"),
        list().with("x-cloud-trace-context", "105445aa7843bc8bf206b12000100000/1234567890123456785;o=1"),
        list().with("cookie", "optimizelyEndUserId=oeu1795859380123r0.9185907075021349"),
        list().with("cookie", "_ym_uid=1700000000251610956"),
        list().with("baggage", "sentry-sample_rand=0.4111111111111111").with("user-agent", CARD_NUMBER),
    ] {
        assert_eq!(app.send(&request).await.status, 200, "{:?}", request.headers);
    }
}

#[tokio::test]
async fn an_idempotency_key_may_have_any_digits_because_only_its_hash_is_stored() {
    let app = App::start().await;
    for (card, key) in [("70001", "178481613119345322"), ("70002", CARD_NUMBER)] {
        let request = ApiRequest::enroll(&Cardholder::smallest_request(card));
        let request = request.without("idempotency-key").with("idempotency-key", key);
        assert_eq!(app.send(&request).await.status, 201, "{key}");
        assert!(app.stored().await.iter().all(|item| !item.to_string().contains(key)), "{key}");
    }
}

#[tokio::test]
async fn a_cardholder_with_a_telephone_number_of_twelve_digits_enables_a_card() {
    let app = App::start().await;
    let number = json!({"countryDialInCode": "62", "phoneNumber": "811394411771"});
    let request = enroll_with("accountHolder", json!({"mobilePhoneNumber": number}));
    assert_eq!(app.send(&request).await.status, 201);
}

#[tokio::test]
async fn a_card_number_is_refused_however_it_is_written() {
    let unchanged = UnchangedWorld::start().await;
    for line1 in [
        "5555.5555.5555.4444",
        "5555_5555_5555_4444",
        "5555  5555  5555  4444",
        "5555/5555/5555/4444",
        "5555\u{A0}5555\u{A0}5555\u{A0}4444",
        "5555\u{2013}5555\u{2013}5555\u{2013}4444",
        "５５５５５５５５５５５５４４４４",
        "٥٥٥٥ ٥٥٥٥ ٥٥٥٥ ٤٤٤٤",
        "PAN5555555555554444",
        // Another bank's.
        "4111 1111 1111 1111",
    ] {
        let account_holder = json!({"address": {"line1": line1}});
        let request = enroll_with("accountHolder", account_holder.clone());
        unchanged.check_refused(line1, &request, 400, "card_number_refused").await;
        let restart = attempt_with(&unchanged.enrollment_id, account_holder);
        unchanged.check_refused(line1, &restart, 400, "card_number_refused").await;
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_card_number_of_the_bank_is_refused_as_a_card_contract_id_and_as_a_telephone_number() {
    let unchanged = UnchangedWorld::start().await;
    let telephone = json!({"mobilePhoneNumber": {"countryDialInCode": "1", "phoneNumber": CARD_NUMBER}});
    for request in [
        enroll_with("cardContractId", CARD_NUMBER.into()),
        enroll_with("accountHolder", telephone.clone()),
        attempt_with(&unchanged.enrollment_id, telephone),
        ApiRequest::get(format!("/cards?cardContractId={CARD_NUMBER}")),
        ApiRequest::get(format!("/enrollments?cardContractId={CARD_NUMBER}")),
    ] {
        unchanged.check_refused(&request.path.clone(), &request, 400, "card_number_refused").await;
    }
    unchanged.check_unchanged().await;
}
