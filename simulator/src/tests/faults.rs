//! The fault menu.

use axum::http::StatusCode;
use reqwest::{Method, Response};

use super::issuer::{CREDIT, Issuer, flat, push_body, token_connect};
use crate::{CLICK_TO_PAY, Fault, Operation, Times};

async fn ask(issuer: &Issuer) -> Result<Response, reqwest::Error> {
    let body = format!(r#"{{"requestId":"r","accountRanges":["{CREDIT}"]}}"#);
    let path = "mdes/connect/1/0/getEligibleTokenRequestors";
    issuer.signed(&token_connect(), Method::POST, path, body).send().await
}

#[tokio::test]
async fn a_fault_strikes_as_often_as_asked_and_then_no_more() {
    let issuer = Issuer::new().await;
    let operation = Operation::GetEligibleTokenRequestors;
    issuer.simulator.set_fault(operation, Fault::Status { code: 503, json: false }, 2);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(ask(&issuer).await.unwrap().status());
    }
    assert_eq!(statuses, [StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK]);
    assert_eq!(issuer.simulator.calls(operation), 3);

    issuer.simulator.set_fault(operation, Fault::TooManyRequests { retry_after: 7 }, Times::Always);
    assert_eq!(ask(&issuer).await.unwrap().headers()["retry-after"], "7");
    issuer.simulator.clear_faults();
    assert_eq!(ask(&issuer).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_fault_about_one_account_range_leaves_other_calls_alone() {
    let issuer = Issuer::new().await;
    let operation = Operation::GetEligibleTokenRequestors;
    let broken = Fault::Status { code: 503, json: false };
    issuer.simulator.set_fault_about(operation, "5555560000000000000", broken.clone(), 1);
    assert_eq!(ask(&issuer).await.unwrap().status(), StatusCode::OK);
    issuer.simulator.set_fault_about(operation, CREDIT, broken, 1);
    assert_eq!(ask(&issuer).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ask(&issuer).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_token_requestor_can_move_its_page() {
    let issuer = Issuer::new().await;
    let mut moved = issuer.simulator.requestors().swap_remove(0);
    moved.push_page = Some("https://elsewhere.example/provision".parse().unwrap());
    issuer.simulator.add_requestor(moved);
    let listed = ask(&issuer).await.unwrap().text().await.unwrap();
    assert!(listed.contains(r#""uri":"https://elsewhere.example/provision""#), "{listed}");
}

#[tokio::test]
async fn bodies_break_in_every_way_of_the_menu() {
    let issuer = Issuer::new().await;
    let operation = Operation::GetEligibleTokenRequestors;
    let text = async |fault| {
        issuer.simulator.set_fault(operation, fault, 1);
        match ask(&issuer).await {
            Ok(response) => response.text().await.map_err(|_| "body"),
            Err(_) => Err("connection"),
        }
    };
    assert!(text(Fault::HtmlBadGateway).await.unwrap().starts_with("<html>"));
    assert_eq!(text(Fault::EmptyBody).await.unwrap(), "");
    assert!(text(Fault::WrongContent).await.unwrap().starts_with('['));
    assert!(text(Fault::ErrorsInOk { reason_code: "ODD".to_owned() }).await.unwrap().contains("ODD"));
    assert!(text(Fault::NullShape).await.unwrap().contains(r#""tokenRequestors":null"#));
    assert!(text(Fault::ExtraFields).await.unwrap().contains("alsoIntroducedTomorrow"));
    let truncated = text(Fault::TruncatedJson).await.unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&truncated).is_err() && !truncated.is_empty());
    assert_eq!(text(Fault::ResetMidBody).await, Err("body"));
    assert_eq!(text(Fault::HangUp).await, Err("connection"));
    assert_eq!(text(Fault::AnswerLost).await, Err("connection"));
}

#[tokio::test]
async fn a_push_whose_answer_is_lost_happened_all_the_same() {
    let issuer = Issuer::new().await;
    let (_, found) = issuer.search(40_000, &flat(70_001, CLICK_TO_PAY)).await;
    issuer.simulator.set_fault(Operation::PushMultipleAccounts, Fault::AnswerLost, 1);
    let body = push_body(CLICK_TO_PAY, &found).to_string();
    let path = "mdes/connect/1/0/pushMultipleAccounts";
    issuer.signed(&token_connect(), Method::POST, path, body).send().await.unwrap_err();
    assert_eq!(issuer.simulator.mastercard.records().receipts.len(), 1);
}
