//! A card's page lists where the card is enabled; the cardholder pauses, resumes and removes it there.

use local::{Options, STRONG, World, cardholder::Cardholder};
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Fault, Operation, Suspender, Times};

use crate::harness::{Appearance, GATEWAY_FAILED, Harness, with_harness, with_options};

/// Not in the sample world's catalog.
const GOOGLE_PAY: &str = "50110030273";

/// The cardholder has enabled the card for Click to Pay on another device.
async fn enable_on_another_device(world: &World, client: &str, card: &str) {
    let cardholder = world.cardholder(client).unwrap();
    let mut request = Cardholder::smallest_request(card);
    request["callback"] = "web-bank".into();
    let enrollment = cardholder.enroll_request("another-device", &request).await.unwrap().body;
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
    cardholder.poll_until_final(enrollment["enrollmentId"].as_str().unwrap()).await.unwrap();
}

/// What each row says about its state, and the labels of what can be pressed there.
async fn rows(harness: &Harness) -> Value {
    let script = "return [...document.querySelectorAll('.places .row')].map((row) =>
        [row.querySelector('.state').innerText, ...[...row.querySelectorAll('.button')].map((it) => it.innerText)])";
    harness.execute(script).await
}

fn changes_sent(harness: &Harness) -> usize {
    harness.world.simulator().calls(Operation::SetTokenStatus)
}

#[tokio::test]
async fn a_cardholder_pauses_resumes_and_removes_a_card_where_it_is_enabled_and_enables_it_again() {
    with_harness(Appearance::PHONE, async |harness| {
        enable_on_another_device(&harness.world, "40000", "70001").await;
        harness.world.simulator().add_token(70_001, GOOGLE_PAY, "Google Pay").unwrap();
        harness.log_in().await;
        harness.click("a[href='#/card/70001']").await;
        harness.find(".token").await;
        let google_pay = json!(["Enabled at Google Pay", "Pause", "Remove"]);
        assert_eq!(
            rows(harness).await,
            json!([["Enabled at Click to Pay", "Pause", "Remove"], google_pay]),
            "also what no enrollment of the bank's app made"
        );
        let token = harness.text(".token").await;
        assert!(token.contains("Since ") && !token.contains("MDES"), "{token}");

        harness.click(".token:first-child [data-action=suspend]").await;
        harness.expect_message("The card is paused at Click to Pay.").await;
        assert_eq!(rows(harness).await, json!([["Paused at Click to Pay", "Resume", "Remove"], google_pay]));
        harness.click(".token:first-child [data-action=resume]").await;
        harness.expect_message("The card can be used at Click to Pay again.").await;
        assert_eq!(changes_sent(harness), 2);

        harness.click(".token:first-child [data-action=remove]").await;
        assert!(harness.text("dialog").await.starts_with("Remove this card from Click to Pay?"));
        harness.click("dialog .button:not(.primary)").await;
        harness.expect_result("return document.querySelectorAll('dialog').length", json!(0)).await;
        assert_eq!(changes_sent(harness), 2, "keeping the card changes nothing");
        harness.click(".token:first-child [data-action=remove]").await;
        harness.click("dialog .primary").await;
        harness.expect_message("The card was removed from Click to Pay.").await;
        assert_eq!(rows(harness).await, json!([google_pay, ["Not at Click to Pay yet", "Enable"]]));
        assert_eq!(changes_sent(harness), 3);
        assert!(harness.text(".history").await.starts_with("Your card was removed"));

        harness.enable(70_001).await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
    })
    .await;
}

#[tokio::test]
async fn a_change_needs_a_second_factor_and_after_a_lost_answer_the_same_request_is_sent_again() {
    let settings = [("STEP_UP_ACR_VALUES".to_owned(), STRONG.to_owned())].into();
    let options = Options { settings, ..Options::default() };
    with_options(Appearance::PHONE, options, async |harness| {
        enable_on_another_device(&harness.world, "40001", "80001").await;
        // Signed in with a password only.
        harness.log_in_as(2).await;
        harness.click("#language option[value=de]").await;
        harness.click("a[href='#/card/80001']").await;
        harness.click("[data-action=suspend]").await;
        harness.expect_heading("Bitte bestätigen Sie, dass Sie es sind").await;
        assert_eq!(changes_sent(harness), 0);
        let simulator = harness.world.simulator();
        simulator.set_fault(
            Operation::SetTokenStatus,
            Fault::Status { code: 500, json: true },
            Times::Next(1),
        );
        let key =
            "return Object.entries(sessionStorage).find(([name]) => name.startsWith('request suspend'))";
        let pending = harness.execute(key).await;
        harness.click(".actions .primary").await;
        harness.expect_heading("Noch ist es nicht sicher").await;
        assert_eq!(harness.execute(key).await, pending, "the same key");
        harness.click(".actions .button:not(.primary)").await;
        harness.find(".token").await;
        assert_eq!(rows(harness).await, json!([["Bei Click to Pay aktiviert", "Pausieren", "Entfernen"]]));
        harness.click("[data-action=suspend]").await;
        harness.expect_message("Die Karte ist bei Click to Pay pausiert.").await;
        assert_eq!((changes_sent(harness), harness.execute(key).await), (2, Value::Null));

        simulator.suspend_token_by(80_001, CLICK_TO_PAY, Suspender::TokenRequestor).unwrap();
        harness.click("[data-action=resume]").await;
        harness.expect_message("Die Pause Ihrer Bank ist beendet, aber Click to Pay").await;
        assert_eq!(rows(harness).await, json!([["Bei Click to Pay pausiert", "Fortsetzen", "Entfernen"]]));
    })
    .await;
}

#[tokio::test]
async fn a_pause_that_another_device_ended_is_requested_anew_although_the_first_answer_was_lost() {
    with_harness(Appearance::PHONE, async |harness| {
        enable_on_another_device(&harness.world, "40000", "70001").await;
        harness.log_in().await;
        harness.click("a[href='#/card/70001']").await;
        harness.find(".token").await;
        harness.replace_next_response(GATEWAY_FAILED).await;
        harness.click("[data-action=suspend]").await;
        harness.expect_heading("This takes longer than usual").await;

        let other_device = harness.world.cardholder("40000").unwrap();
        let token = other_device.token_id("70001", CLICK_TO_PAY).await.unwrap();
        let resumed = other_device.change_token("70001", &token, "resume", "another-device").await.unwrap();
        assert_eq!((resumed.status, &resumed.body["state"]), (200, &json!("active")));

        harness.click(".actions .button:not(.primary)").await;
        harness.find(".token").await;
        harness.click(".token:first-child [data-action=suspend]").await;
        harness.expect_message("The card is paused at Click to Pay.").await;
        assert_eq!(rows(harness).await, json!([["Paused at Click to Pay", "Resume", "Remove"]]));
        assert_eq!(changes_sent(harness), 3);
    })
    .await;
}
