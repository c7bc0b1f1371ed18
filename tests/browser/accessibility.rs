//! Every page against the rules of axe, on a laptop in light mode and on a phone in dark mode.

use serde_json::json;

use crate::harness::{Appearance, Axe, Harness, with_harness};

/// Calls `check` on every page, with its name.
pub(crate) async fn visit_every_page(harness: &Harness, check: impl AsyncFn(&str)) {
    harness.open(&harness.url("/")).await;
    harness.expect_heading("Who are you today?").await;
    check("log in").await;
    harness.log_in().await;
    check("the cards").await;
    harness.click("a[href='#/card/70001']").await;
    harness.find(".places").await;
    check("a card").await;
    harness.click("a[href^='#/enable/70001']").await;
    harness.expect_heading("Enable your card").await;
    check("the choice").await;
    harness.click("form button.primary").await;
    check("the choice, without consent").await;
    harness.agree().await;
    harness.expect_heading("Add your card").await;
    harness.click(".terms summary").await;
    harness.click(".other-results summary").await;
    check("Click to Pay's terms").await;
    harness.press("accept").await;
    harness.expect_heading("Your card is enabled").await;
    check("Click to Pay's last page").await;
    harness.click("#return").await;
    harness.find(".timeline").await;
    harness.expect_heading("Your card is enabled").await;
    check("the outcome").await;
    harness.click("a[href='#/card/70001']").await;
    harness.find(".history").await;
    check("a card with a history").await;
    harness.click("[data-action=remove]").await;
    harness.find("dialog[open]").await;
    check("the question before a removal").await;
    harness.open(&harness.simulator_url("__simulator/panel")).await;
    check("the panel").await;
    harness.open(&harness.url("/support")).await;
    check("support's view").await;
    harness.click(".enrollments .cover").await;
    harness.find(".facts-in-time").await;
    check("an enrollment").await;
    harness.open(&harness.url("/support/catalog")).await;
    check("the catalog").await;
    harness.open(&harness.url("/live")).await;
    harness.click("#pace option[value=real]").await;
    harness.click("#play").await;
    harness.find("#picture section:last-child li:last-child .lit").await;
    let dark = "return document.querySelectorAll('#picture button:not(.lit)').length";
    harness.expect_result(dark, json!(0)).await;
    // The page shows the step that was lit last, which may be another one: a notification's acknowledgment is recorded
    // while the app polls already. A step that was pressed stays.
    harness.click("#picture section:last-child li:last-child button").await;
    let words = "return document.getElementById('words').textContent";
    harness.expect_result(words, json!("after What is the outcome?")).await;
    check("the steps").await;
}

async fn check_every_page(harness: &Harness, axe: &Axe) {
    visit_every_page(harness, async |page| {
        let violations = axe.violations(harness).await;
        assert!(violations.is_empty(), "{page}: {violations:#?}");
    })
    .await;
}

#[tokio::test]
async fn every_page_is_accessible_on_a_laptop_in_light_mode() {
    let Some(axe) = Axe::installed() else { return };
    with_harness(Appearance::LAPTOP, async |harness| check_every_page(harness, &axe).await).await;
}

#[tokio::test]
async fn every_page_is_accessible_on_a_phone_in_dark_mode() {
    let Some(axe) = Axe::installed() else { return };
    with_harness(Appearance::PHONE, async |harness| check_every_page(harness, &axe).await).await;
}
