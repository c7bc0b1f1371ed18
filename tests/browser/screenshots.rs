//! Screenshots of every page in `target/screenshots`, of a laptop and a phone, in light and dark mode:
//! `cargo test -p browser-tests -- --ignored screenshots`.

use std::{fs, path::Path, time::Duration};

use local::{Options, STRONG};

use crate::harness::{Appearance, Harness, with_options};

const LAPTOP: Appearance = Appearance { size: (1200, 800), ..Appearance::LAPTOP };
const PHONE: Appearance = Appearance { size: (390, 844), scale: 2, ..Appearance::PHONE };

#[tokio::test]
#[ignore = "a command for developers"]
async fn every_page_has_a_screenshot() {
    let folder = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(folder).unwrap();
    for (prefix, appearance, dark) in
        [("", LAPTOP, false), ("dark-", LAPTOP, true), ("phone-", PHONE, false), ("phone-dark-", PHONE, true)]
    {
        let settings = [("STEP_UP_ACR_VALUES".to_owned(), STRONG.to_owned())].into();
        let options = Options { settings, ..Options::default() };
        let appearance = Appearance { dark, ..appearance };
        with_options(appearance, options, async |harness| {
            screenshot_every_page(harness, folder, prefix).await
        })
        .await;
    }
}

async fn screenshot_every_page(harness: &Harness, folder: &Path, prefix: &str) {
    let screenshot = async |name: &str| {
        // Fonts and images must have loaded, and animations ended.
        tokio::time::sleep(Duration::from_millis(700)).await;
        let file = folder.join(format!("{prefix}{name}.png"));
        harness.driver.screenshot(&file).await.unwrap();
    };
    bank_app(harness, &screenshot).await;
    behind_the_scenes(harness, &screenshot).await;
}

async fn bank_app(harness: &Harness, screenshot: &impl AsyncFn(&str)) {
    harness.open(&harness.url("/")).await;
    harness.expect_heading("Who are you today?").await;
    screenshot("log-in").await;
    harness.log_in_as(2).await;
    harness.click("a[href^='#/enable/80001']").await;
    harness.agree().await;
    harness.find(".mark.person").await;
    screenshot("step-up").await;
    harness.click("#leave").await;
    harness.log_in().await;
    harness.enable(70_002).await;
    harness.press("cancel").await;
    harness.click("#return").await;
    harness.expect_heading("Nothing was enabled").await;
    screenshot("cancelled").await;
    harness.open(&harness.url("/")).await;
    harness.enable(70_001).await;
    screenshot("click-to-pay").await;
    // A pause for reading the terms, which the timeline shows.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    harness.press("accept").await;
    screenshot("click-to-pay-end").await;
    harness.click("#return").await;
    harness.find(".mark.done").await;
    screenshot("enabled").await;
    harness.click("a[href='#/card/70001']").await;
    harness.find(".history").await;
    screenshot("card").await;
    harness.click("[data-action=remove]").await;
    harness.find("dialog[open]").await;
    screenshot("card-remove").await;
    harness.click("dialog .button:not(.primary)").await;
    harness.click("[data-action=suspend]").await;
    harness.expect_message("The card is paused").await;
    screenshot("card-paused").await;
    harness.click("[data-action=resume]").await;
    harness.expect_message("The card can be used").await;
    let other_device = harness.world.cardholder("40000").unwrap();
    other_device.enroll("70006").await.unwrap();
    harness.open(&harness.url("/")).await;
    harness.find(".in_progress").await;
    screenshot("bank-app").await;
    harness.click(".row:has(.in_progress) .button").await;
    harness.find(".timeline").await;
    screenshot("not-finished").await;
    harness.open(&harness.url("/#/enable/70002")).await;
    harness.click("#consent").await;
    screenshot("choice").await;
}

async fn behind_the_scenes(harness: &Harness, screenshot: &impl AsyncFn(&str)) {
    harness.open(&harness.simulator_url("__simulator/panel?scenario=tcn-lost")).await;
    screenshot("panel").await;
    harness.open(&harness.url("/support")).await;
    harness.expect_heading("Latest enrollments").await;
    screenshot("support-list").await;
    harness.open(&harness.url("/support?find=70001")).await;
    harness.click(".enrollments .cover").await;
    harness.find(".facts-in-time").await;
    screenshot("support").await;
    harness.open(&harness.url("/support?find=70006&lang=de")).await;
    harness.click(".enrollments .cover").await;
    harness.find(".missing").await;
    screenshot("support-missing-german").await;
    harness.open(&harness.url("/support/catalog")).await;
    harness.find(".tiles").await;
    screenshot("catalog").await;
    for (name, url) in [
        ("panel-german", harness.simulator_url("__simulator/panel?scenario=tcn-lost&lang=de")),
        ("catalog-german", harness.url("/support/catalog?lang=de")),
        ("live-german", harness.url("/live?lang=de")),
    ] {
        harness.open(&url).await;
        harness.find("html[lang=de] h1").await;
        screenshot(name).await;
    }
    harness.open(&harness.url("/live")).await;
    harness.click("#pace option[value=fast]").await;
    harness.click("#play").await;
    harness.find("#picture section:nth-of-type(2) li:nth-child(7) .lit").await;
    screenshot("live").await;
}
