//! The whole journey by keyboard alone: Tab, Enter and the space bar. Every element on the way shows its focus.

use serde_json::json;
use simulator::{CLICK_TO_PAY, TokenStatus};
use thirtyfour::Key;

use crate::harness::{Appearance, Harness, with_harness};

async fn journey(harness: &Harness) {
    harness.open(&harness.url("/")).await;
    harness.expect_heading("Who are you today?").await;
    harness.enter("main li:first-child button.row").await;

    harness.expect_heading("Your cards").await;
    assert!(harness.is_focused("h1").await, "a screen reader reads the heading of a new view");
    harness.enter("a[href^='#/enable/70001']").await;

    harness.expect_heading("Enable your card").await;
    harness.enter("form button.primary").await;
    assert!(harness.is_focused("#consent").await, "what is missing has the focus");
    harness.press_key(Key::Space).await;
    harness.enter("form button.primary").await;

    harness.expect_heading("Add your card").await;
    harness.space(".terms summary").await;
    harness.find(".terms[open]").await;
    harness.enter("form[action$='/accept'] button").await;

    harness.expect_heading("Your card is enabled").await;
    harness.enter("#return").await;

    harness.find(".timeline").await;
    harness.find(".mark.done").await;
    let enrollments = harness.world.cardholder("40000").unwrap().get("/enrollments").await.unwrap();
    assert_eq!(enrollments.body["enrollments"][0]["status"], json!("ENABLED"));
    harness.enter(".actions a[href='#/card/70001']").await;

    harness.expect_heading("Credit card ending 4444").await;
    harness.space("[data-action=remove]").await;
    harness.find("dialog[open]").await;
    assert!(harness.is_focused("dialog .button:not(.primary)").await, "Enter keeps the card");
    harness.press_key(Key::Enter).await;
    assert!(harness.is_focused("[data-action=remove]").await, "the focus returns to where it was");
    harness.press_key(Key::Enter).await;
    harness.enter("dialog .primary").await;

    harness.expect_message("The card was removed from Click to Pay").await;
    let tokens = harness.world.simulator().tokens_of(40_000);
    let at_click_to_pay = tokens.iter().filter(|token| token.token_requestor_id == CLICK_TO_PAY);
    let states: Vec<_> = at_click_to_pay.map(|token| token.status).collect();
    assert_eq!(states, [TokenStatus::Deactivated]);
}

#[tokio::test]
async fn a_cardholder_without_a_mouse_enables_a_card_and_removes_it_again() {
    with_harness(Appearance::LAPTOP, journey).await;
}

#[tokio::test]
async fn a_cardholder_with_a_keyboard_at_the_phone_does_so_in_dark_mode() {
    with_harness(Appearance::PHONE, journey).await;
}
