//! Pictures of every page: `cargo run -p browser-tests --bin screenshots [-- FOLDER]`, into `target/screenshots` by
//! default. A laptop by daylight, then a phone at night.

#![allow(clippy::expect_used, reason = "a command for developers, who read what was expected")]

use std::{env, fs, path::PathBuf, time::Duration};

use browser_tests::{Look, Stage, on_stage};

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "target/screenshots".to_owned()));
    fs::create_dir_all(&folder).expect("a folder");
    let laptop = Look { size: (1200, 800), dark: false, scale: 1 };
    on_stage(laptop, async |stage| everything(stage, &folder, "").await).await;
    let phone = Look { size: (390, 844), dark: true, scale: 2 };
    on_stage(phone, async |stage| everything(stage, &folder, "phone-").await).await;
}

async fn everything(stage: &Stage, folder: &std::path::Path, prefix: &str) {
    let shoot = async |name: &str| {
        // Until fonts and pictures have settled.
        tokio::time::sleep(Duration::from_millis(400)).await;
        let file = folder.join(format!("{prefix}{name}.png"));
        stage.driver.screenshot(&file).await.expect("a picture");
    };
    stage.opens(&stage.url("/")).await;
    stage.reads("Who are you today?").await;
    shoot("log-in").await;
    stage.logs_in().await;
    stage.enables(70_001).await;
    shoot("click-to-pay").await;
    // A person reads the terms, which shows in the picture against time.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    stage.presses("accept").await;
    stage.clicks("#return").await;
    stage.sees(".story").await;
    shoot("enabled").await;
    let elsewhere = stage.world.cardholder("40000").expect("a cardholder");
    elsewhere.enrolls("70006").await.expect("an enrolment");
    stage.opens(&stage.url("/")).await;
    stage.sees(".in_progress").await;
    shoot("bank-app").await;
    stage.clicks("a[href='#/enable/70002']").await;
    stage.sees("#consent").await;
    stage.clicks("#consent").await;
    shoot("choice").await;
    stage.opens(&stage.simulator_url("__simulator/panel")).await;
    shoot("panel").await;
    stage.opens(&stage.url("/support")).await;
    stage.reads("Latest enrolments").await;
    shoot("support-list").await;
    stage.clicks("tbody tr:last-child a").await;
    stage.sees(".timeline").await;
    shoot("support").await;
    stage.opens(&stage.url("/support?find=70006")).await;
    stage.clicks("tbody a").await;
    stage.sees(".missing").await;
    shoot("support-missing").await;
    stage.opens(&stage.url("/live")).await;
    stage.clicks("#pace option[value=fast]").await;
    stage.clicks("#play").await;
    stage.sees("section:nth-of-type(2) li:nth-child(7) .lit").await;
    shoot("live").await;
}
