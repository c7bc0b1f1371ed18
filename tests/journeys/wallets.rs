//! Wallets and merchants beside Click to Pay: the redirect opens their app on iOS and Android, and they may have the cardholder
//! authenticated before or after the card is tokenized.

use jiff::SignedDuration;
use local::{
    World,
    cardholder::{Cardholder, Page},
};
use serde_json::{Value, json};
use simulator::TokenStatus;

use crate::support::open_world;

/// On iOS, Android and the web.
const WALLET: &str = "50999000001";
/// On iOS and Android; it authenticates cardholders after the tokenization.
const MERCHANT: &str = "50999000004";
/// Processing asks wallets and merchants to authenticate its cardholder.
const PROTECTED_CARD: &str = "70006";
/// The field of a response with the data for the requestor's app.
const DATA: &str = "issuerInitiatedDigitizationData";

fn request(card: &str, requestor: &str, platform: &str) -> Value {
    let mut request = Cardholder::smallest_request(card);
    request["tokenRequestorId"] = json!(requestor);
    request["platform"] = json!(platform);
    request
}

/// Pushes a card, opens the redirect and accepts the terms. Returns the enrollment's id and the page.
async fn accept_at(cardholder: &Cardholder, card: &str, requestor: &str, platform: &str) -> (String, Page) {
    let request = request(card, requestor, platform);
    let pushed = cardholder.enroll_request(&format!("{card}-{platform}"), &request).await.unwrap();
    assert_eq!(pushed.status, 201, "{}", pushed.body["code"]);
    let redirect = pushed.body["redirectUrl"].as_str().unwrap();
    let page = cardholder.open_redirect(redirect).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.html);
    let id = pushed.body["enrollmentId"].as_str().unwrap().to_owned();
    (id, page.accept_terms().await.unwrap())
}

/// Returns to the bank; the result of the callback and the `outcome` of the app link.
async fn return_with(cardholder: &Cardholder, page: &Page) -> (String, String) {
    let back = cardholder.open_callback(page.callback_url().await.unwrap()).await.unwrap();
    let (_, result) = back.callback.query_pairs().next().unwrap();
    let result = result.split('|').next().unwrap().to_owned();
    let link = back.app_link.unwrap();
    let (_, outcome) = link.query_pairs().find(|(name, _)| name == "outcome").unwrap();
    (result, outcome.into_owned())
}

async fn status(world: &World, cardholder: &Cardholder, id: &str) -> (Value, Value) {
    world.simulator().notifications_settled().await;
    let body = cardholder.get_enrollment(id).await.unwrap().body;
    (body["status"].clone(), body["final"].clone())
}

fn token_states(world: &World, requestor: &str) -> Vec<TokenStatus> {
    let tokens = world.simulator().tokens_of(40_000).into_iter();
    tokens.filter(|token| token.token_requestor_id == requestor).map(|token| token.status).collect()
}

#[tokio::test]
async fn a_wallet_is_opened_as_an_app_on_a_phone_and_as_a_page_elsewhere() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    for (card, platform, named) in [
        ("70001", "ios", Some("app for iOS")),
        ("70002", "android", Some("app for Android")),
        ("70007", "web", None),
    ] {
        let (id, page) = accept_at(&cardholder, card, WALLET, platform).await;
        assert!(page.html.contains("Harbor Wallet"), "{platform}");
        let app = ["app for iOS", "app for Android"].into_iter().find(|app| page.html.contains(app));
        assert_eq!(app, named, "{platform}");
        let returned = return_with(&cardholder, &page).await;
        assert_eq!(returned, ("APPROVED".into(), "completed".into()), "{platform}");
        assert_eq!(status(&world, &cardholder, &id).await, (json!("ENABLED"), json!(true)), "{platform}");
    }
    assert_eq!(token_states(&world, WALLET), [TokenStatus::Active; 3]);
}

#[tokio::test]
async fn a_merchant_that_authenticates_the_cardholder_keeps_the_card_only_if_that_succeeds() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let (id, page) = accept_at(&cardholder, "70001", MERCHANT, "android").await;
    let page = page.press("authenticate").await.unwrap();
    assert_eq!(return_with(&cardholder, &page).await, ("AUTHENTICATED".into(), "completed".into()));
    assert_eq!(status(&world, &cardholder, &id).await, (json!("ENABLED"), json!(true)));

    let (id, page) = accept_at(&cardholder, "70002", MERCHANT, "ios").await;
    let page = page.press("fail").await.unwrap();
    assert_eq!(return_with(&cardholder, &page).await, ("DELETED".into(), "cancelled".into()));
    world.reconcile().await.unwrap();
    assert_eq!(status(&world, &cardholder, &id).await, (json!("CANCELLED"), json!(true)));
    assert_eq!(token_states(&world, MERCHANT), [TokenStatus::Active]);
}

#[tokio::test]
async fn a_card_that_needs_authentication_is_enabled_once_the_cardholder_made_up_for_it() {
    for (requestor, done) in [(WALLET, "APPROVED"), (MERCHANT, "AUTHENTICATED")] {
        let world = open_world().await;
        let cardholder = world.cardholder("40000").unwrap();
        let (id, page) = accept_at(&cardholder, PROTECTED_CARD, requestor, "ios").await;
        let page = page.press("later").await.unwrap();
        let returned = return_with(&cardholder, &page).await;
        assert_eq!(returned, ("REQUIRE_ADDITIONAL_AUTHENTICATION".into(), "unknown".into()));
        assert_eq!(token_states(&world, requestor), [TokenStatus::Inactive]);
        assert_eq!(status(&world, &cardholder, &id).await, (json!("PENDING"), json!(false)));
        world.reconcile().await.unwrap();
        assert_eq!(status(&world, &cardholder, &id).await, (json!("TOKENIZED"), json!(false)));

        let page = page.press("authenticate").await.unwrap();
        assert_eq!(token_states(&world, requestor), [TokenStatus::Active]);
        assert_eq!(return_with(&cardholder, &page).await, (done.into(), "completed".into()));
        assert_eq!(status(&world, &cardholder, &id).await.0, json!("ENABLED"), "{done}");
        let timeline = cardholder.get_enrollment(&id).await.unwrap().body["timeline"].clone();
        let details: Vec<_> =
            timeline.as_array().unwrap().iter().map(|entry| entry["detail"].clone()).collect();
        for detail in ["require_additional_authentication", &done.to_lowercase()] {
            assert!(details.contains(&json!(detail)), "{detail}: {details:?}");
        }
    }
}

#[tokio::test]
async fn a_card_whose_cardholder_was_never_authenticated_is_enabled_nowhere_until_it_happens() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let (id, page) = accept_at(&cardholder, PROTECTED_CARD, WALLET, "android").await;
    let page = page.press("later").await.unwrap();
    return_with(&cardholder, &page).await;
    world.clock().advance(SignedDuration::from_mins(17));
    world.reconcile().await.unwrap();
    assert_eq!(status(&world, &cardholder, &id).await, (json!("SUSPENDED"), json!(false)));

    // In the wallet, which does not return to the bank.
    page.press("authenticate").await.unwrap();
    world.simulator().notifications_settled().await;
    world.clock().advance(SignedDuration::from_mins(15));
    world.reconcile().await.unwrap();
    assert_eq!(status(&world, &cardholder, &id).await, (json!("ENABLED"), json!(true)));
}

#[tokio::test]
async fn click_to_pay_needs_no_authentication_for_the_same_card() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let (id, page) = accept_at(&cardholder, PROTECTED_CARD, simulator::CLICK_TO_PAY, "ios").await;
    assert_eq!(return_with(&cardholder, &page).await.0, "APPROVED");
    assert_eq!(status(&world, &cardholder, &id).await, (json!("ENABLED"), json!(true)));
}

#[tokio::test]
async fn a_wallets_app_takes_the_card_from_the_banks_app_without_a_redirect() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = request("70001", WALLET, "ios");
    let pushed = cardholder.enroll_request("a-tap", &request).await.unwrap().body;
    let [data] = &pushed[DATA].as_array().unwrap()[..] else { panic!("one card") };
    let repeated = cardholder.enroll_request("a-tap", &request).await.unwrap().body;
    assert_eq!(repeated["redirectUrl"], pushed["redirectUrl"]);
    assert_eq!(repeated.get(DATA), None, "it is not stored");

    let url = world.simulator().base_url().join(&format!("requestors/{WALLET}/digitization-data")).unwrap();
    let page = cardholder.hand_over(url, data.as_str().unwrap()).await.unwrap();
    let page = page.accept_terms().await.unwrap();
    assert!(page.callback_url().await.is_err(), "nothing leads back to the bank");
    let id = pushed["enrollmentId"].as_str().unwrap();
    assert_eq!(status(&world, &cardholder, id).await, (json!("TOKENIZED"), json!(false)));
    world.clock().advance(SignedDuration::from_mins(17));
    world.reconcile().await.unwrap();
    assert_eq!(status(&world, &cardholder, id).await, (json!("ENABLED"), json!(true)));
}

#[tokio::test]
async fn only_a_requestor_that_takes_cards_in_a_channel_of_its_own_gets_data_for_it() {
    let world = open_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let listed = cardholder.token_requestors("ios").await.unwrap().body;
    for requestor in listed["tokenRequestors"].as_array().unwrap() {
        let id = requestor["tokenRequestorId"].as_str().unwrap();
        let supported = requestor["supportsIssuerInitiatedDigitizationData"].as_bool().unwrap();
        assert_eq!(supported, id == WALLET, "{id}");
        let pushed = cardholder.enroll_request("a-tap", &request("70001", id, "ios")).await.unwrap();
        assert_eq!((pushed.status, pushed.body.get(DATA).is_some()), (201, supported), "{id}");
    }
}
