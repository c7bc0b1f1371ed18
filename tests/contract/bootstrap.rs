//! The real binaries, started as Lambda starts them: one process per function, settings in environment variables, and the
//! Runtime API on loopback (`lambda-simulator`). Stores and Mastercard are those of a `World`.

mod extension;
mod lambda;

use std::fs;

use extension::Extension;
use lambda::{FUNCTIONS, FunctionError, Lambda};
use local::cardholder::Response;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::{open_world, openapi, world};

#[tokio::test]
async fn a_card_is_enabled_by_the_real_binaries() {
    let world = world().await;
    let sync = Lambda::start("sync-requestors", &world).await;
    let synced = sync.invoke(event("sync-requestors.json")).await.unwrap();
    let mut destination = event("fetch-assets.json");
    destination["responsePayload"] = synced;
    let fetch = Lambda::start("fetch-assets", &world).await;
    let fetched = fetch.invoke(destination).await.unwrap();
    let requestors = world.simulator().requestors().len();
    assert_eq!(
        (fetched["stored"].as_array().map(Vec::len), &fetched["failed"]),
        (Some(requestors), &json!([]))
    );

    let list = Lambda::start("list-requestors", &world).await;
    let listed = list.invoke_http(event("list-requestors.json")).await;
    assert_eq!(listed.0, 200);
    let offers = listed.1["tokenRequestors"].as_array().unwrap();
    assert!(offers.iter().any(|offer| offer["displayName"] == "Click to Pay"), "{offers:?}");
    assert!(offers.iter().all(|offer| offer["logos"].as_array().is_some_and(|logos| !logos.is_empty())));
    let compressed = list.invoke(event("list-requestors-gzip.json")).await.unwrap();
    let sent = (&compressed["isBase64Encoded"], &compressed["headers"]["content-encoding"]);
    assert_eq!(sent, (&json!(true), &json!("gzip")), "as API Gateway expects it");

    let cards = Lambda::start("list-cards", &world).await;
    assert_eq!(states(&cards).await, ["eligible", "eligible"]);
    let enroll = Lambda::start("enroll", &world).await;
    let mut request_to_enroll = event("enroll.json");
    let body = request_to_enroll["body"].as_str().unwrap();
    let accepted_at = jiff::Timestamp::now().to_string();
    request_to_enroll["body"] = body.replace("2026-01-05T10:29:58Z", &accepted_at).into();
    let (status, enrolled) = enroll.invoke_http(request_to_enroll).await;
    assert_eq!((status, &enrolled["status"]), (201, &json!("READY")));
    assert_eq!(states(&cards).await, ["eligible", "in_progress"]);
    let get = Lambda::start("get-enrollment", &world).await;
    let request = request(&enrolled["enrollmentId"]);
    let (status, listed) = get.invoke_http(request.clone()).await;
    assert_eq!((status, &listed["redirectUrl"]), (200, &enrolled["redirectUrl"]));

    let cardholder = world.cardholder("40000").unwrap();
    let page = cardholder.open_redirect(enrolled["redirectUrl"].as_str().unwrap()).await.unwrap();
    let callback_url = page.accept_terms().await.unwrap().callback_url().await.unwrap();
    let callback = Lambda::start("receive-callback", &world).await;
    let redirect = callback.invoke(callback_event(&callback_url)).await.unwrap();
    let link = redirect["headers"]["location"].as_str().unwrap_or_default();
    assert_eq!((&redirect["statusCode"], link.ends_with("outcome=completed")), (&json!(303), true));

    world.simulator().notifications_settled().await;
    assert_eq!(get.invoke_http(request).await.1["status"], "ENABLED");
    assert_eq!(states(&cards).await, ["eligible", "already_enabled"]);
    for lambda in [sync, fetch, list, cards, enroll, get, callback] {
        lambda.stop();
    }
}

#[tokio::test]
async fn a_notification_without_a_certificate_is_refused_by_the_real_binary() {
    let world = world().await;
    let receive = Lambda::start("receive-notification", &world).await;
    let (status, problem) = receive.invoke_http(event("receive-notification-without-certificate.json")).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    let (status, accepted) = receive.invoke_http(event("receive-notification-tar.json")).await;
    assert_eq!((status, accepted), (200, json!({"accepted": 1})));
    let reconcile = Lambda::start("reconcile-enrollments", &world).await;
    let report = reconcile.invoke(event("reconcile-enrollments.json")).await.unwrap();
    assert_eq!((&report["checked"], &report["failed"]), (&json!(0), &json!(0)));
    receive.stop();
    reconcile.stop();
}

#[tokio::test]
async fn a_quote_in_the_query_is_answered_by_the_real_binary() {
    let world = open_world().await;
    let callback = Lambda::start("receive-callback", &world).await;
    let mut quote = event("receive-callback-unknown-state.json");
    quote["rawQueryString"] = "x=\"1\"".into();
    quote["headers"]["host"] = "api.bank.example:99999".into();
    quote["headers"]["x-forwarded-proto"] = "https,http".into();
    let page = callback.invoke(quote.clone()).await.unwrap();
    assert_eq!(
        (&page["statusCode"], &page["headers"]["content-type"]),
        (&json!(404), &json!("text/html; charset=utf-8"))
    );
    quote["rawQueryString"] = "z".repeat(70_000).into();
    let (status, problem) = callback.invoke_http(quote).await;
    assert_eq!((status, &problem["code"]), (414, &json!("uri_too_long")));
    callback.stop();
}

#[tokio::test]
async fn a_function_without_its_settings_does_not_start_and_names_all_that_is_missing() {
    let world = world().await;
    for (function, missing) in FUNCTIONS {
        let log = Lambda::start_fails(function, &world, |name| missing.contains(&name), &[]).await;
        for name in missing {
            assert!(log.contains(&format!("{name} is not set")), "{function} does not name {name}: {log}");
        }
    }
}

#[tokio::test]
async fn a_function_with_a_bad_log_level_does_not_start_and_names_it_with_all_other_problems() {
    let world = world().await;
    let changes = [("LOG_LEVEL", "inof"), ("TENANT", "The Bank")];
    for (function, _) in FUNCTIONS {
        let log = Lambda::start_fails(function, &world, |_| false, &changes).await;
        for problem in ["LOG_LEVEL: must be a level", "TENANT: "] {
            assert!(log.contains(problem), "{function} does not report {problem}: {log}");
        }
    }
}

// As on AWS, where the extension can be called only once an event has arrived.
#[tokio::test]
async fn a_function_whose_secrets_are_ready_only_after_its_first_event_arrived_answers_it() {
    let world = open_world().await;
    let extension = Extension::start(&world, &[]).await;
    let cards = Lambda::start_with("list-cards", &world, &extension.variables()).await;
    extension.requested().await;
    let becoming_ready = async {
        extension.requested().await;
        extension.become_ready();
    };
    let (states, ()) = tokio::join!(states(&cards), becoming_ready);
    assert_eq!(states, ["eligible", "eligible"]);
    assert!(cards.stop().contains("init_deferred"));
}

#[tokio::test]
async fn a_function_without_secrets_answers_503_until_they_are_there_and_does_not_exit() {
    let world = open_world().await;
    let extension = Extension::start(&world, &[]).await;
    let variables = extension.variables();
    let (cards, get, sync) = tokio::join!(
        Lambda::start_with("list-cards", &world, &variables),
        Lambda::start_with("get-enrollment", &world, &variables),
        Lambda::start_with("sync-requestors", &world, &variables),
    );
    let (listed, got, failed) = tokio::join!(
        cards.invoke(event("list-cards.json")),
        get.invoke(event("get-enrollment.json")),
        sync.invoke(event("sync-requestors.json")),
    );
    for (template, sent) in [("/cards", listed), ("/enrollments/{enrollmentId}", got)] {
        let response = response(&sent.unwrap());
        assert_eq!((response.status, &response.body["code"]), (503, &json!("service_unavailable")));
        let again = (&response.body["retryable"], response.headers["retry-after"].as_str());
        assert_eq!(again, (&json!(true), "1"), "{template}");
        openapi::conforms(&Method::GET, template, &response);
    }
    assert_eq!(failed.unwrap_err().error_type, "Retryable");

    extension.become_ready();
    assert_eq!(states(&cards).await, ["eligible", "eligible"]);
    let (status, problem) = get.invoke_http(event("get-enrollment.json")).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    assert!(sync.invoke(event("sync-requestors.json")).await.unwrap()["requestors"].as_u64() > Some(0));
    for log in [cards.stop(), get.stop(), sync.stop()] {
        assert!(log.contains("init_deferred") && log.contains("answered 400"), "{log}");
    }
}

#[tokio::test]
async fn a_function_whose_keys_are_in_one_secret_asks_for_it_once() {
    let world = open_world().await;
    let extension = Extension::start(&world, &[]).await;
    extension.become_ready();
    let cards = Lambda::start_with("list-cards", &world, &extension.bundled_variables()).await;
    assert_eq!(states(&cards).await, ["eligible", "eligible"]);
    assert_eq!(extension.requests_of_bundle(), 1);
    let enroll = Lambda::start_with("enroll", &world, &extension.bundled_variables()).await;
    assert_eq!(extension.requests_of_bundle(), 2, "one for each process");
    enroll.stop();
    cards.stop();
}

#[tokio::test]
async fn keys_of_redirects_in_a_secret_with_other_keys_stop_init() {
    let world = world().await;
    let bundled =
        ("REDIRECT_KEYS", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:mastercard#redirects");
    for function in ["enroll", "get-enrollment"] {
        let log = Lambda::start_fails(function, &world, |_| false, &[bundled]).await;
        assert!(log.contains("REDIRECT_KEYS: must be a secret that holds nothing else"), "{function}: {log}");
    }
}

#[tokio::test]
async fn a_wrong_key_stops_init_although_the_extension_answers() {
    let world = world().await;
    let wrong = [("list-cards", "PROCESSING_SIGNING_KEY"), ("enroll", "CLIENT_ENCRYPTION_CERTIFICATE")];
    for (function, setting) in wrong {
        let extension = Extension::start(&world, &[(setting, "no key")]).await;
        extension.become_ready();
        let variables = extension.variables();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (&**name, &**value)).collect();
        let log = Lambda::start_fails(function, &world, |_| false, &variables).await;
        assert!(log.contains(setting) && log.contains("problem: Not"), "{function}: {log}");
    }
}

#[tokio::test]
async fn an_invalid_event_is_an_error_and_the_next_one_is_processed() {
    let world = open_world().await;
    let list = Lambda::start("list-requestors", &world).await;
    list.invoke(json!({"not": "an event"})).await.unwrap_err();
    assert_eq!(list.invoke_http(event("list-requestors.json")).await.0, 200);
    let fetch = Lambda::start("fetch-assets", &world).await;
    let failed = fetch.invoke(json!({"assets": [{"assetId": "unknown"}]})).await.unwrap_err();
    let message = "invalid event payload".to_owned();
    assert_eq!(failed, FunctionError { error_type: "NonRetryable".into(), error_message: message });
    let nothing = json!({"stored": [], "skipped": [], "failed": [], "refused": [], "remaining": 0});
    assert_eq!(fetch.invoke(json!({})).await.unwrap(), nothing);
    list.stop();
    fetch.stop();
}

fn event(file: &str) -> Value {
    let path = format!("{}/../events/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What a client gets of a function's response to API Gateway.
fn response(sent: &Value) -> Response {
    let headers = sent["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    let status = sent["statusCode"].as_u64().and_then(|status| status.try_into().ok()).unwrap();
    Response { status, headers, body: serde_json::from_str(sent["body"].as_str().unwrap()).unwrap() }
}

/// `GET /enrollments/{enrollmentId}` of the sample cardholder.
fn request(enrollment_id: &Value) -> Value {
    let mut event = event("get-enrollment.json");
    event["pathParameters"]["enrollmentId"] = enrollment_id.clone();
    event
}

/// API Gateway's event of the callback.
fn callback_event(callback: &Url) -> Value {
    let mut event = event("receive-callback-approved.json");
    event["rawPath"] = callback.path().into();
    event["rawQueryString"] = callback.query().unwrap().into();
    event["queryStringParameters"] = callback.query_pairs().collect();
    event["pathParameters"]["state"] = callback.path_segments().unwrap().next_back().unwrap().into();
    event
}

/// States of the sample cardholder's two cards.
async fn states(cards: &Lambda) -> Vec<Value> {
    let (status, response) = cards.invoke_http(event("list-cards.json")).await;
    assert_eq!(status, 200);
    response["cards"].as_array().unwrap().iter().map(|card| card["state"].clone()).collect()
}
