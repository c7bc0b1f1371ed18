//! A card's own page, token requestors other than Click to Pay, and what the bank sends.

use serde_json::json;

use crate::harness::{Appearance, with_harness};

#[tokio::test]
async fn an_enabled_card_has_a_mark_one_primary_action_and_a_page_with_its_history() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.find(".mark.done").await;
        let primary = harness
            .execute("return [...document.querySelectorAll('.primary')].map((it) => it.innerText)")
            .await;
        assert_eq!(primary, json!(["Done"]));
        harness.click(".actions a[href='#/card/70001']").await;
        harness.expect_heading("Credit card ending 4444").await;
        assert_eq!(harness.text(".places .state").await, "Enabled at Click to Pay");
        assert!(harness.text(".history").await.starts_with("Your card is enabled"));
        assert_eq!(harness.find(".help a").await.attr("href").await.unwrap().unwrap(), "tel:+448000000000");
    })
    .await;
}

#[tokio::test]
async fn a_card_is_added_to_a_wallet_from_its_page_and_listed_there() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.log_in().await;
        harness.click("a[href='#/card/70002']").await;
        harness.expect_heading("Credit card ending 8385").await;
        harness.click("a[href='#/enable/70002']").await;
        harness.click(".choice:nth-child(2)").await;
        let sent = "card number and expiry date, your name, and your address";
        assert!(harness.text("form").await.contains(sent), "what this wallet accepts");
        harness.agree().await;
        harness.expect_heading("Add your card").await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.expect_heading("Your card is enabled").await;
        harness.click(".actions a[href='#/card/70002']").await;
        harness.find(".places").await;
        let states = harness
            .execute("return [...document.querySelectorAll('.places .state')].map((it) => it.innerText)")
            .await;
        assert_eq!(states, json!(["Enabled at Harbor Wallet", "Not at Click to Pay yet"]));
    })
    .await;
}

#[tokio::test]
async fn click_to_pay_shows_what_the_bank_sent_in_the_language_of_the_app() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.click("#language option[value=de]").await;
        harness.expect_heading("Ihre Karten").await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.agree().await;
        harness.expect_heading("Karte hinzufügen").await;
        let sent = harness.text(".facts").await;
        for text in ["Alex Example", "alex.example@mail.example", "+44 7700900123", "Deutsch de_DE"] {
            assert!(sent.contains(text), "{text} is not in {sent}");
        }
        assert_eq!(harness.text(".steps [aria-current=step]").await, "Ihre Zustimmung");
        assert_eq!(harness.execute("return document.documentElement.lang").await, "de");
    })
    .await;
}

#[tokio::test]
async fn a_sample_card_that_will_be_declined_says_so_before_and_the_cardholder_can_call() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.log_in_as(2).await;
        assert_eq!(
            harness.text(".owned:nth-child(3) .sample").await,
            "Sample: will be declined at the last moment"
        );
        harness.click("a[href^='#/enable/80003']").await;
        harness.agree().await;
        harness.expect_heading("Your card cannot be added").await;
        harness.click("#return").await;
        harness.expect_heading("This card could not be enabled").await;
        assert_eq!(harness.find(".lead a").await.attr("href").await.unwrap().unwrap(), "tel:+448000000000");
        assert!(harness.text(".timeline").await.contains("Your bank declined"));
    })
    .await;
}
