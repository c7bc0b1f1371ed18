//! Journeys with other outcomes than an enabled card.

use crate::harness::{Appearance, Harness, with_harness};
use jiff::SignedDuration;
use local::cardholder::Cardholder;
use serde_json::json;
use simulator::{Delivery, NotificationPlan};

/// Another device of the cardholder has pushed the card; the browser opens this enrollment.
async fn follow_enrollment_of_another_device(harness: &Harness, card: u64) {
    let other_device = harness.world.cardholder("40000").unwrap();
    let mut request = Cardholder::smallest_request(&card.to_string());
    request["callback"] = "web-bank".into();
    assert_eq!(other_device.enroll_request("another-device", &request).await.unwrap().status, 201);
    harness.log_in().await;
    harness.click(".row:has(.in_progress) .button").await;
    harness.expect_heading("Not finished yet").await;
}

/// From the outcome to Click to Pay, with a new consent.
async fn try_again(harness: &Harness) {
    harness.click(".actions .primary").await;
    harness.expect_heading("Enable your card").await;
    harness.agree().await;
    harness.expect_heading("Add your card").await;
}

#[tokio::test]
async fn a_cardholder_who_cancels_reads_that_nothing_was_enabled_and_can_retry() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.press("cancel").await;
        harness.click("#return").await;
        harness.expect_heading("Nothing was enabled").await;
        let timeline = harness.text(".timeline").await;
        for text in [
            "Click to Pay received your card",
            "You cancelled at Click to Pay",
            "Confirmed: Click to Pay does not have your card",
        ] {
            assert!(timeline.contains(text), "{text} is not in {timeline}");
        }
        try_again(harness).await;
        assert_eq!(harness.pushes(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_who_cancels_while_no_notification_arrives_tries_again_with_a_new_push() {
    with_harness(Appearance::LAPTOP, async |harness| {
        let lost = || Delivery { copies: 0, ..Delivery::default() };
        let plan = NotificationPlan { tar: lost(), tcn: lost(), ..NotificationPlan::default() };
        harness.world.simulator().set_notification_plan(plan);
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.press("cancel").await;
        harness.click("#return").await;
        harness.expect_heading("Nothing was enabled").await;
        let all = harness.world.cardholder("40000").unwrap().get("/enrollments").await.unwrap();
        let enrollment = &all.body["enrollments"][0];
        assert_eq!((&enrollment["status"], &enrollment["final"]), (&json!("CANCELLED"), &json!(false)));
        try_again(harness).await;
        assert_eq!(harness.pushes(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_declined_card_is_shown_with_a_phone_number() {
    with_harness(Appearance::LAPTOP, async |harness| {
        follow_enrollment_of_another_device(harness, 70_001).await;
        harness.world.simulator().set_card_status(70_001, "43").unwrap();
        harness.click(".actions .primary").await;
        harness.expect_heading("Your card cannot be added").await;
        harness.click("#return").await;
        harness.expect_heading("This card could not be enabled").await;
        assert!(harness.text(".actions .primary").await.starts_with("Call 0800"));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_that_expired_at_click_to_pay_can_be_retried() {
    with_harness(Appearance::LAPTOP, async |harness| {
        follow_enrollment_of_another_device(harness, 70_001).await;
        harness.world.simulator().expire_receipts();
        harness.click(".actions .primary").await;
        assert_eq!(harness.text(".notice").await, "This invitation has expired.");
        harness.click("#return").await;
        harness.expect_heading("Click to Pay reported a problem").await;
        assert_eq!(harness.text(".actions .primary").await, "Try again");
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_who_is_too_late_restarts_the_same_enrollment() {
    with_harness(Appearance::LAPTOP, async |harness| {
        follow_enrollment_of_another_device(harness, 70_001).await;
        harness.world.clock().advance(SignedDuration::from_hours(23));
        harness.world.reconcile().await.unwrap();
        harness.driver.refresh().await.unwrap();
        harness.expect_heading("Time ran out").await;
        try_again(harness).await;
        let all = harness.world.cardholder("40000").unwrap().get("/enrollments").await.unwrap();
        assert_eq!(all.body["enrollments"].as_array().unwrap().len(), 1);
        assert_eq!(all.body["enrollments"][0]["attempt"], 2);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_is_a_duplicate_at_click_to_pay_is_enabled() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.click(".other-results summary").await;
        harness.press("result/DUPLICATE_REQUEST").await;
        harness.expect_heading("Your card was enabled already").await;
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_who_closes_the_tab_finds_the_card_enabled_in_the_app_once_the_receipts_expired() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.click(".other-results summary").await;
        harness.press("close").await;
        harness.expect_heading("Tab closed").await;
        harness.world.simulator().notifications_settled().await;
        harness.open(&harness.url("/")).await;
        harness.click(".row:has(.in_progress) .button").await;
        harness.expect_heading("One step left at Click to Pay").await;
        assert_eq!(harness.text(".actions .primary").await, "Finish at Click to Pay");
        harness.world.clock().advance(SignedDuration::from_mins(16));
        harness.world.reconcile().await.unwrap();
        harness.driver.refresh().await.unwrap();
        harness.expect_heading("Your card is enabled").await;
        harness.open(&harness.url("/")).await;
        harness.find(".already_enabled").await;
    })
    .await;
}

#[tokio::test]
async fn while_mastercard_is_down_the_app_still_shows_the_cards_and_says_why_their_state_is_not_known() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.allow_errors();
        harness.open(&harness.simulator_url("__simulator/panel")).await;
        harness.click("form[action$='/scenario/down'] button").await;
        assert!(harness.text(".notice[role=status]").await.starts_with("In effect: Mastercard down"));
        harness.click(".bar a:first-child").await;
        harness.expect_heading("Who are you today?").await;
        assert!(!harness.find("#leave").await.is_displayed().await.unwrap(), "nobody is logged in");
        harness.log_in().await;
        assert_eq!(harness.text(".notice p").await, "Mastercard cannot be reached at the moment");
        let states = "return [...document.querySelectorAll('.state')].map((it) => it.innerText)";
        assert_eq!(harness.execute(states).await, json!(vec!["We cannot check its state now"; 6]));
    })
    .await;
}

#[tokio::test]
async fn a_blocked_card_is_refused_with_a_text_for_cardholders() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.allow_errors();
        harness.log_in().await;
        harness.click("a[href^='#/enable/70003']").await;
        harness.agree().await;
        harness.expect_heading("This card cannot be enabled").await;
        harness.click(".actions .primary").await;
        harness.expect_heading("Your cards").await;
        assert_eq!(harness.text(".not_eligible").await, "Cards of this type cannot be enabled");
    })
    .await;
}
