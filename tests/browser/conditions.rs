//! Conditions: slow networks, lost responses, missing logos, long names, small screens, other languages, no mouse.

use crate::harness::{Appearance, CUT_OFF, GATEWAY_FAILED, Harness, with_harness};
use serde_json::json;
use simulator::CLICK_TO_PAY;

#[tokio::test]
async fn on_a_slow_network_the_button_shows_progress_and_ignores_a_second_tap() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.log_in().await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.click("#consent").await;
        let network = |latency| json!({"offline": false, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1});
        harness.devtools("Network.enable", json!({})).await;
        harness.devtools("Network.emulateNetworkConditions", network(4_000)).await;
        let tap = "const button = document.querySelector('form button.primary'); button?.click(); return button?.innerText";
        assert_eq!(harness.execute(tap).await, "One moment…", "the same frame shows that the tap was received");
        harness.execute(tap).await;
        let progress = harness.text(".progress[role=status]:not(:empty)").await;
        assert_eq!(progress, "Your bank encrypts the card and sends it to Click to Pay.");
        harness.devtools("Network.emulateNetworkConditions", network(0)).await;
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}

async fn set_offline(harness: &Harness, offline: bool) {
    let network = json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    harness.devtools("Network.enable", json!({})).await;
    harness.devtools("Network.emulateNetworkConditions", network).await;
}

/// The cardholder agrees to enable the first card while there is no network.
async fn agree_without_a_network(harness: &Harness) {
    harness.click("a[href^='#/enable/70001']").await;
    harness.click("#consent").await;
    set_offline(harness, true).await;
    harness.click("form button.primary").await;
    harness.expect_heading("No connection").await;
}

#[tokio::test]
async fn without_a_network_a_message_is_shown_and_the_retry_has_the_same_idempotency_key() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.allow_errors();
        harness.log_in().await;
        agree_without_a_network(harness).await;
        set_offline(harness, false).await;
        harness.click(".actions .primary").await;
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}

/// The server is still starting: the next two `POST`s of this page do not reach it. One with another key fails.
const STARTING: &str = "const { fetch } = window;
    let [refusals, first] = [2];
    window.fetch = async (path, options) => {
        if (options?.method !== 'POST') return fetch(path, options);
        const key = options.headers['Idempotency-Key'];
        first ??= key;
        if (key !== first) throw new TypeError('another key');
        refusals -= 1;
        if (refusals < 0) return fetch(path, options);
        const body = { code: 'service_unavailable', retryable: true };
        return Response.json(body, { status: 503, headers: { 'Retry-After': '1' } });
    };";

#[tokio::test]
async fn while_the_server_is_starting_the_request_is_repeated_without_asking_the_cardholder() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.log_in().await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.find("#consent").await;
        harness.execute(STARTING).await;
        harness.agree().await;
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}

/// A device whose clock is ten minutes ahead.
const AHEAD: &str = "{
    const { now } = Date;
    const ahead = () => now() + 600_000;
    window.Date = class extends Date {
        constructor(...given) { super(...(given.length > 0 ? given : [ahead()])); }
        static now() { return ahead(); }
    };
}";

#[tokio::test]
async fn a_cardholder_whose_clock_is_ten_minutes_ahead_enables_a_card() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": AHEAD})).await;
        harness.log_in().await;
        let minutes_ahead = "const now = performance.timeOrigin + performance.now();
            return Math.round((Date.now() - now) / 60_000)";
        assert_eq!(harness.execute(minutes_ahead).await, 10);
        harness.enable(70_001).await;
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}

/// The request that waits for the cardholder has waited for years.
const AGED: &str =
    "for (const name of Object.keys(sessionStorage).filter((it) => it.startsWith('request '))) {
        const request = JSON.parse(sessionStorage.getItem(name));
        request.body.consent.acceptedAt = '2020-01-05T10:29:58Z';
        sessionStorage.setItem(name, JSON.stringify(request));
    }";

#[tokio::test]
async fn a_cardholder_whose_consent_is_too_old_by_now_agrees_again() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.allow_errors();
        harness.log_in().await;
        agree_without_a_network(harness).await;
        harness.execute(AGED).await;
        set_offline(harness, false).await;
        harness.click(".actions .primary").await;
        harness.expect_heading("Please agree once more").await;
        assert_eq!(harness.text(".actions .primary").await, "Agree again");
        harness.click(".actions .primary").await;
        harness.expect_heading("Enable your card").await;
        harness.agree().await;
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.pushes(), 1);
    })
    .await;
}

/// The card is pushed, but the app gets `replacement` and shows this heading. The cardholder tries again.
async fn try_again_after(harness: &Harness, replacement: &str, heading: &str) {
    harness.log_in().await;
    harness.replace_next_response(replacement).await;
    harness.click("a[href^='#/enable/70001']").await;
    harness.agree().await;
    harness.expect_heading(heading).await;
    assert_eq!(harness.pushes(), 1, "the card was pushed");
    assert_eq!(harness.text(".actions .primary").await, "Try again");
    harness.click(".actions .primary").await;
    harness.expect_heading("Add your card").await;
    assert_eq!(harness.pushes(), 1, "the same request was sent again");
}

#[tokio::test]
async fn after_an_error_of_the_gateway_the_cardholder_tries_again_and_the_card_is_pushed_once() {
    with_harness(Appearance::PHONE, async |harness| {
        try_again_after(harness, GATEWAY_FAILED, "This takes longer than usual").await;
    })
    .await;
}

#[tokio::test]
async fn after_a_response_that_was_cut_off_the_cardholder_tries_again_and_the_card_is_pushed_once() {
    with_harness(Appearance::PHONE, async |harness| {
        try_again_after(harness, CUT_OFF, "No connection").await;
    })
    .await;
}

#[tokio::test]
async fn a_logo_that_does_not_load_becomes_a_letter() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.allow_errors();
        harness.log_in().await;
        harness.devtools("Network.enable", json!({})).await;
        harness.devtools("Network.setBlockedURLs", json!({"urls": ["*/logos/*"]})).await;
        harness.click("a[href^='#/enable/70001']").await;
        let letters = "return [...document.querySelectorAll('.choice .letter')].map((it) => it.textContent)";
        harness.expect_result(letters, json!(["C", "H", "T"])).await;
        assert_eq!(harness.execute("return document.querySelectorAll('.choice img').length").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_name_of_a_hundred_characters_without_a_space_fits_a_small_phone() {
    with_harness(Appearance { size: (320, 640), ..Appearance::PHONE }, async |harness| {
        let simulator = harness.world.simulator();
        let mut requestor =
            simulator.requestors().into_iter().find(|it| it.token_requestor_id == CLICK_TO_PAY).unwrap();
        requestor.consumer_facing_entity_name = "W".repeat(100);
        simulator.add_requestor(requestor);
        harness.world.refresh().await.unwrap();
        harness.log_in().await;
        let fits = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(harness.execute(fits).await, true, "the cards");
        harness.click("a[href^='#/enable/70001']").await;
        assert_eq!(harness.text(".choice .grow").await.len(), 100);
        assert_eq!(harness.execute(fits).await, true, "the choice");
        harness.agree().await;
        harness.expect_heading("Add your card").await;
        assert_eq!(harness.execute(fits).await, true, "Click to Pay");
        harness.press("accept").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        assert_eq!(harness.execute(fits).await, true, "the outcome");
    })
    .await;
}

#[tokio::test]
async fn the_app_is_available_in_german_and_remembers_the_language() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.click("#language option[value=de]").await;
        harness.expect_heading("Ihre Karten").await;
        harness.driver.refresh().await.unwrap();
        harness.expect_heading("Ihre Karten").await;
        assert_eq!(harness.execute("return document.documentElement.lang").await, "de");
        harness.click("a[href^='#/enable/70001']").await;
        harness.expect_heading("Karte aktivieren").await;
    })
    .await;
}

#[tokio::test]
async fn without_consent_a_message_is_shown_and_nothing_is_sent() {
    with_harness(Appearance::LAPTOP, async |harness| {
        harness.log_in().await;
        harness.click("a[href^='#/enable/70001']").await;
        harness.click("form button.primary").await;
        assert_eq!(harness.text("#missing").await, "Please agree first.");
        assert_eq!(harness.execute("return document.activeElement.id").await, "consent");
        assert_eq!(harness.pushes(), 0);
    })
    .await;
}
