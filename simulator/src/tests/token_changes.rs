//! `setTokenStatus` and `relinkTokensToAnotherCard`.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::issuer::{Issuer, reason, send};
use super::signing::processing;
use crate::{CLICK_TO_PAY, Options, Suspender, TokenStatus};

const WALLET: &str = "50999000001";

async fn issuer() -> Issuer {
    let issuer = Issuer::with(Options { processing_jwe: false, ..Options::default() }).await;
    for requestor in [CLICK_TO_PAY, WALLET] {
        issuer.simulator.add_token(70_001, requestor, "").unwrap();
    }
    issuer
}

async fn put(issuer: &Issuer, path: &str, body: &Value) -> (StatusCode, Value) {
    let path = format!("global-processing/digital/cards/{path}");
    send(issuer.signed(&processing(), Method::PUT, &path, body.to_string())).await
}

async fn numbers(issuer: &Issuer) -> Vec<String> {
    let (_, list) = issuer.get_tokens("clients/40000/tokens").await;
    let tokens = list["clientTokens"].as_array().unwrap();
    tokens.iter().map(|token| token["tokenNumber"].as_str().unwrap().to_owned()).collect()
}

fn statuses(issuer: &Issuer) -> Vec<TokenStatus> {
    issuer.simulator.tokens_of(40_000).iter().map(|token| token.status).collect()
}

#[tokio::test]
async fn one_token_is_suspended_resumed_and_removed_without_a_notification() {
    use TokenStatus::{Active, Deactivated, Suspended};
    let issuer = issuer().await;
    let number = &numbers(&issuer).await[0];
    for (word, expected) in [("SUSPEND", Suspended), ("RESUME", Active), ("DEACTIVATE", Deactivated)] {
        let (status, _) =
            put(&issuer, "70001/tokens", &json!({"tokenStatus": word, "tokenNumber": number})).await;
        assert_eq!((status, statuses(&issuer)), (StatusCode::NO_CONTENT, vec![expected, Active]), "{word}");
    }
    let again = put(&issuer, "70001/tokens", &json!({"tokenStatus": "RESUME", "tokenNumber": number})).await;
    assert_eq!((again.0, reason(&again.1)), (StatusCode::NOT_FOUND, "INVALID_TOKEN"));
}

#[tokio::test]
async fn without_a_number_all_tokens_of_the_card_change() {
    let issuer = issuer().await;
    let (status, _) = put(&issuer, "70001/tokens", &json!({"tokenStatus": "SUSPEND"})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(statuses(&issuer), [TokenStatus::Suspended; 2]);
}

#[tokio::test]
async fn a_token_that_the_requestor_suspended_too_stays_suspended() {
    let issuer = issuer().await;
    issuer.simulator.suspend_token_by(70_001, CLICK_TO_PAY, Suspender::TokenRequestor).unwrap();
    let number = &numbers(&issuer).await[0];
    for word in ["SUSPEND", "RESUME"] {
        put(&issuer, "70001/tokens", &json!({"tokenStatus": word, "tokenNumber": number})).await;
        assert_eq!(statuses(&issuer)[0], TokenStatus::Suspended, "{word}");
    }
    issuer.simulator.resume_token(70_001, CLICK_TO_PAY).unwrap();
    assert_eq!(statuses(&issuer)[0], TokenStatus::Active);
}

#[tokio::test]
async fn the_failures_of_the_sandbox_are_those_of_mastercard() {
    let issuer = issuer().await;
    let resume = json!({"tokenStatus": "RESUME"});
    let move_to = |card: u64| json!({"newCardContractId": card});
    for (path, body, status, expected) in [
        ("90001/tokens", &resume, StatusCode::NOT_FOUND, "INVALID_TOKEN"),
        ("70001/tokens", &json!({"tokenStatus": "Freeze"}), StatusCode::BAD_REQUEST, "INVALID_FIELD_VALUE"),
        ("1/tokens", &resume, StatusCode::NOT_FOUND, "CARD_CONTRACT_NOT_FOUND"),
        ("10003/token-relinks", &move_to(10_003), StatusCode::BAD_REQUEST, "INVALID_TOKEN"),
        ("10003/token-relinks", &move_to(70_002), StatusCode::BAD_REQUEST, "INVALID_TOKEN"),
        ("70001/token-relinks", &move_to(1), StatusCode::NOT_FOUND, "CARD_CONTRACT_NOT_FOUND"),
        ("70001/token-relinks", &move_to(70_004), StatusCode::BAD_REQUEST, "CARD_CONTRACT_NOT_ACTIVE"),
        ("70001/token-relinks", &move_to(80_001), StatusCode::BAD_REQUEST, "INVALID_CARD_CONTRACT"),
    ] {
        let (actual, body) = put(&issuer, path, body).await;
        assert_eq!((actual, reason(&body)), (status, expected), "{path}");
    }
}

#[tokio::test]
async fn the_client_of_the_sandbox_has_three_tokens_of_differing_status_and_nobody_else_has_one() {
    use TokenStatus::{Active, Deactivated, Suspended};
    let issuer = Issuer::with(Options { sandbox_tokens: true, ..Options::default() }).await;
    assert_eq!(statuses(&issuer), [Active, Suspended, Deactivated]);
    assert_eq!(issuer.get_tokens("clients/650971000/tokens").await.1["clientTokens"], json!([]));
    assert_eq!(Issuer::new().await.simulator.tokens_of(40_000), []);
}

#[tokio::test]
async fn tokens_move_to_the_new_card() {
    let issuer = issuer().await;
    let number = &numbers(&issuer).await[0];
    let body = json!({"newCardContractId": 70_002, "tokenNumber": number});
    assert_eq!(put(&issuer, "70001/token-relinks", &body).await.0, StatusCode::NO_CONTENT);
    let cards = |issuer: &Issuer| {
        issuer.simulator.tokens_of(40_000).iter().map(|token| token.card_contract_id).collect::<Vec<_>>()
    };
    assert_eq!(cards(&issuer), [70_002, 70_001]);
    assert_eq!(
        put(&issuer, "70001/token-relinks", &json!({"newCardContractId": 70_002})).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(cards(&issuer), [70_002, 70_002]);
}
