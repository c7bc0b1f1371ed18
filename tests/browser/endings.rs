//! Journeys that end otherwise.

use crate::stage::{Look, Stage, on_stage};
use jiff::SignedDuration;
use local::cardholder::Cardholder;

/// Another device of the cardholder pushed the card; here it is followed.
async fn is_on_its_way(stage: &Stage, card: u64) {
    let elsewhere = stage.world.cardholder("40000").unwrap();
    let mut wish = Cardholder::smallest_request(&card.to_string());
    wish["callback"] = "web-bank".into();
    assert_eq!(elsewhere.enroll_request("another-device", &wish).await.unwrap().status, 201);
    stage.logs_in().await;
    let follow = stage.sees(".in_progress + .button").await;
    follow.click().await.unwrap();
    stage.reads("Not finished yet").await;
}

#[tokio::test]
async fn whoever_cancels_is_told_that_nothing_was_enabled_and_may_try_again() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.presses("cancel").await;
        stage.clicks("#return").await;
        stage.reads("Nothing was enabled").await;
        stage.clicks(".actions .primary").await;
        stage.reads("Enable your card").await;
        stage.agrees().await;
        stage.reads("Add your card").await;
        assert_eq!(stage.pushes(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_is_declined_is_told_with_whom_to_call() {
    on_stage(Look::LAPTOP, async |stage| {
        is_on_its_way(stage, 70_001).await;
        stage.world.simulator().set_card_status(70_001, "43").unwrap();
        stage.clicks(".actions .primary").await;
        stage.reads("Your card cannot be added").await;
        stage.clicks("#return").await;
        stage.reads("This card could not be enabled").await;
        assert!(stage.text(".actions .primary").await.starts_with("Call us"));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_that_expired_at_click_to_pay_is_a_problem_to_try_again() {
    on_stage(Look::LAPTOP, async |stage| {
        is_on_its_way(stage, 70_001).await;
        stage.world.simulator().expire_receipts();
        stage.clicks(".actions .primary").await;
        assert_eq!(stage.text(".notice").await, "This invitation has expired.");
        stage.clicks("#return").await;
        stage.reads("Click to Pay reported a problem").await;
        assert_eq!(stage.text(".actions .primary").await, "Try again");
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_too_late_begins_the_same_enrollment_again() {
    on_stage(Look::LAPTOP, async |stage| {
        is_on_its_way(stage, 70_001).await;
        stage.world.clock().advance(SignedDuration::from_hours(26));
        stage.world.reconcile().await.unwrap();
        stage.driver.refresh().await.unwrap();
        stage.reads("Time ran out").await;
        stage.clicks(".actions .primary").await;
        stage.reads("Enable your card").await;
        stage.agrees().await;
        stage.reads("Add your card").await;
        let all = stage.world.cardholder("40000").unwrap().get("/enrollments").await.unwrap();
        assert_eq!(all.body["enrollments"].as_array().unwrap().len(), 1);
        assert_eq!(all.body["enrollments"][0]["attempt"], 2);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_is_enabled_already_is_a_duplicate_at_click_to_pay_and_enabled_all_the_same() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.clicks("summary").await;
        stage.presses("result/DUPLICATE_REQUEST").await;
        stage.reads("Your card was enabled already").await;
    })
    .await;
}

#[tokio::test]
async fn whoever_closes_the_tab_finds_the_card_enabled_in_the_app() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.clicks("summary").await;
        stage.presses("close").await;
        stage.reads("Tab closed").await;
        stage.opens(&stage.url("/")).await;
        stage.sees(".already_enabled").await;
    })
    .await;
}

#[tokio::test]
async fn a_blocked_card_is_refused_in_the_cardholders_words() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.expect_refusals();
        stage.logs_in().await;
        stage.clicks("a[href='#/enable/70003']").await;
        stage.agrees().await;
        stage.reads("This card cannot be enabled").await;
        stage.clicks(".actions .primary").await;
        stage.reads("Your cards").await;
        assert_eq!(stage.text(".not_eligible").await, "Cards of this kind cannot be enabled there");
    })
    .await;
}
