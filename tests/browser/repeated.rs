//! Double clicks, the back button, reloads, two tabs: a card is pushed once.

use local::cardholder::Cardholder;
use serde_json::json;
use simulator::{Fault, Operation, Times};

use crate::harness::{Appearance, with_harness};

#[tokio::test]
async fn a_double_click_pushes_once() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.click("#consent").await;
        let button = harness.find("form button.primary").await;
        harness.driver.action_chain().double_click_element(&button).perform().await.unwrap();
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_who_leaves_the_page_during_the_push_is_not_led_to_click_to_pay_later() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        for (card, way_out, heading) in
            [(70_001, "form a[href='#/cards']", "Your cards"), (70_002, "#leave", "Who are you today?")]
        {
            harness.click(&format!("a[href^='#/enable/{card}']")).await;
            harness.find("#consent").await;
            harness.hold_next_response().await;
            harness.agree().await;
            harness.expect_held_response().await;
            harness.click(way_out).await;
            harness.expect_heading(heading).await;
            assert_eq!(harness.release_response().await, json!([]), "after {way_out}");
        }
        assert_eq!(harness.pushes(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_back_button_at_click_to_pay_leads_to_the_app_and_a_second_visit_enables_the_card() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.world.simulator().notifications_settled().await;
        harness.driver.back().await.unwrap();
        harness.expect_heading("Enable your card").await;
        harness.agree().await;
        harness.expect_heading("One step left at Click to Pay").await;
        assert_eq!(harness.pushes(), 1, "continuing pushes nothing new");
        harness.click(".actions .primary").await;
        harness.expect_heading("Enable your card").await;
        harness.agree().await;
        harness.expect_heading("Your card was enabled already").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        assert_eq!(harness.pushes(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_back_button_after_the_return_repeats_no_request() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        harness.driver.back().await.unwrap();
        harness.find("#return").await;
        harness.driver.forward().await.unwrap();
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn calling_the_callback_again_and_reloading_changes_nothing() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.press("accept").await;
        let return_url = harness.find("#return").await.prop("href").await.unwrap().unwrap();
        for _ in 0..3 {
            harness.open(&return_url).await;
            harness.find(".timeline").await;
            harness.expect_heading("Your card is enabled").await;
            harness.driver.refresh().await.unwrap();
            harness.find(".timeline").await;
            harness.expect_heading("Your card is enabled").await;
        }
        let timeline = harness.text(".timeline").await;
        assert_eq!(timeline.matches("came back").count(), 1, "{timeline}");
    })
    .await;
}

#[tokio::test]
async fn two_tabs_enable_one_card_once() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.allow_errors();
        harness.log_in().await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.find("#consent").await;
        let first = harness.driver.window().await.unwrap();
        let second = harness.driver.new_tab().await.unwrap();
        harness.switch_to(second).await;
        harness.log_in().await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.find("#consent").await;
        let other_device = harness.world.cardholder("40000").unwrap();
        // Also in a browser: an app's link would leave the page.
        let mut request = Cardholder::smallest_request("70001");
        request["callback"] = "web-bank".into();
        other_device.enroll_request("other-device", &request).await.unwrap();
        harness.agree().await;
        harness.expect_heading("This card is already being enabled").await;
        harness.click(".actions .primary").await;
        harness.expect_heading("Not finished yet").await;
        harness.click(".actions .primary").await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        harness.switch_to(first).await;
        // If this tab listed the cards less than a minute ago, the server does not ask again. On a slow machine it was longer ago:
        // then the server asks in vain, and pushes the card too. Click to Pay knows the card.
        let simulator = harness.world.simulator();
        simulator.set_fault(Operation::GetTokensByClient, Fault::HtmlBadGateway, Times::Always);
        harness.agree().await;
        harness.expect_heading("Your card was enabled already").await;
        simulator.clear_faults();
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        assert_eq!(harness.world.simulator().tokens_of(40_000).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_who_returns_in_another_browser_logs_in_and_sees_the_outcome() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.press("accept").await;
        let return_url = harness.find("#return").await.prop("href").await.unwrap().unwrap();
        let other = harness.driver.new_tab().await.unwrap();
        harness.switch_to(other).await;
        harness.open(&return_url).await;
        harness.expect_heading("Who are you today?").await;
        harness.click("main button.row").await;
        harness.expect_heading("Your card is enabled").await;
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_whose_session_ended_at_click_to_pay_logs_in_and_sees_the_outcome() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.allow_errors();
        harness.log_in().await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.find("#consent").await;
        // This page has read the token; after the return the app reads it again.
        let expire = "const login = JSON.parse(sessionStorage.getItem('sample-login'));
            sessionStorage.setItem('sample-login', JSON.stringify({ ...login, accessToken: 'expired' }))";
        harness.execute(expire).await;
        harness.agree().await;
        harness.expect_heading("Add your card").await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.expect_heading("Who are you today?").await;
        harness.click("main button.row").await;
        harness.expect_heading("Your card is enabled").await;
        harness.find(".timeline").await;
    })
    .await;
}
