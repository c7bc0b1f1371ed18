//! Screenshots of every page in `target/screenshots`, of a laptop in light mode and a phone in dark mode:
//! `cargo test -p browser-tests -- --ignored screenshots`.

use std::{fs, path::Path, time::Duration};

use crate::harness::{Appearance, Harness, with_harness};

#[tokio::test]
#[ignore = "a command for developers"]
async fn every_page_has_a_screenshot() {
    let folder = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(folder).unwrap();
    let laptop = Appearance { size: (1200, 800), ..Appearance::LAPTOP };
    with_harness(laptop, async |harness| screenshot_every_page(harness, folder, "").await).await;
    let phone = Appearance { size: (390, 844), scale: 2, ..Appearance::PHONE };
    with_harness(phone, async |harness| screenshot_every_page(harness, folder, "phone-").await).await;
}

async fn screenshot_every_page(harness: &Harness, folder: &Path, prefix: &str) {
    let screenshot = async |name: &str| {
        // Fonts and images must have loaded.
        tokio::time::sleep(Duration::from_millis(400)).await;
        let file = folder.join(format!("{prefix}{name}.png"));
        harness.driver.screenshot(&file).await.unwrap();
    };
    harness.open(&harness.url("/")).await;
    harness.expect_heading("Who are you today?").await;
    screenshot("log-in").await;
    harness.log_in().await;
    harness.enable(70_001).await;
    screenshot("click-to-pay").await;
    // A pause for reading the terms, which the timeline shows.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    harness.press("accept").await;
    harness.click("#return").await;
    harness.find(".timeline").await;
    screenshot("enabled").await;
    let other_device = harness.world.cardholder("40000").unwrap();
    other_device.enroll("70006").await.unwrap();
    harness.open(&harness.url("/")).await;
    harness.find(".in_progress").await;
    screenshot("bank-app").await;
    harness.click("a[href^='#/enable/70002']").await;
    harness.find("#consent").await;
    harness.click("#consent").await;
    screenshot("choice").await;
    harness.open(&harness.simulator_url("__simulator/panel")).await;
    screenshot("panel").await;
    harness.open(&harness.url("/support")).await;
    harness.expect_heading("Latest enrollments").await;
    screenshot("support-list").await;
    harness.click(".enrollments li:last-child .cover").await;
    harness.find(".facts-in-time").await;
    screenshot("support").await;
    harness.open(&harness.url("/support?find=70006")).await;
    harness.click(".enrollments .cover").await;
    harness.find(".missing").await;
    screenshot("support-missing").await;
    harness.open(&harness.url("/live")).await;
    harness.click("#pace option[value=fast]").await;
    harness.click("#play").await;
    harness.find("section:nth-of-type(2) li:nth-child(7) .lit").await;
    screenshot("live").await;
}
