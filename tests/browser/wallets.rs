//! Wallets and merchants beside Click to Pay, which a phone opens as apps.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{Appearance, Harness, with_harness};

/// On iOS, Android and the web.
const WALLET: &str = "50999000001";
/// On iOS and Android; it authenticates cardholders after the tokenization.
const MERCHANT: &str = "50999000004";
const ANDROID: &str =
    "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36";

/// Selects a token requestor for a card, consents, and continues to it.
async fn continue_to(harness: &Harness, card: u64, requestor: &str) {
    harness.click(&format!("a[href^='#/enable/{card}']")).await;
    harness.click(&format!("input[value='{requestor}']")).await;
    harness.agree().await;
    harness.expect_heading("Add your card").await;
}

async fn enable_at(harness: &Harness, card: u64, requestor: &str, app: &str) {
    continue_to(harness, card, requestor).await;
    assert_eq!(harness.text(".sheet > .soft").await, app);
    harness.press("accept").await;
}

#[tokio::test]
async fn a_cardholder_on_ios_enables_a_card_in_a_wallet_once_the_identity_is_verified() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.open(&harness.url("/?platform=ios")).await;
        harness.log_in().await;
        enable_at(harness, 70_006, WALLET, "Harbor Wallet, app for iOS").await;
        harness.press("later").await;
        harness.click("#return").await;
        harness.expect_heading("Verify your identity at Harbor Wallet").await;

        let [session] = harness.world.simulator().sessions().try_into().unwrap();
        harness.open(&harness.simulator_url(&format!("click-to-pay/sessions/{}", session.id))).await;
        harness.press("authenticate").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        let timeline = harness.text(".timeline").await;
        assert!(timeline.contains("Harbor Wallet still has to verify your identity"), "{timeline}");
        harness.click(".actions a[href='#/cards']").await;
        harness.click("a[href='#/card/70006']").await;
        assert_eq!(harness.text(".token .state").await, "Enabled at Harbor Wallet");
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_on_android_enables_a_card_at_a_merchant_that_is_only_an_app() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.devtools("Emulation.setUserAgentOverride", json!({ "userAgent": ANDROID })).await;
        harness.log_in().await;
        enable_at(harness, 70_001, MERCHANT, "App Only Rides, app for Android").await;
        harness.press("authenticate").await;
        harness.click("#return").await;
        harness.find(".timeline").await;
        harness.expect_heading("Your card is enabled").await;
        let timeline = harness.text(".timeline").await;
        assert!(timeline.contains("your identity was verified"), "{timeline}");
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_who_cancels_at_a_wallet_tries_again_there() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.log_in().await;
        continue_to(harness, 70_002, WALLET).await;
        harness.press("cancel").await;
        harness.click("#return").await;
        harness.expect_heading("Nothing was enabled").await;
        harness.click(".actions .primary").await;
        harness.find("#consent").await;
        let selected = "return document.querySelector('[name=requestor]:checked').value";
        assert_eq!(harness.execute(selected).await, WALLET);
        harness.agree().await;
        harness.expect_heading("Add your card").await;
        assert!(harness.text(".sheet > .soft").await.starts_with("Harbor Wallet"));
    })
    .await;
}

#[tokio::test]
async fn a_cardholder_who_never_verified_the_identity_does_not_read_that_the_card_was_enabled() {
    with_harness(Appearance::PHONE, async |harness| {
        harness.open(&harness.url("/?platform=ios")).await;
        harness.log_in().await;
        enable_at(harness, 70_006, WALLET, "Harbor Wallet, app for iOS").await;
        // The wallet's page stays open: the cardholder does not come back.
        harness.world.simulator().notifications_settled().await;
        let expect = async |[reads, minutes]: [i64; 2], is_final: bool, heading: &str, text: &str| {
            harness.open(&harness.url("/")).await;
            harness.click("#leave").await;
            for _ in 0..reads {
                harness.world.clock().advance(SignedDuration::from_mins(minutes));
                harness.world.reconcile().await.unwrap();
            }
            let all = harness.world.cardholder("40000").unwrap().get("/enrollments").await.unwrap();
            let enrollment = &all.body["enrollments"][0];
            assert_eq!((&enrollment["status"], &enrollment["final"]), (&json!("SUSPENDED"), &json!(is_final)));
            harness.open(&harness.url("/?platform=ios")).await;
            harness.log_in().await;
            harness.open(&harness.url(&format!("/#/enrollment/{}", enrollment["enrollmentId"].as_str().unwrap()))).await;
            harness.expect_heading(heading).await;
            let lead = harness.text("main .lead").await;
            assert!(lead.contains(text) && !lead.contains("was enabled"), "{lead}");
        };
        expect([1, 17], false, "Verify your identity at Harbor Wallet", "once your identity is verified there").await;
        expect([4, 24 * 60], true, "Your identity was not verified at Harbor Wallet", "cannot use it before").await;
        assert_eq!(harness.text(".actions .primary").await, "Manage this card");
        harness.execute("const list = document.querySelector('#language'); list.value = 'de'; list.dispatchEvent(new Event('change'))").await;
        harness.expect_heading("Ihre Identität wurde bei Harbor Wallet nicht geprüft").await;
    })
    .await;
}
