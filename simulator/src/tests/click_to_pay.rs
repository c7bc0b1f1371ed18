//! Steps 13 to 25 in the cardholder's browser.

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::issuer::{CALLBACK, Issuer, flat_search, push_body};
use crate::{CLICK_TO_PAY, CallbackStyle, TokenStatus};

fn receipt(pushed: &Value) -> &str {
    pushed["pushAccountReceipts"][0]["pushAccountReceipt"].as_str().unwrap()
}

#[tokio::test]
async fn accepting_the_terms_reports_approved_and_lists_the_token() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let (status, page) = issuer.open_redirect(&pushed).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("ending 4444") && page.contains("invented") && !page.contains("<script"));
    let page = issuer.press(&page, "accept").await.text().await.unwrap();
    assert!(page.contains("Your card is enabled"));

    let token = &issuer.simulator.tokens_of(40_000)[0];
    assert_eq!(token.status, TokenStatus::Active);
    let expected =
        format!("{CALLBACK}&results%5B{}%5D=APPROVED%7C{}", receipt(&pushed), token.token_unique_reference);
    assert_eq!(issuer.callback(&page).await, expected);
    let steps: Vec<u8> = issuer.simulator.journal().iter().map(|exchange| exchange.step).collect();
    assert_eq!(steps, [7, 8, 9, 10, 11, 13, 14, 15, 16, 18, 19, 20, 22, 23, 24, 25]);

    let journal = serde_json::to_string(&issuer.simulator.journal()).unwrap();
    assert!(journal.contains(r#""cardContractId":70001"#) && journal.contains("results[…]=APPROVED"));
    let signature = pushed["signature"].as_str().unwrap();
    for secret in [receipt(&pushed), signature, &token.token_unique_reference, "5555555555554444"] {
        assert!(!journal.contains(secret), "the journal repeats a secret");
    }
}

#[tokio::test]
async fn a_card_that_passes_the_push_may_be_declined_at_the_tar() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_001, 80_003, CLICK_TO_PAY).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert!(page.contains("Your card cannot be added"));
    assert!(issuer.callback(&page).await.ends_with("%5D=DECLINED"));
}

#[tokio::test]
async fn cancelling_reports_cancelled_and_removes_the_token() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert_eq!(issuer.simulator.tokens_of(40_000).len(), 1);
    let page = issuer.press(&page, "cancel").await.text().await.unwrap();
    assert!(issuer.callback(&page).await.ends_with("%5D=CANCELLED"));
    assert!(issuer.simulator.tokens_of(40_000).is_empty());
}

#[tokio::test]
async fn there_is_no_callback_before_the_terms_are_accepted_or_declined() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert!(!page.contains("/return"));
    let callback =
        page.split('"').find(|part| part.ends_with("/accept")).unwrap().replace("accept", "return");
    let response = issuer.http.get(issuer.url(&callback)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_card_blocked_after_the_push_is_declined() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    issuer.simulator.set_card_status(70_001, "43").unwrap();
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert!(issuer.callback(&page).await.ends_with("%5D=DECLINED"));
    assert!(issuer.simulator.tokens_of(40_000).is_empty());
}

#[tokio::test]
async fn a_receipt_is_valid_until_it_expires() {
    let issuer = Issuer::new().await;
    issuer.simulator.add_card(41_000, 110_001);
    issuer.simulator.add_card(41_000, 110_002);
    let early = issuer.enroll(41_000, 110_001, CLICK_TO_PAY).await;
    let late = issuer.enroll(41_000, 110_002, CLICK_TO_PAY).await;
    issuer.simulator.age_receipts(SignedDuration::from_mins(4));
    assert!(issuer.open_redirect(&early).await.1.contains("/accept"));
    issuer.simulator.age_receipts(SignedDuration::from_mins(11));
    assert!(!issuer.open_redirect(&late).await.1.contains("/accept"));
    assert_eq!(issuer.simulator.tokens_of(41_000).len(), 1);
}

#[tokio::test]
async fn an_expired_receipt_reports_an_error() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    issuer.simulator.expire_receipts();
    let (status, page) = issuer.open_redirect(&pushed).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("expired"));
    assert!(issuer.callback(&page).await.ends_with("%5D=ERROR"));
}

#[tokio::test]
async fn a_receipt_works_once() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    issuer.open_redirect(&pushed).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert!(issuer.callback(&page).await.ends_with("%5D=ERROR"));
    assert_eq!(issuer.simulator.tokens_of(40_000).len(), 1);
}

#[tokio::test]
async fn a_card_that_is_enabled_already_is_reported_as_a_duplicate() {
    let issuer = Issuer::new().await;
    issuer.enable(40_000, 70_001).await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert!(issuer.callback(&page).await.ends_with("%5D=DUPLICATE_REQUEST"));
}

#[tokio::test]
async fn a_receipt_for_one_requestor_is_invalid_at_another() {
    let issuer = Issuer::new().await;
    let mut pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let (_, found) = issuer.search(40_000, &flat_search(70_001, "50999000001")).await;
    let (_, wallet) = issuer.push(push_body("50999000001", &found)).await;
    pushed["availablePushMethods"] = wallet["availablePushMethods"].clone();
    let (_, page) = issuer.open_redirect(&pushed).await;
    assert!(issuer.callback(&page).await.ends_with("%5D=ERROR"));

    let (_, page) = issuer.open_redirect(&wallet).await;
    assert!(page.contains("Harbor Wallet"));
}

#[tokio::test]
async fn a_redirect_without_a_valid_signature_as_its_only_parameter_is_a_bad_request() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let signature = pushed["signature"].as_str().unwrap();
    let (signed, _) = signature.rsplit_once('.').unwrap();
    for query in [
        String::new(),
        format!("pushAccountData={signed}.AAAA"),
        format!("pushAccountData={signature}&callbackURL=https://evil.example"),
        format!("pushAccountReceipts={}", receipt(&pushed)),
    ] {
        let url = issuer.url(&format!("click-to-pay/provision?{query}"));
        let response = issuer.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    }
    assert!(issuer.simulator.tokens_of(40_000).is_empty());
}

#[tokio::test]
async fn an_app_is_opened_only_on_a_system_that_the_requestor_has_it_for() {
    const MERCHANT: &str = "50999000004";
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, MERCHANT).await;
    let signature = pushed["signature"].as_str().unwrap();
    let open = async |app: &str| {
        let url = issuer.url(&format!("requestors/{MERCHANT}/provision?{app}pushAccountData={signature}"));
        issuer.http.get(url).send().await.unwrap().status()
    };
    for app in ["", "app=web&", "app=ios&app=ios&"] {
        assert_eq!(open(app).await, StatusCode::BAD_REQUEST, "{app}");
    }
    assert!(issuer.simulator.tokens_of(40_000).is_empty());
    assert_eq!(open("app=ios&").await, StatusCode::OK);
}

#[tokio::test]
async fn a_token_that_needs_authentication_is_inactive_until_it_succeeds() {
    const WALLET: &str = "50999000001";
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_006, WALLET).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    let page = issuer.press(&page, "accept").await.text().await.unwrap();
    let page = issuer.press(&page, "fail").await.text().await.unwrap();
    let reference = issuer.simulator.tokens_of(40_000)[0].token_unique_reference.clone();
    let required = format!("%5D=REQUIRE_ADDITIONAL_AUTHENTICATION%7C{reference}");
    assert!(issuer.callback(&page).await.ends_with(&required));
    let (_, listed) = issuer.get_tokens("clients/40000/tokens").await;
    assert_eq!(listed["clientTokens"][0]["tokenStatus"], "Inactive");
    let tcn = |issuer: &Issuer| issuer.simulator.journal().iter().any(|exchange| exchange.step == 19);
    assert!(!tcn(&issuer));

    let page = issuer.press(&page, "authenticate").await.text().await.unwrap();
    assert!(tcn(&issuer));
    assert!(issuer.callback(&page).await.ends_with(&format!("%5D=APPROVED%7C{reference}")));
    assert_eq!(issuer.simulator.tokens_of(40_000)[0].status, TokenStatus::Active);
}

#[tokio::test]
async fn the_callback_style_changes_the_callback() {
    let issuer = Issuer::new().await;
    let pushed = issuer.enroll(40_000, 70_001, CLICK_TO_PAY).await;
    let (_, page) = issuer.open_redirect(&pushed).await;
    let page = issuer.press(&page, "result/AUTHENTICATED").await.text().await.unwrap();
    issuer.simulator.set_callback_style(CallbackStyle::Raw);
    assert!(
        issuer.callback(&page).await.contains(&format!("results[{}]=AUTHENTICATED|DM4", receipt(&pushed)))
    );
    issuer.simulator.set_callback_style(CallbackStyle::NoResults);
    assert_eq!(issuer.callback(&page).await, CALLBACK);
}

#[tokio::test]
async fn a_wallet_takes_several_cards_and_reports_each() {
    const WALLET: &str = "50999000001";
    let issuer = Issuer::new().await;
    let account = |card: u64| {
        json!({"pushAccountId": format!("CA-{card}"),
               "fundingAccountData": {"cardAccountData": {"cardContractId": card}}})
    };
    let body = json!({"tokenRequestorId": WALLET, "pushFundingAccounts": {
        "encryptedPayload": {"encryptedData": [account(70_001), account(70_002), account(70_005)]}}});
    let (_, found) = issuer.search(40_000, &body).await;
    let (_, pushed) = issuer.push(push_body(WALLET, &found)).await;
    issuer.simulator.set_card_status(70_002, "41").unwrap();

    let (status, page) = issuer.open_redirect(&pushed).await;
    assert_eq!(status, StatusCode::OK);
    let page = issuer.press(&page, "accept").await.text().await.unwrap();
    let callback = issuer.callback(&page).await;
    let results: Vec<&str> = callback.split("%5D=").skip(1).map(|rest| &rest[..8]).collect();
    assert_eq!(results, ["APPROVED", "DECLINED"]);
    assert_eq!(pushed["pushAccountReceipts"][2]["errors"][0]["reasonCode"], "ACCOUNT_INELIGIBLE");
}

#[tokio::test]
async fn digitization_data_opens_a_session_that_does_not_return_to_the_issuer() {
    const WALLET: &str = "50999000001";
    let issuer = Issuer::new().await;
    let (_, found) = issuer.search(40_000, &flat_search(70_001, WALLET)).await;
    let mut body = push_body(WALLET, &found);
    body["requestIssuerInitiatedDigitizationData"] = json!(true);
    let (_, pushed) = issuer.push(body).await;
    let data = pushed["pushAccountReceipts"][0]["issuerInitiatedDigitizationData"].as_str().unwrap();
    let hand_over = async |requestor: &str, data: &str| {
        let url = issuer.url(&format!("requestors/{requestor}/digitization-data"));
        let response = issuer.http.post(url).body(data.to_owned()).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    assert_eq!(hand_over("50999000004", data).await.0, StatusCode::BAD_REQUEST, "it does not support it");
    assert_eq!(hand_over(WALLET, "{}").await.0, StatusCode::BAD_REQUEST);
    assert!(issuer.simulator.tokens_of(40_000).is_empty());

    let (status, page) = hand_over(WALLET, data).await;
    assert_eq!(status, StatusCode::OK);
    let page = issuer.press(&page, "accept").await.text().await.unwrap();
    assert!(page.contains("You may close this page."));
    assert_eq!(issuer.simulator.tokens_of(40_000)[0].status, TokenStatus::Active);
}
