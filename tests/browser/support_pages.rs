//! Support's pages, the live page, and the simulator's panel.

use crate::harness::{Appearance, Harness, with_harness};
use runtime::store::Enrollments;
use serde_json::json;
use simulator::NotificationPlan;

#[tokio::test]
async fn support_finds_an_enrollment_by_its_card_and_sees_what_is_missing() {
    with_harness(Appearance::LAPTOP, async |harness| {
        let simulator = harness.world.simulator();
        let mut plan = NotificationPlan::default();
        plan.tar.copies = 0;
        simulator.set_notification_plan(plan);
        harness.log_in().await;
        harness.enable(70_001).await;
        simulator.notifications_settled().await;
        harness.open(&harness.url("/support")).await;
        harness.find("#find").await.send_keys("70001").await.unwrap();
        harness.click("form[role=search] button").await;
        harness.expect_heading("Card contract 70001").await;
        harness.click(".enrollments .cover").await;
        harness.expect_heading("Card contract 70001 at Click to Pay").await;
        let timeline = harness.text(".facts-in-time").await;
        for text in [
            "asks to enable the card",
            "searchFundingAccounts",
            "correlation id",
            "TCN: a token exists",
            "missing",
        ] {
            assert!(timeline.contains(text), "{text} is not in {timeline}");
        }
        let missing = harness
            .execute("return [...document.querySelectorAll('.missing .what')].map((it) => it.innerText)")
            .await;
        assert!(missing[0].as_str().unwrap().contains("TAR"), "{missing}");
        assert!(missing[1].as_str().unwrap().contains("the browser's return"), "{missing}");
        harness.open(&harness.url("/support?find=40000&lang=de")).await;
        harness.expect_heading("Kunde 40000").await;
        assert!(harness.text(".enrollments").await.contains("Kartenvertrag 70001 bei Click to Pay"));
    })
    .await;
}

/// Receives a TCN for a card without an enrollment.
async fn receive_unmatched_notification(harness: &Harness) {
    let runtime = harness.world.runtime();
    let store = Enrollments::from_settings(&mut runtime.settings.read(), runtime).unwrap();
    let now = harness.world.clock().now();
    let notification =
        json!({"id": "n-1", "kind": {"kind": "tcn"}, "occurredAt": now, "cardContractId": "77319"});
    let outcome =
        store.receive(&[serde_json::from_value(notification).unwrap()], now).await.remove(0).unwrap();
    assert_eq!(outcome, runtime::store::enrollments::NotificationOutcome::Unmatched);
}

#[tokio::test]
async fn support_sees_notifications_that_match_nothing_and_what_changed_in_the_catalog() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.enable(70_001).await;
        let simulator = harness.world.simulator();
        simulator.notifications_settled().await;
        harness.open(&harness.url("/support")).await;
        assert!(harness.text("main").await.ends_with("Notifications that match no enrollment\nNone."));
        receive_unmatched_notification(harness).await;
        harness.driver.refresh().await.unwrap();
        let unmatched = harness.text(".unmatched").await;
        for text in ["TCN", "Card contract 77319", "No card with this contract was pushed by this server"] {
            assert!(unmatched.contains(text), "{text} is not in {unmatched}");
        }
        harness.click("a[href='/support/catalog']").await;
        harness.expect_heading("Token requestors").await;
        assert!(harness.text(".changes").await.contains("New\n5"));
    })
    .await;
}

#[tokio::test]
async fn an_operator_who_chooses_german_in_the_bank_app_gets_every_page_in_german() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.open(&harness.url("/")).await;
        harness.click("#language option[value=de]").await;
        harness.click(".foot a[href*='/support']").await;
        harness.expect_heading("Letzte Aktivierungen").await;
        harness.click("nav a[href^='/support/catalog']").await;
        harness.expect_heading("Token Requestors").await;
        assert!(harness.text(".changes").await.contains("Neu\n5"));
        harness.click("nav a[href^='/live']").await;
        harness.expect_heading("Die 25 Schritte, live").await;
        assert!(harness.text("#picture").await.contains("Der Karteninhaber wählt"));
        harness.click("#pace option[value=real]").await;
        harness.click("#play").await;
        harness.find("#picture section:last-child li:last-child .lit").await;
        harness.click("#picture section:nth-of-type(2) li:nth-child(7) button").await;
        let details = harness.text("#details").await;
        assert!(
            details.contains("Anfrage, Schritt 10") && details.contains("pushMultipleAccounts"),
            "{details}"
        );
        harness.open(&harness.simulator_url("__simulator/panel?lang=de")).await;
        harness.click("form[action*='/scenario/down'] button").await;
        harness.find("[aria-current=true]").await;
        assert_eq!(harness.text(".notice[role=status]").await, "Eingestellt: Mastercard ausgefallen");
        harness.click("nav a[href*='/support/catalog']").await;
        harness.expect_heading("Token Requestors").await;
        assert_eq!(harness.execute("return document.documentElement.lang").await, "de");
    })
    .await;
}

#[tokio::test]
async fn repeated_reordered_and_late_notifications_enable_the_card() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.open(&harness.simulator_url("__simulator/panel")).await;
        harness.click("form[action$='/preset/twice'] button").await;
        harness.find("input[name=tarCopies][value='2']").await;
        harness.click("input[name=tcnBeforeTar]").await;
        harness.click("form[action$='/notifications'] button").await;
        harness.find("input[name=tcnBeforeTar][checked]").await;
        harness.log_in().await;
        harness.enable(70_001).await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
    })
    .await;
}

#[tokio::test]
async fn the_live_page_replays_the_journey_of_the_start_with_request_and_answer_of_each_step() {
    with_harness(Appearance::PHONE, async |harness| {
        let recording = harness.world.record_for_live();
        harness.world.refresh().await.unwrap();
        local::journey::journey(&harness.world.cardholder("40000").unwrap()).await.unwrap();
        harness.world.simulator().notifications_settled().await;
        recording.keep();
        harness.open(&harness.url("/live")).await;
        harness.find("#state:not(:empty)").await;
        let state = harness.text("#state").await;
        assert!(state.starts_with("Replayed from the start of this server: 2"), "{state}");
        harness.click("#picture section:nth-of-type(2) li:nth-child(7) button").await;
        let details = harness.text("#details").await;
        for text in ["Request, step 10", "Answer, step 11", "pushMultipleAccounts", "200 OK"] {
            assert!(details.contains(text), "{text} is not in {details}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_live_page_lights_up_all_25_steps() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.open(&harness.url("/live")).await;
        harness.click("#pace option[value=real]").await;
        harness.click("#play").await;
        harness.find("#picture .lit").await;
        let dark = "return [...document.querySelectorAll('#picture button:not(.lit) b')].map((it) => it.textContent)";
        harness.expect_result(dark, json!([])).await;
        harness.click("section:nth-of-type(2) li:nth-child(3) button").await;
        let details = harness.text("#details").await;
        assert!(details.contains("POST /enrollments") && details.contains("\"cardContractId\": \"70012\""), "{details}");
    })
    .await;
}
