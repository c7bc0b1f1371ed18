//! Injected faults.

use axum::http::StatusCode;
use reqwest::{Method, Response};

use super::issuer::{CREDIT, Issuer, flat_search, push_body};
use super::signing::token_connect;
use crate::{CLICK_TO_PAY, Fault, Operation, Times};

async fn list_requestors(issuer: &Issuer) -> Result<Response, reqwest::Error> {
    let body = format!(r#"{{"requestId":"r","accountRanges":["{CREDIT}"]}}"#);
    let path = "mdes/connect/1/0/getEligibleTokenRequestors";
    issuer.signed(&token_connect(), Method::POST, path, body).send().await
}

#[tokio::test]
async fn a_fault_affects_as_many_calls_as_set() {
    let issuer = Issuer::new().await;
    let operation = Operation::GetEligibleTokenRequestors;
    issuer.simulator.set_fault(operation, Fault::Status { code: 503, json: false }, 2);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(list_requestors(&issuer).await.unwrap().status());
    }
    assert_eq!(statuses, [StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK]);
    assert_eq!(issuer.simulator.calls(operation), 3);

    issuer.simulator.set_fault(operation, Fault::TooManyRequests { retry_after: 7 }, Times::Always);
    assert_eq!(list_requestors(&issuer).await.unwrap().headers()["retry-after"], "7");
    issuer.simulator.clear_faults();
    assert_eq!(list_requestors(&issuer).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_fault_for_one_account_range_does_not_affect_other_calls() {
    let issuer = Issuer::new().await;
    let operation = Operation::GetEligibleTokenRequestors;
    let broken = Fault::Status { code: 503, json: false };
    issuer.simulator.set_fault_matching(operation, "5555560000000000000", broken.clone(), 1);
    assert_eq!(list_requestors(&issuer).await.unwrap().status(), StatusCode::OK);
    issuer.simulator.set_fault_matching(operation, CREDIT, broken, 1);
    assert_eq!(list_requestors(&issuer).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(list_requestors(&issuer).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_token_requestor_can_move_its_page() {
    let issuer = Issuer::new().await;
    let mut moved = issuer.simulator.requestors().swap_remove(0);
    moved.push_page = Some("https://external.example/provision".parse().unwrap());
    issuer.simulator.add_requestor(moved);
    let listed = list_requestors(&issuer).await.unwrap().text().await.unwrap();
    assert!(listed.contains(r#""uri":"https://external.example/provision""#), "{listed}");
}

#[tokio::test]
async fn every_fault_damages_the_response_as_described() {
    let issuer = Issuer::new().await;
    let operation = Operation::GetEligibleTokenRequestors;
    let text = async |fault| {
        issuer.simulator.set_fault(operation, fault, 1);
        match list_requestors(&issuer).await {
            Ok(response) => response.text().await.map_err(|_| "body"),
            Err(_) => Err("connection"),
        }
    };
    assert!(text(Fault::HtmlBadGateway).await.unwrap().starts_with("<html>"));
    assert_eq!(text(Fault::EmptyBody).await.unwrap(), "");
    assert!(text(Fault::WrongContent).await.unwrap().starts_with('['));
    assert!(text(Fault::ErrorsInOk { reason_code: "ODD".to_owned() }).await.unwrap().contains("ODD"));
    assert!(text(Fault::NullFields).await.unwrap().contains(r#""tokenRequestors":null"#));
    assert!(text(Fault::ExtraFields).await.unwrap().contains("alsoIntroducedTomorrow"));
    let other_name = Fault::Rewritten { find: "Click to Pay".into(), replace: "Other".into() };
    assert!(text(other_name).await.unwrap().contains("Other"));
    let truncated = text(Fault::TruncatedJson).await.unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&truncated).is_err() && !truncated.is_empty());
    assert_eq!(text(Fault::ResetMidBody).await, Err("body"));
    assert_eq!(text(Fault::ConnectionClosed).await, Err("connection"));
    assert_eq!(text(Fault::ResponseLost).await, Err("connection"));
}

#[tokio::test]
async fn a_push_whose_response_is_lost_still_issues_a_receipt() {
    let issuer = Issuer::new().await;
    let (_, found) = issuer.search(40_000, &flat_search(70_001, CLICK_TO_PAY)).await;
    issuer.simulator.set_fault(Operation::PushMultipleAccounts, Fault::ResponseLost, 1);
    let body = push_body(CLICK_TO_PAY, &found).to_string();
    let path = "mdes/connect/1/0/pushMultipleAccounts";
    issuer.signed(&token_connect(), Method::POST, path, body).send().await.unwrap_err();
    assert_eq!(issuer.simulator.mastercard.records().receipts.len(), 1);
}
