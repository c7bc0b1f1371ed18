//! The cardholder's journeys in a real browser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails where an expectation does, and prints what it skips"
)]

mod accessibility;
mod accessibility_tree;
mod card_page;
mod conditions;
mod cors;
mod harness;
mod keyboard;
mod layout;
mod lighthouse;
mod outcomes;
mod repeated;
mod screenshots;
mod step_up;
mod support_pages;
mod tokens;
mod visual;
mod wallets;

use simulator::Operation;

use crate::harness::{Appearance, with_harness};

#[tokio::test]
async fn a_cardholder_enables_a_card_and_finds_it_enabled() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        let token_lists = || harness.world.simulator().calls(Operation::GetTokensByClient);
        let before = token_lists();
        harness.enable(70_001).await;
        assert_eq!(token_lists(), before, "the app says that it has just listed the cards");
        assert!(harness.text(".ribbon").await.contains("A simulator, not Mastercard"));
        assert!(harness.text(".cards").await.contains("ending 4444"));
        harness.press("accept").await;
        harness.expect_heading("Your card is enabled").await;
        harness.find(".session .mark.done").await;
        harness.click("#return").await;
        harness.expect_heading("Your card is enabled").await;
        let timeline = harness.text(".timeline").await;
        assert!(timeline.contains("Click to Pay received your card"), "{timeline}");
        assert!(
            !harness.driver.current_url().await.unwrap().as_str().contains("outcome"),
            "the URL keeps no outcome"
        );
        harness.click(".actions a[href='#/cards']").await;
        harness.find(".wallet").await;
        assert_eq!(harness.text(".owned:first-child .state").await, "Enabled at Click to Pay");
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}
