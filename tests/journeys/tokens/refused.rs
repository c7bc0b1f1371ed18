//! Requests that change nothing: of another cardholder, of unknown tokens, ill-formed, or in a state without that action.

use serde_json::json;
use simulator::{CLICK_TO_PAY, Fault, Operation, Times};

use super::{CARD, Enabled, tokens};

#[tokio::test]
async fn a_card_of_another_cardholder_has_no_tokens_and_cannot_be_changed() {
    let enabled = Enabled::start().await;
    let stranger = enabled.world.cardholder("40001").unwrap();
    assert!(tokens(&stranger).await.is_empty());
    for action in ["suspend", "resume", "remove"] {
        let refused = stranger.change_token(CARD, &enabled.token_id, action, "k").await.unwrap();
        assert_eq!((refused.status, &refused.body["code"]), (404, &json!("not_found")), "{action}");
    }
    assert_eq!(enabled.changes_sent(), 0);
}

#[tokio::test]
async fn the_id_of_a_token_is_of_no_use_with_another_card_or_requestor() {
    let enabled = Enabled::start().await;
    enabled.world.simulator().add_token(70_002, CLICK_TO_PAY, "").unwrap();
    for (card, token) in [
        ("70002", enabled.token_id.as_str()),
        (CARD, "0123456789abcdef0123456789abcdef"),
        (CARD, "5555559999990007"),
        (CARD, "x"),
        ("abc", &enabled.token_id),
    ] {
        let refused = enabled.cardholder.change_token(card, token, "suspend", "k").await.unwrap();
        assert_eq!((refused.status, &refused.body["code"]), (404, &json!("not_found")), "{card} {token}");
    }
    assert_eq!(enabled.changes_sent(), 0);
}

#[tokio::test]
async fn a_removal_has_to_be_confirmed() {
    let enabled = Enabled::start().await;
    let path = format!("/cards/{CARD}/tokens/{}/remove", enabled.token_id);
    for body in
        [json!({}), json!({"confirm": false}), json!({"confirm": "yes"}), json!({"confirm": true, "x": 1})]
    {
        let refused = enabled.cardholder.change_token_with(&path, "k", &body).await.unwrap();
        assert_eq!((refused.status, &refused.body["code"]), (400, &json!("invalid_request")), "{body}");
    }
    assert_eq!(enabled.changes_sent(), 0);
    let path = format!("/cards/{CARD}/tokens/{}/suspend", enabled.token_id);
    let refused = enabled.cardholder.change_token_with(&path, "k", &json!({"confirm": true})).await.unwrap();
    assert_eq!(refused.status, 400, "suspending has no fields");
    let accepted = enabled.cardholder.change_token_with(&path, "k", &json!({})).await.unwrap();
    assert_eq!(accepted.status, 200);
}

#[tokio::test]
async fn a_token_in_another_state_has_no_such_action() {
    let enabled = Enabled::start().await;
    assert_eq!(enabled.changed("resume", "not-paused").await, super::pair("active", "unchanged"));
    enabled.changed("suspend", "pause").await;
    assert_eq!(enabled.changed("suspend", "twice").await, super::pair("suspended", "unchanged"));
    enabled.changed("remove", "away").await;
    for action in ["suspend", "resume"] {
        let (status, body) = enabled.change(action, &format!("late {action}").replace(' ', "-")).await;
        assert_eq!((status, &body["code"]), (409, &json!("token_not_changeable")), "{action}");
    }
    assert_eq!(enabled.changed("remove", "again").await, super::pair("removed", "unchanged"));
    assert_eq!(enabled.changes_sent(), 2);
}

#[tokio::test]
async fn a_key_is_for_one_action_on_a_token() {
    let enabled = Enabled::start().await;
    enabled.changed("suspend", "one").await;
    let (status, body) = enabled.change("remove", "one").await;
    assert_eq!((status, &body["code"]), (422, &json!("idempotency_key_reused")));
    let path = format!("/cards/{CARD}/tokens/{}/suspend", enabled.token_id);
    let without = enabled.cardholder.request(reqwest::Method::POST, &path, &[], String::new()).await.unwrap();
    assert_eq!((without.status, &without.body["code"]), (400, &json!("idempotency_key_missing")));
}

/// Processing refuses changes of a token, for good.
fn refuse_changes(enabled: &Enabled, code: u16, reason_code: &str, times: Times) {
    let (source, reason_code) = ("MASTERCARD PROCESSING".into(), reason_code.into());
    let refusal = Fault::ApiError { code, source, reason_code, recoverable: Some(false) };
    enabled.world.simulator().set_fault(Operation::SetTokenStatus, refusal, times);
}

#[tokio::test]
async fn a_refusal_for_the_sake_of_the_card_does_not_say_that_it_cannot_be_enabled() {
    let enabled = Enabled::start().await;
    refuse_changes(&enabled, 400, "CARD_CONTRACT_NOT_ACTIVE", Times::Always);
    let (status, body) = enabled.change("suspend", "pause").await;
    assert_eq!((status, &body["code"]), (502, &json!("mastercard_refused")));
}

#[tokio::test]
async fn a_token_that_somebody_else_removed_meanwhile_is_gone() {
    let enabled = Enabled::start().await;
    // The list still shows the token, and Mastercard does not know it any more.
    refuse_changes(&enabled, 404, "INVALID_TOKEN", Times::Next(2));
    let (status, body) = enabled.change("suspend", "pause").await;
    assert_eq!((status, &body["code"]), (409, &json!("token_not_changeable")));
    assert_eq!(enabled.status().await.0, "DEACTIVATED");
    assert_eq!(enabled.changed("remove", "away").await, super::pair("removed", "unchanged"));
}
