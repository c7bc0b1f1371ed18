//! Slow networks, missing logos, long names, small screens, other languages, no mouse.

use crate::stage::{Look, on_stage};
use serde_json::json;
use simulator::CLICK_TO_PAY;
use thirtyfour::prelude::*;

#[tokio::test]
async fn on_a_slow_network_the_button_says_that_it_works_and_takes_no_second_tap() {
    on_stage(Look::PHONE, async |stage| {
        stage.logs_in().await;
        stage.clicks("a[href='#/enable/70001']").await;
        stage.clicks("#consent").await;
        let slow = json!({"offline": false, "latency": 700, "downloadThroughput": 20_000, "uploadThroughput": 20_000});
        stage.devtools("Network.enable", json!({})).await;
        stage.devtools("Network.emulateNetworkConditions", slow).await;
        stage.clicks("form button.primary").await;
        stage.sees("form button[aria-disabled=true]").await;
        assert_eq!(stage.asks("return document.querySelector('[role=status]').textContent").await, "Taking you to Click to Pay…");
        stage.asks("document.querySelector('form button.primary')?.click()").await;
        stage.reads("Add your card").await;
        assert_eq!(stage.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn without_a_network_it_says_so_and_the_next_try_is_the_same_intention() {
    on_stage(Look::PHONE, async |stage| {
        stage.expect_refusals();
        stage.logs_in().await;
        stage.clicks("a[href='#/enable/70001']").await;
        stage.clicks("#consent").await;
        let offline = |offline| json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        stage.devtools("Network.enable", json!({})).await;
        stage.devtools("Network.emulateNetworkConditions", offline(true)).await;
        stage.clicks("form button.primary").await;
        stage.reads("No connection").await;
        stage.devtools("Network.emulateNetworkConditions", offline(false)).await;
        stage.clicks(".actions .primary").await;
        stage.reads("Add your card").await;
        assert_eq!(stage.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_logo_that_does_not_load_becomes_a_letter() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.expect_refusals();
        stage.logs_in().await;
        stage.devtools("Network.enable", json!({})).await;
        stage.devtools("Network.setBlockedURLs", json!({"urls": ["*/logos/*"]})).await;
        stage.clicks("a[href='#/enable/70001']").await;
        stage.sees(".choice .letter").await;
        let letters = stage
            .asks("return [...document.querySelectorAll('.choice .letter')].map((it) => it.textContent)")
            .await;
        assert_eq!(letters, json!(["C", "H", "T"]));
        assert_eq!(stage.asks("return document.querySelectorAll('.choice img').length").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_name_of_a_hundred_characters_without_a_gap_fits_a_small_phone_whole() {
    on_stage(Look { size: (320, 640), ..Look::PHONE }, async |stage| {
        let simulator = stage.world.simulator();
        let mut requestor =
            simulator.requestors().into_iter().find(|it| it.token_requestor_id == CLICK_TO_PAY).unwrap();
        requestor.consumer_facing_entity_name = "W".repeat(100);
        simulator.add_requestor(requestor);
        stage.world.refresh().await.unwrap();
        stage.logs_in().await;
        let fits = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(stage.asks(fits).await, true, "the cards");
        stage.clicks("a[href='#/enable/70001']").await;
        assert_eq!(stage.text(".choice .grow").await.len(), 100);
        assert_eq!(stage.asks(fits).await, true, "the choice");
        stage.agrees().await;
        stage.reads("Add your card").await;
        assert_eq!(stage.asks(fits).await, true, "Click to Pay");
        stage.presses("accept").await;
        stage.clicks("#return").await;
        stage.sees(".timeline").await;
        assert_eq!(stage.asks(fits).await, true, "the outcome");
    })
    .await;
}

#[tokio::test]
async fn the_app_speaks_german_and_remembers_it() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.clicks("#language option[value=de]").await;
        stage.reads("Ihre Karten").await;
        stage.driver.refresh().await.unwrap();
        stage.reads("Ihre Karten").await;
        assert_eq!(stage.asks("return document.documentElement.lang").await, "de");
        stage.clicks("a[href='#/enable/70001']").await;
        stage.reads("Karte aktivieren").await;
    })
    .await;
}

#[tokio::test]
async fn the_keyboard_alone_enables_a_card() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.opens(&stage.url("/")).await;
        stage.reads("Who are you today?").await;
        let press = async |key: Key| {
            stage.driver.active_element().await.unwrap().send_keys(key + "").await.unwrap();
        };
        press(Key::Tab).await;
        press(Key::Enter).await;
        stage.reads("Your cards").await;
        press(Key::Tab).await;
        press(Key::Enter).await;
        stage.reads("Enable your card").await;
        press(Key::Tab).await;
        press(Key::Tab).await;
        press(Key::Space).await;
        press(Key::Tab).await;
        press(Key::Enter).await;
        stage.reads("Add your card").await;
        press(Key::Tab).await;
        press(Key::Enter).await;
        stage.reads("Your card is enabled").await;
        press(Key::Tab).await;
        press(Key::Enter).await;
        stage.sees(".timeline").await;
        stage.reads("Your card is enabled").await;
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_agree_is_told_so_and_stays() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.clicks("a[href='#/enable/70001']").await;
        stage.clicks("form button.primary").await;
        assert_eq!(stage.text("#missing").await, "Please agree first.");
        assert_eq!(stage.asks("return document.activeElement.id").await, "consent");
        assert_eq!(stage.pushes(), 0);
    })
    .await;
}
