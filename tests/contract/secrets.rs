//! No secret gets into logs, problem documents or `Debug` output, nor into the tables except for the short-lived redirect.

use std::{env, fmt::Debug, process::Command};

use local::cardholder::Cardholder;
use mastercard::secret::{
    CallbackState, IssuerInitiatedDigitizationData, PushAccountReceipt, RedirectUrl, Signature,
};
use serde_json::json;
use simulator::{Fault, Operation};

use crate::support::{
    app::{ApiRequest, App},
    leaks::{Leak, leak},
    logs,
    notification_client::NotificationClient,
};

#[test]
fn every_kind_of_secret_is_found_in_a_log_line() {
    let long_hex = "0f".repeat(64);
    let base64 = format!("MIIB{}", "IjANBgkqhkiG9w0B".repeat(4));
    let kinds = [
        ("a push account receipt", "receipt MCC-STL-0A1B2C was refused"),
        ("a push account receipt", "/callback?results%5BDMC-STL-0A1B2C%5D=APPROVED"),
        ("a JWS or JWE", "eyJhbGciOiJQUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl"),
        ("a JWS or JWE", "https://pay.example/?pushAccountData=eyJhbGciOiJSU0EifQ..aXY.Y2lwaGVy.dGFn"),
        ("a PEM block", "-----BEGIN PRIVATE KEY-----"),
        ("a key or certificate in base64", &base64),
        ("a long hexadecimal text", &long_hex),
        ("an Authorization header", "OAuth oauth_consumer_key=\"k\""),
        ("an Authorization header", "authorization: Bearer eyJh"),
        ("a callback state", "http://127.0.0.1:5/callback/3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("a card number", "card 5555555555554444 was refused"),
        ("a card number", "card 5555 5555 5555 4444 was refused"),
        ("a card number", "card=5555-5555-5555-4444"),
        ("a card number", "3782 822463 10005"),
        ("a token number", "token 5555555555554445"),
    ];
    for (kind, secret) in kinds {
        let line =
            json!({"level": "INFO", "target": "enroll", "fields": {"message": "a message", "cause": secret}});
        let field = "/fields/cause".to_owned();
        assert_eq!(leak(&line.to_string()), Some(Leak { kind, field }), "{kind}");
        assert_eq!(leak(secret).map(|leak| leak.kind), Some(kind), "{kind} outside a line");
    }
    let number = json!({"fields": {"pan": 5555555555554444_u64}}).to_string();
    assert!(leak(&number).is_some_and(|leak| leak.field == "/fields/pan"));
    assert!(leak(r#"{"fields":{"5555555555554444":1}}"#).is_some(), "the name of a field");
}

#[test]
fn an_ordinary_log_line_has_no_secret() {
    let harmless = [
        r#"{"timestamp":"2026-11-24T02:56:20.123456Z","level":"INFO","fields":{"event":"card_pushed"}}"#,
        r#"{"fields":{"enrollment_id":"0197b3c0-5f10-7c3e-8a51-3f6f0c9be001","correlation_id":"JKJaXmPLvHcESHA="}}"#,
        r#"{"fields":{"millis":1763952980123,"nanos":1763952980123456789,"took":0.1234567890123}}"#,
        "an all-digit id 55555555-5555-4444-8555-555555554444",
        "card contract 70001 in account range 5555550000000000000 of token requestor 50123197928",
        "http://127.0.0.1:45678/callback/{state} and GET /callback/{state}",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "DM4MMC0000abcdef0123456789abcdef0123456789abcdef",
        "call +44 7700 900123, MCC or DMC, Bearer, OAuth 1.0a, eyJ, MII",
        "",
    ];
    for line in harmless {
        assert_eq!(leak(line), None, "{line}");
    }
}

/// In a child process of this test binary.
#[test]
fn a_log_line_with_a_secret_ends_the_whole_run_and_is_not_repeated() {
    let run = Command::new(env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "contract::secrets::a_function_that_logs_a_secret"])
        .output()
        .expect("a run");
    let output = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert_eq!(run.status.code(), Some(70), "{output}");
    assert!(
        output.contains("world::contract::secrets logged a push account receipt in /fields/cause"),
        "{output}"
    );
    assert!(!output.contains("0A1B2C"), "the value is not repeated");
}

#[test]
#[ignore = "ends the run; the test above expects it to"]
fn a_function_that_logs_a_secret() {
    logs::watch();
    tracing::info!(cause = "receipt MCC-STL-0A1B2C was refused", "the push failed");
}

/// `support::logs` searches each line while the test runs.
#[tokio::test]
async fn a_journey_and_its_failures_are_logged_without_a_secret() {
    let app = App::start().await;
    let before = logs::lines();
    play_all_journeys(&app).await;
    app.world.reconcile().await.expect("a reconciliation");
    assert!(logs::lines() >= before + 12, "{} lines", logs::lines() - before);
    for code in [
        "catalog_refreshed",
        "card_pushed",
        "enrollment_status_changed",
        "notification_applied",
        "notification_unmatched",
        "request_rejected",
        "request_failed",
        "reconciliation_completed",
        "tls_handshake_failed",
    ] {
        assert!(logs::is_logged(code).await, "not logged: {code}");
    }
}

#[tokio::test]
async fn receipts_and_signatures_are_stored_only_sealed_and_only_while_they_can_be_used() {
    let app = App::start().await;
    play_all_journeys(&app).await;
    let ready = app.send(&ApiRequest::enroll(&Cardholder::smallest_request("70009"))).await;
    assert!(leak(&ready.body.to_string()).is_some(), "the check finds a receipt");
    let stored = app.stored().await;
    let sealed: Vec<_> = stored.iter().filter(|item| !item["redirect"].is_null()).collect();
    assert_eq!(sealed.len(), 1, "the redirect that can still be used");
    assert_eq!(sealed[0]["enrollmentId"], ready.body["enrollmentId"]);
    assert!(stored.len() >= 8, "{}", stored.len());
    for item in stored {
        assert_eq!(leak(&item.to_string()), None, "{}", item["sk"]);
    }
}

/// Enrollments that are enabled, cancelled, refused, lost and forged.
async fn play_all_journeys(app: &App) {
    let (cardholder, simulator) = (&app.cardholder, app.world.simulator());
    let request = |card: &str| ApiRequest::enroll(&Cardholder::smallest_request(card));
    for (card, button) in [("70001", "accept"), ("70002", "cancel")] {
        let ready = app.send(&request(card)).await.body;
        let redirect = ready["redirectUrl"].as_str().expect("a redirect");
        let page =
            cardholder.open_redirect(redirect).await.expect("a page").press(button).await.expect("a button");
        assert_eq!(page.return_to_bank().await.expect("a return").status, 303);
    }
    simulator.notifications_settled().await;
    for card in ["70003", "70004", "70005", "80001", "70001"] {
        assert!(app.send(&request(card)).await.status >= 400);
    }
    simulator.set_fault(Operation::PushMultipleAccounts, Fault::ResponseLost, 1);
    assert_eq!(app.send(&request("70006")).await.status, 503);
    simulator.set_fault(Operation::SearchFundingAccounts, Fault::TruncatedJson, simulator::Times::Always);
    assert!(app.send(&request("70007")).await.status >= 500);
    simulator.clear_faults();
    let mut card_number = Cardholder::smallest_request("70008");
    card_number["accountHolder"] = json!({ "name": "5555 5555 5555 4444" });
    assert_eq!(app.send(&ApiRequest::enroll(&card_number)).await.status, 400);
    let forged = "/callback/3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAA?results[MCC-STL-FORGED]=APPROVED";
    assert_eq!(app.send_as(&cardholder.with_token(""), &ApiRequest::get(forged)).await.status, 404);
    let client = NotificationClient::with_trusted_certificate(&app.world);
    assert_eq!(client.send(json!({"type": "TCN", "cardContractId": "99999"}).to_string()).await.status, 200);
    let unknown = NotificationClient::without_certificate(&app.world);
    assert!(unknown.try_send("{}").await.is_err());
    assert_eq!(app.send(&ApiRequest::get("/enrollments")).await.status, 200);
}

#[tokio::test]
async fn debug_output_has_no_secret() {
    let secret = "eyJhbGciOiJQUzI1NiJ9.e30.MCC-STL-0A1B2C";
    let printed: [&dyn Debug; 5] = [
        &PushAccountReceipt::new(secret),
        &IssuerInitiatedDigitizationData::new(secret),
        &Signature::new(secret),
        &RedirectUrl::new(secret),
        &CallbackState::new(secret),
    ];
    for printed in printed {
        let printed = format!("{printed:?} {printed:#?}");
        assert!(printed.contains("<redacted>") && !printed.contains("0A1B2C"));
    }
    let app = App::start().await;
    let printed = format!("{:?}", app.world.settings());
    let values: Vec<_> = app.world.settings().iter().map(|(_, value)| value.to_owned()).collect();
    assert!(
        values.iter().all(|value| value.is_empty() || !printed.contains(value.as_str())),
        "settings print"
    );
}
