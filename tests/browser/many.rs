//! Twice, back, again, in two tabs: whatever the cardholder's hands do, a card is pushed once.

use crate::stage::{Look, on_stage};

#[tokio::test]
async fn a_double_click_pushes_once() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.clicks("a[href='#/enable/70001']").await;
        stage.clicks("#consent").await;
        let button = stage.sees("form button.primary").await;
        stage.driver.action_chain().double_click_element(&button).perform().await.unwrap();
        stage.reads("Add your card").await;
        assert_eq!(stage.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_back_button_at_click_to_pay_leads_to_the_app_and_going_on_pushes_nothing_new() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.driver.back().await.unwrap();
        stage.reads("Enable your card").await;
        stage.agrees().await;
        stage.reads("Your card is enabled").await;
        assert_eq!(stage.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_back_button_after_the_return_sends_nothing_again() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.presses("accept").await;
        stage.clicks("#return").await;
        stage.reads("Your card is enabled").await;
        stage.driver.back().await.unwrap();
        stage.sees("#return").await;
        stage.driver.forward().await.unwrap();
        stage.sees(".timeline").await;
        stage.reads("Your card is enabled").await;
        assert_eq!(stage.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn coming_back_through_the_callback_again_and_reloading_changes_nothing() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.presses("accept").await;
        let way_back = stage.sees("#return").await.prop("href").await.unwrap().unwrap();
        for _ in 0..3 {
            stage.opens(&way_back).await;
            stage.sees(".timeline").await;
            stage.reads("Your card is enabled").await;
            stage.driver.refresh().await.unwrap();
            stage.sees(".timeline").await;
            stage.reads("Your card is enabled").await;
        }
        let story = stage.text(".timeline").await;
        assert_eq!(story.matches("You came back").count(), 1, "{story}");
    })
    .await;
}

#[tokio::test]
async fn two_tabs_enable_one_card_once() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.expect_refusals();
        stage.logs_in().await;
        stage.clicks("a[href='#/enable/70001']").await;
        stage.sees("#consent").await;
        let first = stage.driver.window().await.unwrap();
        let second = stage.driver.new_tab().await.unwrap();
        stage.driver.switch_to_window(second).await.unwrap();
        stage.logs_in().await;
        stage.clicks("a[href='#/enable/70001']").await;
        stage.sees("#consent").await;
        let elsewhere = stage.world.cardholder("40000").unwrap();
        elsewhere.enrolls("70001").await.unwrap();
        stage.agrees().await;
        stage.reads("This card is on its way already").await;
        stage.clicks(".actions .primary").await;
        stage.reads("Not finished yet").await;
        stage.clicks(".actions .primary").await;
        stage.presses("accept").await;
        stage.driver.switch_to_window(first).await.unwrap();
        stage.agrees().await;
        stage.reads("Your card is enabled already").await;
        assert_eq!(stage.pushes(), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_back_in_another_browser_logs_in_and_is_told() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.presses("accept").await;
        let way_back = stage.sees("#return").await.prop("href").await.unwrap().unwrap();
        let other = stage.driver.new_tab().await.unwrap();
        stage.driver.switch_to_window(other).await.unwrap();
        stage.opens(&way_back).await;
        stage.reads("Who are you today?").await;
        stage.clicks("main button.row").await;
        stage.reads("Your card is enabled").await;
    })
    .await;
}
