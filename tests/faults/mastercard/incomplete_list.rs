//! A token list that announces more tokens than it has proves of no token that it is absent. Each function treats it as a list
//! that it could not read.

use jiff::SignedDuration;
use local::{Options, World};
use serde_json::json;
use simulator::{CLICK_TO_PAY, Fault, Operation, Times};

use crate::support::open_world_with;

const CARD: &str = "70001";

/// A world in which Processing's responses are not encrypted, so that a fault can rewrite them.
async fn plain_world() -> World {
    let settings = [("PROCESSING_JWE".to_owned(), "off".to_owned())].into();
    let simulator = simulator::Options { processing_jwe: false, ..simulator::Options::default() };
    open_world_with(Options { settings, simulator, ..Options::default() }).await
}

/// From now on the lists have no token and announce nine.
fn leave_tokens_out(world: &World) {
    let fault = Fault::Rewritten {
        find: "{\"clientTokens\":".into(),
        replace: "{\"total\":9,\"clientTokens\":[],\"rest\":".into(),
    };
    world.simulator().set_fault(Operation::GetTokensByClient, fault, Times::Always);
}

#[tokio::test]
async fn the_card_of_a_token_that_is_not_in_the_list_is_not_offered_again() {
    let world = plain_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    world.simulator().add_token(70_001, CLICK_TO_PAY, "MDES for Merchants").unwrap();
    let token = cardholder.token_id(CARD, CLICK_TO_PAY).await.unwrap();
    let cards = cardholder.cards(&[CARD]).await.unwrap();
    assert_eq!((cards.status, &cards.body["cards"][0]["state"]), (200, &json!("already_enabled")));

    leave_tokens_out(&world);
    let changes = async |key| cardholder.change_token(CARD, &token, "remove", key).await.unwrap();
    for response in [
        cardholder.cards(&[CARD]).await.unwrap(),
        cardholder.tokens(CARD).await.unwrap(),
        changes("away").await,
    ] {
        assert_eq!(
            (response.status, &response.body["code"]),
            (502, &json!("mastercard_unreadable")),
            "{}",
            response.body
        );
    }
    assert_eq!(world.simulator().calls(Operation::SetTokenStatus), 0);

    world.simulator().clear_faults();
    assert_eq!(changes("away").await.body["outcome"], "changed", "the key is free");
}

#[tokio::test]
async fn an_enrollment_does_not_end_because_its_token_is_not_in_the_list() {
    let world = plain_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    leave_tokens_out(&world);
    // A push needs no list.
    let enrollment = cardholder.enroll(CARD).await.unwrap();
    assert_eq!(enrollment["status"], "READY");

    world.clock().advance(SignedDuration::from_mins(16));
    let report = world.reconcile().await.unwrap();
    assert_eq!(
        (&report["unread"], &report["checked"], &report["healed"]),
        (&json!(1), &json!(0), &json!([]))
    );
    world.simulator().clear_faults();
    world.clock().advance(SignedDuration::from_mins(6));
    let report = world.reconcile().await.unwrap();
    assert_eq!((&report["unread"], &report["checked"]), (&json!(0), &json!(1)), "{report}");
    assert_eq!(report["healed"][0]["to"], "EXPIRED");
}
