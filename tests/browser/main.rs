//! The cardholder's journeys in a real browser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests say what they expect, and loudly what they leave out"
)]

mod accessible;
mod at_hand;
mod endings;
mod many;
mod pictures;
mod stage;
mod watched;

use crate::stage::{Look, on_stage};

#[tokio::test]
async fn a_cardholder_enables_a_card_and_finds_it_enabled() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        assert!(stage.text(".ribbon").await.contains("A simulator, not Mastercard"));
        assert!(stage.text(".cards").await.contains("ending 4444"));
        stage.presses("accept").await;
        stage.reads("Your card is enabled").await;
        stage.clicks("#return").await;
        stage.reads("Your card is enabled").await;
        let story = stage.text(".timeline").await;
        assert!(story.contains("Click to Pay has stored your card safely"), "{story}");
        assert!(
            !stage.driver.current_url().await.unwrap().as_str().contains("outcome"),
            "a hint stays nowhere"
        );
        stage.clicks(".actions a[href='#/cards']").await;
        stage.sees(".wallet").await;
        assert_eq!(stage.text(".owned:first-child .state").await, "Enabled");
        assert_eq!(stage.pushes(), 1);
    })
    .await;
}
