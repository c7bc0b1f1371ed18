//! Pictures of every page in `target/screenshots`, of a laptop by daylight and a phone at night:
//! `cargo test -p browser-tests -- --ignored pictures`.

use std::{fs, path::Path, time::Duration};

use crate::stage::{Look, Stage, on_stage};

#[tokio::test]
#[ignore = "a command for developers"]
async fn every_page_is_drawn() {
    let folder = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(folder).unwrap();
    let laptop = Look { size: (1200, 800), ..Look::LAPTOP };
    on_stage(laptop, async |stage| everything(stage, folder, "").await).await;
    let phone = Look { size: (390, 844), scale: 2, ..Look::PHONE };
    on_stage(phone, async |stage| everything(stage, folder, "phone-").await).await;
}

async fn everything(stage: &Stage, folder: &Path, prefix: &str) {
    let shoot = async |name: &str| {
        // Until fonts and pictures have settled.
        tokio::time::sleep(Duration::from_millis(400)).await;
        let file = folder.join(format!("{prefix}{name}.png"));
        stage.driver.screenshot(&file).await.unwrap();
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
    stage.sees(".timeline").await;
    shoot("enabled").await;
    let elsewhere = stage.world.cardholder("40000").unwrap();
    elsewhere.enrolls("70006").await.unwrap();
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
    stage.reads("Latest enrollments").await;
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
