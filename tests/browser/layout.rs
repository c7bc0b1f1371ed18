//! Nothing moves while a page loads, and what can be pressed is large enough.

use serde_json::json;

use crate::harness::{Appearance, Harness, with_harness};

const PHONE: Appearance = Appearance { size: (390, 844), ..Appearance::PHONE };

/// The sum of the layout shifts since the page was opened that no input caused; Web Vitals call up to 0.1 good. Shifts of the
/// page's foot alone do not count: a view that replaces another one moves it, on a slow machine more than 500 ms after the click,
/// when the browser no longer regards the click as the cause.
const SHIFT: &str = "const done = arguments[0];
    const isInFoot = ({ node }) => (node instanceof Element ? node : node?.parentElement)?.closest('.foot');
    const counts = (it) => !it.hadRecentInput && !it.sources.every(isInFoot);
    new PerformanceObserver((list) => done(list.getEntries().filter(counts).reduce((sum, it) => sum + it.value, 0)))
        .observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(0), 300);";
/// The largest accepted sum.
pub(crate) const LARGEST_SHIFT: f64 = 0.05;

/// What can be pressed and is lower than 44 pixels; links inside of a sentence are not meant.
const SMALL_TARGETS: &str =
    "return [...document.querySelectorAll('a, button, input, select, summary')].filter((it) => {
        const { width, height, bottom } = (it.closest('label') ?? it).getBoundingClientRect();
        const inSentence = it.matches('p:not(.actions, .brand) a, .cover');
        return width && bottom > 0 && !inSentence && height < 44;
    }).map((it) => it.outerHTML.slice(0, 200))";

async fn check(harness: &Harness, page: &str) {
    let shift = harness.driver.execute_async(SHIFT, vec![]).await.unwrap().json().as_f64().unwrap();
    assert!(shift <= LARGEST_SHIFT, "{page} moves by {shift}");
    assert_eq!(harness.execute(SMALL_TARGETS).await, json!([]), "{page} has small targets");
    assert_eq!(
        harness.execute("return document.documentElement.scrollWidth <= innerWidth").await,
        true,
        "{page} is too wide"
    );
}

#[tokio::test]
async fn on_a_phone_nothing_moves_and_every_target_is_large_enough() {
    with_harness(PHONE, async |harness| {
        harness.open(&harness.url("/")).await;
        harness.expect_heading("Who are you today?").await;
        check(harness, "log in").await;
        harness.log_in().await;
        check(harness, "the cards").await;
        let end = "return document.querySelector('.wallet').getBoundingClientRect().bottom + scrollY";
        let end = harness.execute(end).await.as_f64().unwrap();
        assert!(end <= 1.5 * 844.0, "six cards end at {end}");
        harness.click("a[href^='#/enable/70001']").await;
        harness.find("#consent").await;
        check(harness, "the choice").await;
        harness.agree().await;
        harness.expect_heading("Add your card").await;
        check(harness, "Click to Pay").await;
        harness.press("accept").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        check(harness, "the outcome").await;
        harness.click("a[href='#/card/70001']").await;
        harness.find(".places").await;
        check(harness, "a card").await;
        for (page, url) in [
            ("the panel", harness.simulator_url("__simulator/panel")),
            ("support", harness.url("/support")),
            ("the catalog", harness.url("/support/catalog")),
            ("live", harness.url("/live")),
            ("the panel in German", harness.simulator_url("__simulator/panel?scenario=down&lang=de")),
            ("support in German", harness.url("/support?lang=de")),
            ("the catalog in German", harness.url("/support/catalog?lang=de")),
            ("live in German", harness.url("/live?lang=de")),
        ] {
            harness.open(&url).await;
            harness.find("h1").await;
            check(harness, page).await;
        }
    })
    .await;
}
