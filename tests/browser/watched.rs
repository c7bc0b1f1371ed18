//! What support sees, what the live page shows, and what the panel does.

use crate::stage::{Look, Stage, on_stage};
use runtime::store::Enrollments;
use serde_json::json;
use simulator::NotificationPlan;

#[tokio::test]
async fn support_finds_an_enrollment_by_its_card_and_sees_what_is_missing() {
    on_stage(Look::LAPTOP, async |stage| {
        let simulator = stage.world.simulator();
        let mut plan = NotificationPlan::default();
        plan.tar.copies = 0;
        simulator.set_notification_plan(plan);
        stage.logs_in().await;
        stage.enables(70_001).await;
        simulator.notifications_settled().await;
        stage.opens(&stage.url("/support")).await;
        stage.sees("#find").await.send_keys("70001").await.unwrap();
        stage.clicks("form[role=search] button").await;
        stage.reads("Card contract 70001").await;
        stage.clicks("tbody a").await;
        stage.reads("Card contract 70001 at Click to Pay").await;
        let timeline = stage.text(".timeline").await;
        for told in [
            "asks to enable the card",
            "searchFundingAccounts",
            "correlation id",
            "TCN: a token exists",
            "missing",
        ] {
            assert!(timeline.contains(told), "{told} is not in {timeline}");
        }
        let missing = stage
            .asks("return [...document.querySelectorAll('.missing .what')].map((it) => it.innerText)")
            .await;
        assert!(missing[0].as_str().unwrap().contains("TAR"), "{missing}");
        assert!(missing[1].as_str().unwrap().contains("the browser's return"), "{missing}");
    })
    .await;
}

/// A TCN for a card that nobody enabled here.
async fn about_nobody(stage: &Stage) {
    let host = stage.world.runtime();
    let store = Enrollments::read(&mut host.settings.read(), host).unwrap();
    let now = stage.world.clock().now();
    let told = json!({"id": "n-1", "news": {"kind": "tcn"}, "occurredAt": now, "cardContractId": "77319"});
    let received = store.receive(&serde_json::from_value(told).unwrap(), now).await.unwrap();
    assert_eq!(store.apply(received, now).await.unwrap(), None);
}

#[tokio::test]
async fn support_sees_notifications_that_match_nothing_and_what_changed_in_the_catalog() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.logs_in().await;
        stage.enables(70_001).await;
        let simulator = stage.world.simulator();
        simulator.notifications_settled().await;
        stage.opens(&stage.url("/support")).await;
        assert!(stage.text("main").await.ends_with("Notifications that match no enrollment\nNone."));
        about_nobody(stage).await;
        stage.driver.refresh().await.unwrap();
        assert_eq!(
            stage.text("h2 + .scroll tbody").await.split(' ').take(2).collect::<Vec<_>>(),
            ["TCN", "77319"]
        );
        stage.clicks("a[href='/support/catalog']").await;
        stage.reads("Token requestors").await;
        assert!(stage.text(".changes").await.contains("New 5"));
    })
    .await;
}

#[tokio::test]
async fn notifications_in_any_order_twice_and_late_enable_the_card_all_the_same() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.opens(&stage.simulator_url("__simulator/panel")).await;
        stage.clicks("form[action$='/preset/twice'] button").await;
        stage.sees("input[name=tarCopies][value='2']").await;
        stage.clicks("input[name=tcnBeforeTar]").await;
        stage.clicks("form[action$='/notifications'] button").await;
        stage.sees("input[name=tcnBeforeTar][checked]").await;
        stage.logs_in().await;
        stage.enables(70_001).await;
        stage.presses("accept").await;
        stage.clicks("#return").await;
        stage.sees(".timeline").await;
        stage.reads("Your card is enabled").await;
    })
    .await;
}

#[tokio::test]
async fn the_live_page_lights_up_all_25_steps() {
    on_stage(Look::LAPTOP, async |stage| {
        stage.opens(&stage.url("/live")).await;
        stage.clicks("#pace option[value=real]").await;
        stage.clicks("#play").await;
        for _ in 0..200 {
            if stage.asks("return document.querySelectorAll('.picture .lit').length").await == 27 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let dark = stage.asks("return [...document.querySelectorAll('.picture button:not(.lit) b')].map((it) => it.textContent)").await;
        assert_eq!(dark, json!([]));
        stage.clicks("section:nth-of-type(2) li:nth-child(3) button").await;
        let said = stage.text("#said").await;
        assert!(said.contains("POST /enrollments") && said.contains("\"cardContractId\": \"70012\""), "{said}");
    })
    .await;
}
