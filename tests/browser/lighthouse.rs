//! Lighthouse on the pages that need no login: `cargo test -p browser-tests -- --ignored lighthouse`. It comes from npm when it
//! runs, takes 20 seconds for each page, and starts a browser of its own; so it is no part of CI, which runs axe.

use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use crate::{
    harness::{Appearance, Harness, with_harness},
    layout::LARGEST_SHIFT,
};

const PACKAGE: &str = "lighthouse@12";
const FLAGS: &str = "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking \
    --disable-component-update --disable-sync";

#[tokio::test]
#[ignore = "20 s a page: `cargo test -p browser-tests -- --ignored lighthouse`; .ci/run does not run it"]
async fn lighthouse_gives_at_least_95_for_accessibility_and_best_practices_and_sees_nothing_move() {
    with_harness(Appearance::LAPTOP, async |harness| {
        for url in [
            harness.url("/"),
            harness.simulator_url("__simulator/panel"),
            harness.url("/support"),
            harness.url("/support/catalog"),
            harness.url("/live"),
            harness.simulator_url("__simulator/panel?lang=de"),
            harness.url("/support?lang=de"),
            harness.url("/support/catalog?lang=de"),
            harness.url("/live?lang=de"),
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
        "--only-audits=cumulative-layout-shift",
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
    let shift = report["audits"]["cumulative-layout-shift"]["numericValue"].as_f64().expect("a layout shift");
    eprintln!(
        "{url}: accessibility {}, best practices {}, layout shift {shift:.3}",
        report["categories"]["accessibility"]["score"], report["categories"]["best-practices"]["score"]
    );
    assert!(shift <= LARGEST_SHIFT, "{url} moves by {shift}");
    for category in ["accessibility", "best-practices"] {
        let score = report["categories"][category]["score"].as_f64().expect("a score");
        assert!(score >= 0.95, "{url}: {category} {score}: {failed:?}");
    }
}
