//! The control routes, the portal on disk, and secrets in the journal.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::issuer::{Issuer, send};
use crate::{CLICK_TO_PAY, Portal};

#[tokio::test]
async fn the_control_routes_change_everything() {
    let issuer = Issuer::new().await;
    let change = async |method: Method, path: &str, body: Value| {
        let request = issuer.http.request(method, issuer.url(&format!("__simulator/{path}")));
        let request = request.header("content-type", "application/json").body(body.to_string());
        request.send().await.unwrap().status()
    };
    let fault = json!({"fault": {"kind": "status", "code": 500, "json": true}, "times": {"next": 1}});
    let plan = json!({"tcn": {"copies": 0}, "tcnBeforeTar": true});
    let target = json!({"url": "http://127.0.0.1:9/notifications"});
    let token = format!("tokens/70001/{CLICK_TO_PAY}");
    for (method, path, body, expected) in [
        (Method::PUT, "cards/70001/status", json!({"status": "43"}), StatusCode::OK),
        (Method::PUT, "cards/110001", json!({"clientId": 41000}), StatusCode::OK),
        (Method::PUT, "cards/110001/status", json!({"status": "00"}), StatusCode::OK),
        (Method::PUT, "cards/1/status", json!({"status": "43"}), StatusCode::NOT_FOUND),
        (Method::PUT, "faults/getAsset", fault, StatusCode::OK),
        (Method::PUT, "faults/none", json!({}), StatusCode::BAD_REQUEST),
        (Method::DELETE, "faults", Value::Null, StatusCode::OK),
        (Method::PUT, "notifications/plan", plan, StatusCode::OK),
        (Method::PUT, "notifications/target", target, StatusCode::OK),
        (Method::DELETE, "notifications/target", Value::Null, StatusCode::OK),
        (Method::GET, "notifications/settled", Value::Null, StatusCode::OK),
        (Method::POST, "receipts/expire", Value::Null, StatusCode::OK),
        (Method::POST, "receipts/age", json!({"seconds": 60}), StatusCode::OK),
        (Method::PUT, &token, json!({"status": "Suspended"}), StatusCode::NOT_FOUND),
        (Method::PUT, "callback-style", json!("raw"), StatusCode::OK),
        (Method::DELETE, "requestors/50999000002/artwork", Value::Null, StatusCode::OK),
        (Method::DELETE, "requestors/50999000003", Value::Null, StatusCode::OK),
        (Method::POST, "requestors/50999000003/artwork", Value::Null, StatusCode::NOT_FOUND),
        (Method::DELETE, "requestors/50999000003/artwork", Value::Null, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(change(method, path, body).await, expected, "{path}");
    }
    let (_, overview) = send(issuer.http.get(issuer.url("__simulator"))).await;
    let cards = overview["cards"].as_array().unwrap();
    let card = cards.iter().find(|card| card["cardContractId"] == 70_001).unwrap();
    assert_eq!(card["status"], "43");
    assert_eq!(overview["requestors"].as_array().unwrap().len(), 4);
    assert_eq!(overview["notificationPlan"]["tcn"]["copies"], 0);
}

#[tokio::test]
async fn the_journal_contains_neither_receipt_nor_signature_nor_card_number() {
    let issuer = Issuer::new().await;
    let callback = issuer.enable(40_000, 70_001).await;
    let receipt = callback.split("%5B").nth(1).and_then(|rest| rest.split("%5D").next()).unwrap();
    let (_, journal) = send(issuer.http.get(issuer.url("__simulator/journal"))).await;
    let journal = journal.to_string();
    for secret in [receipt, "eyJ", "5555555555554444", "DM4", "oauth_signature"] {
        assert!(!journal.contains(secret), "{secret}");
    }
    assert!(journal.contains("tokenization authorization request"));
}

#[test]
fn a_portal_is_the_same_after_a_restart_and_never_prints_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let first = Portal::load_or_generate(dir.path()).unwrap();
    let again = Portal::load_or_generate(dir.path()).unwrap();
    let key = |portal: &Portal| portal.credentials().processing_consumer_key.clone();
    assert_eq!(key(&first), key(&again));
    assert_eq!(key(&first).len(), 97);
    let printed = format!("{first:?} {:?}", first.credentials());
    assert!(!printed.contains("PRIVATE"), "{printed}");

    first.credentials().write_to(&dir.path().join("issuer")).unwrap();
    let pem = std::fs::read_to_string(dir.path().join("issuer/client-encryption-certificate.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
}
