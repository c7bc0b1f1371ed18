//! The pages look as their baselines do, up to a few pixels. The baselines are for one version of Chromium and its fonts, those
//! that `.ci/run` installs on Debian; anywhere else, as on GitHub's runners, the comparison is skipped, and `.ci/run` says so at
//! its end. After an intended change: `UPDATE_BASELINES=1 cargo test -p browser-tests visual`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::harness::{Appearance, Axe, Harness, with_harness};

const PHONE: Appearance = Appearance { size: (390, 844), dark: false, scale: 1 };
/// Pixels that may differ visibly.
const TOLERANCE: u64 = 100;
const DEADLINE: Duration = Duration::from_secs(60);

/// Replaces times, durations, ids and expiry dates by others of the same length, and hides the caret.
const STABLE: &str = r"
    const values = [[/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '00000000-0000-0000-0000-000000000000'],
        [/\d\d:\d\d(:\d\d)?(\.\d+)?/g, '12:00'], [/\d{4}-\d\d-\d\d/g, '2026-01-01'], [/\d{1,2} [A-Z]\w+ 20\d\d/g, '1 May 2026'],
        [/[A-Z]\w\w \d{1,2}, 20\d\d/g, 'Jan 1, 2026'], [/\d+(\.\d+)? m?s\b/g, '9 ms'], [/\b\d\d\/\d\d\b/g, '01/30'], [/127\.0\.0\.1:\d+/g, '127.0.0.1']];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) for (const [pattern, value] of values) {
        const text = walker.currentNode.data.replace(pattern, value);
        if (text !== walker.currentNode.data) walker.currentNode.data = text;
    }
    document.activeElement?.blur();
    scrollTo(0, 0);
    return document.fonts.status === 'loaded' && [...document.images].every((it) => it.complete);";

/// Widths of a sentence in both fonts: they differ where the fonts do.
const FONTS: &str = r"
    const context = document.createElement('canvas').getContext('2d');
    return ['16px system-ui, sans-serif', 'bold 32px system-ui, sans-serif', '14px ui-monospace, monospace'].map((font) => {
        context.font = font;
        return context.measureText('The quick brown fox jumps over 0123456789 lazy dogs.').width.toFixed(2);
    }).join(' ');";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines")
}

/// What the tests leave behind; created if it is missing.
fn results() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/visual");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn updates() -> bool {
    std::env::var_os("UPDATE_BASELINES").is_some()
}

/// Browser and fonts of this machine.
async fn environment(harness: &Harness) -> String {
    let version = harness.driver.cdp().send_raw("Browser.getVersion", json!({})).await.unwrap();
    format!("{}\n{}\n", version["product"].as_str().unwrap(), harness.execute(FONTS).await.as_str().unwrap())
}

/// Whether the baselines are for this browser and these fonts.
async fn is_comparable(harness: &Harness) -> bool {
    harness.open(&harness.url("/")).await;
    harness.expect_heading("Who are you today?").await;
    let (here, file) = (environment(harness).await, folder().join("environment.txt"));
    if updates() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(file, here).unwrap();
        return true;
    }
    let baselines = fs::read_to_string(file).unwrap_or_default();
    if here == baselines {
        return true;
    }
    let reason = format!(
        "the baselines are of another browser or other fonts. Baselines: {baselines:?}; here: {here:?}."
    );
    eprintln!(
        "NOT TESTED: {reason} To see what a change does to the pages here, run `UPDATE_BASELINES=1 cargo test -p browser-tests \
         visual` before and after it and compare the pictures; commit only pictures of Debian's chromium."
    );
    // The output of a test that passes is not shown: .ci/run reads this file, and says so at its end.
    fs::write(results().join("not-compared.txt"), reason).unwrap();
    false
}

/// A screenshot of the page at rest: two in a row are equal.
async fn screenshot(harness: &Harness) -> Vec<u8> {
    let deadline = Instant::now() + DEADLINE;
    let mut previous = Vec::new();
    while Instant::now() < deadline {
        let is_loaded = harness.execute(STABLE).await == true;
        let current = harness.driver.screenshot_as_png().await.unwrap();
        if is_loaded && current == previous {
            return current;
        }
        previous = current;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    panic!("the page does not come to rest");
}

/// The number of pixels that differ from the baseline.
async fn differences(harness: &Harness, name: &str) -> u64 {
    let (current, baseline) = (screenshot(harness).await, folder().join(format!("{name}.png")));
    let [now, differences] = ["", "-differences"].map(|suffix| results().join(format!("{name}{suffix}.png")));
    fs::write(&now, current).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("compare.mjs");
    let output =
        Command::new("node").arg(script).args([&baseline, &now, &differences]).output().expect("node");
    let count = String::from_utf8(output.stdout).unwrap().trim().parse();
    count.unwrap_or_else(|_| panic!("{name}: {}", String::from_utf8_lossy(&output.stderr)))
}

async fn check(harness: &Harness, prefix: &str, page: &str, changed: &mut Vec<String>) {
    let name = format!("{prefix}{page}");
    if updates() {
        fs::write(folder().join(format!("{name}.png")), screenshot(harness).await).unwrap();
        return;
    }
    let count = differences(harness, &name).await;
    if count > TOLERANCE {
        changed.push(format!("{name}: {count} pixels"));
    }
}

async fn reduce_motion(harness: &Harness, dark: bool) {
    let scheme = if dark { "dark" } else { "light" };
    let features = json!({"features": [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]});
    harness.devtools("Emulation.setEmulatedMedia", features).await;
}

async fn check_every_page(harness: &Harness, prefix: &str, dark: bool) {
    reduce_motion(harness, dark).await;
    if !is_comparable(harness).await {
        return;
    }
    let mut changed = Vec::new();
    check(harness, prefix, "log-in", &mut changed).await;
    harness.log_in().await;
    check(harness, prefix, "cards", &mut changed).await;
    harness.click("a[href^='#/enable/70001']").await;
    harness.find("#consent").await;
    check(harness, prefix, "choice", &mut changed).await;
    harness.agree().await;
    harness.expect_heading("Add your card").await;
    check(harness, prefix, "click-to-pay", &mut changed).await;
    harness.press("accept").await;
    harness.find(".mark.done").await;
    check(harness, prefix, "click-to-pay-end", &mut changed).await;
    harness.click("#return").await;
    harness.find(".timeline").await;
    harness.find(".mark.done").await;
    check(harness, prefix, "enabled", &mut changed).await;
    harness.click("a[href='#/card/70001']").await;
    harness.find(".history").await;
    check(harness, prefix, "card", &mut changed).await;
    for (page, url) in [
        ("panel", harness.simulator_url("__simulator/panel?scenario=tcn-lost")),
        ("support", harness.url("/support")),
        ("catalog", harness.url("/support/catalog")),
    ] {
        harness.open(&url).await;
        harness.find("h1").await;
        check(harness, prefix, page, &mut changed).await;
    }
    harness.open(&harness.url("/live")).await;
    harness.find("#state:not(:empty)").await;
    check(harness, prefix, "live", &mut changed).await;
    assert!(
        changed.is_empty(),
        "these pages look different: {changed:#?}. See target/visual; if it is intended: UPDATE_BASELINES=1 cargo test -p browser-tests visual"
    );
}

#[tokio::test]
async fn visual_pages_look_as_before_on_a_phone() {
    let Some(_) = Axe::installed() else { return };
    with_harness(PHONE, async |harness| check_every_page(harness, "phone-", false).await).await;
}

#[tokio::test]
async fn visual_pages_look_as_before_on_a_phone_in_dark_mode() {
    let Some(_) = Axe::installed() else { return };
    let dark = Appearance { dark: true, ..PHONE };
    with_harness(dark, async |harness| check_every_page(harness, "phone-dark-", true).await).await;
}

#[tokio::test]
async fn visual_pages_look_as_before_on_a_laptop() {
    let Some(_) = Axe::installed() else { return };
    with_harness(Appearance::LAPTOP, async |harness| check_every_page(harness, "laptop-", false).await).await;
}

#[tokio::test]
async fn a_visible_change_is_found() {
    let Some(_) = Axe::installed() else { return };
    if updates() {
        return;
    }
    with_harness(PHONE, async |harness| {
        reduce_motion(harness, false).await;
        if !is_comparable(harness).await {
            return;
        }
        harness.execute("document.querySelector('h1').style.translate = '4px 0'").await;
        let count = differences(harness, "phone-log-in").await;
        assert!(count > TOLERANCE, "a heading that moved by 4 pixels changes {count} pixels");
    })
    .await;
}
