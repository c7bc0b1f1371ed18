//! Lighthouse on the pages that need no login: `cargo test -p browser-tests -- --ignored lighthouse`. It comes from npm when it
//! runs, takes 20 seconds for each page, and starts a browser of its own; so it is no part of CI, which runs axe.

use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use crate::harness::{Appearance, Harness, with_harness};

const PACKAGE: &str = "lighthouse@12";
const FLAGS: &str = "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking \
    --disable-component-update --disable-sync";

#[tokio::test]
#[ignore = "20 s a page: `cargo test -p browser-tests -- --ignored lighthouse`; .ci/run does not run it"]
async fn lighthouse_gives_at_least_95_for_accessibility_and_best_practices() {
    with_harness(Appearance::LAPTOP, async |harness| {
        for url in [
            harness.url("/"),
            harness.simulator_url("__simulator/panel"),
            harness.url("/support"),
            harness.url("/support/catalog"),
            harness.url("/live"),
        ] {
            check(harness, &url).await;
        }
    })
    .await;
}

async fn check(harness: &Harness, url: &str) {
    assert!(harness.is_local(url), "{url}");
    let arguments = [
        "--yes",
        PACKAGE,
        url,
        "--quiet",
        FLAGS,
        "--only-categories=accessibility,best-practices",
        "--output=json",
    ];
    let output = Command::new("npx")
        .args(arguments)
        .env("CHROME_PATH", "/usr/bin/chromium")
        .stderr(Stdio::inherit())
        .output();
    let report: Value =
        serde_json::from_slice(&output.await.expect("npx").stdout).expect("a report of Lighthouse");
    let failed = report["audits"].as_object().expect("audits").values().filter(|it| it["score"] == 0);
    let failed: Vec<&Value> = failed.map(|audit| &audit["title"]).collect();
    for category in ["accessibility", "best-practices"] {
        let score = report["categories"][category]["score"].as_f64().expect("a score");
        assert!(score >= 0.95, "{url}: {category} {score}: {failed:?}");
    }
}
