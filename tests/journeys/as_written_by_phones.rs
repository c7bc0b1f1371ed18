//! Ids, locales, names, queries and callbacks as phones, browsers and HTTP libraries write them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use local::cardholder::Cardholder;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::support::open_world;

/// What Token Connect signed for the token requestor.
fn signed(redirect_url: &Value) -> Value {
    let url: Url = redirect_url.as_str().unwrap().parse().unwrap();
    let (_, jws) = url.query_pairs().find(|(name, _)| name == "pushAccountData").unwrap();
    let payload = jws.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The response to a valid request with one field set.
async fn enroll_with(cardholder: &Cardholder, card: &str, field: &str, value: Value) -> Value {
    let mut request = Cardholder::smallest_request(card);
    request[field] = value;
    let response = cardholder.enroll_request(&Uuid::new_v4().to_string(), &request).await.unwrap();
    assert_eq!(response.status, 201, "{field}: {}", response.body);
    response.body
}

#[tokio::test]
async fn an_enrollment_is_found_by_its_id_in_upper_case() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let id = enrollment["enrollmentId"].as_str().unwrap();
    let read = cardholder.get_enrollment(&id.to_uppercase()).await.unwrap();
    assert_eq!((read.status, &read.body["enrollmentId"]), (200, &json!(id)));
    let body = Cardholder::restart_body();
    let restarted = cardholder.restart_request(&id.to_uppercase(), "another-tap", &body).await.unwrap();
    assert_eq!((restarted.status, &restarted.body["enrollmentId"]), (201, &json!(id)));
    let repeated = cardholder.restart_request(id, "another-tap", &body).await.unwrap();
    assert_eq!(repeated.body, restarted.body, "the same id in lower case is the same request");
    let other = world.cardholder("40001").unwrap();
    assert_eq!(other.get_enrollment(&id.to_uppercase()).await.unwrap().status, 404);
}

#[tokio::test]
async fn a_phones_locale_reaches_the_token_requestor_as_language_and_country() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let locales = [
        ("zh-Hans_CN", json!("zh_CN")),
        ("sr-Latn_RS", json!("sr_RS")),
        ("en_001", Value::Null),
        ("es_419", Value::Null),
        ("en_US_POSIX", json!("en_US")),
        ("en-GB", json!("en_GB")),
    ];
    for ((locale, expected), card) in locales.into_iter().zip(70006..) {
        let ready = enroll_with(&cardholder, &card.to_string(), "locale", json!(locale)).await;
        assert_eq!(signed(&ready["redirectUrl"])["locale"], expected, "{locale}");
    }
}

#[tokio::test]
async fn a_name_in_decomposed_letters_fits_token_connects_limit() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let name = "JOSE\u{301} MARI\u{301}A DE LA CRUZ GO\u{301}MEZ";
    let ready = enroll_with(&cardholder, "70001", "accountHolder", json!({ "name": name })).await;
    assert_eq!(signed(&ready["redirectUrl"])["accountHolderDataSupplied"], true);
    let nothing = json!({ "name": "", "address": { "line1": " " } });
    let ready = enroll_with(&cardholder, "70006", "accountHolder", nothing).await;
    assert_eq!(signed(&ready["redirectUrl"])["accountHolderDataSupplied"], false);
}

#[tokio::test]
async fn a_parameter_against_caching_changes_no_response() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    for path in ["/token-requestors?platform=web", "/cards?cardContractId=70001", "/enrollments?limit=5"] {
        let plain = cardholder.get(path).await.unwrap();
        let mut response = cardholder.get(&format!("{path}&_=1795859380123")).await.unwrap();
        if let Some(read_at) = response.body.get_mut("cardsAsOf") {
            *read_at = plain.body["cardsAsOf"].clone();
        }
        assert_eq!((response.status, response.body), (200, plain.body), "{path}");
    }
    let misspelled = cardholder.get("/enrollments?limitt=5").await.unwrap();
    assert_eq!((misspelled.status, &misspelled.body["errors"][0]["parameter"]), (400, &json!("limitt")));
}

/// The outcome for the app, and the detail in the timeline, of a browser that returns with this query; `RECEIPT` is
/// replaced.
async fn outcome_of(query: &str, at: &str) -> (String, Value) {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let claims = signed(&enrollment["redirectUrl"]);
    let receipt = claims["pushAccountReceipts"][0].as_str().unwrap();
    let callback = claims["callbackURL"].as_str().unwrap();
    let callback: Url = format!("{callback}{at}?{}", query.replace("RECEIPT", receipt)).parse().unwrap();
    let returned = cardholder.open_callback(callback).await.unwrap();
    assert_eq!(returned.status, 303, "{query}");
    let link = returned.app_link.unwrap();
    let outcome = link.query_pairs().find(|(name, _)| name == "outcome").unwrap().1.into_owned();
    let read = cardholder.get_enrollment(enrollment["enrollmentId"].as_str().unwrap()).await.unwrap().body;
    let mut timeline = read["timeline"].as_array().unwrap().iter();
    let detail =
        timeline.find(|entry| entry["event"] == "cardholder_returned").map(|it| it["detail"].clone());
    (outcome, detail.unwrap_or_default())
}

#[tokio::test]
async fn a_callback_keeps_its_result_in_the_spellings_of_the_field() {
    for (query, outcome, detail) in [
        ("results%5BRECEIPT%5D=CANCELED", "cancelled", "cancelled"),
        ("results%255BRECEIPT%255D=APPROVED%257CTOKEN", "completed", "approved"),
        ("s=1&amp;results%5BRECEIPT%5D=DECLINED", "declined", "declined"),
    ] {
        assert_eq!(outcome_of(query, "").await, (outcome.into(), json!(detail)), "{query}");
    }
}

#[tokio::test]
async fn a_callback_with_a_slash_at_the_end_brings_the_cardholder_home() {
    let home = outcome_of("results%5BRECEIPT%5D=APPROVED", "/").await;
    assert_eq!(home, ("completed".into(), json!("approved")));
}
