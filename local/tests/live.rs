//! The page of the 25 steps: it receives every exchange, and no secret.

use std::{collections::BTreeSet, time::Duration};

use local::{Options, World};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// The exchanges until the app has its final response and every step has occurred: Processing records the acknowledgment of
/// its TCN (step 21) while the app polls already.
async fn exchanges(feed: &mut Response) -> Vec<Value> {
    let (mut raw, mut all) = (Vec::new(), Vec::new());
    loop {
        while let Some(end) = raw.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = raw.drain(..end + 2).collect();
            let exchange: Value = serde_json::from_slice(event.strip_prefix(b"data: ").unwrap()).unwrap();
            all.push(exchange);
            if all.iter().any(is_final_response) && steps(&all).len() == 26 {
                return all;
            }
        }
        raw.extend(feed.chunk().await.unwrap().unwrap());
    }
}

fn steps(exchanges: &[Value]) -> BTreeSet<u64> {
    exchanges.iter().map(|it| it["step"].as_u64().unwrap()).collect()
}

fn is_final_response(exchange: &Value) -> bool {
    exchange["messages"][0]["body"]["final"] == true
}

#[tokio::test]
async fn a_journey_lights_up_every_step_and_shows_no_secret() {
    let world = World::start(Options::default()).await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let mut feed = http.get(world.base_url().join("live/exchanges").unwrap()).send().await.unwrap();
    for _ in 0..2 {
        let play = http.post(world.base_url().join("live/journey").unwrap()).send();
        let received = tokio::time::timeout(Duration::from_secs(60), exchanges(&mut feed));
        let (played, received) = tokio::join!(play, received);
        let received = received.expect("every step is received");
        assert_eq!(played.unwrap().status(), 204);
        world.simulator().notifications_settled().await;
        assert_eq!(steps(&received), (0..=25).collect());
        let all = serde_json::to_string(&received).unwrap();
        assert!(all.contains(r#""displayName":"Click to Pay""#) && all.contains(r#""redirectUrl":"…""#));
        let token = &world.simulator().tokens_of(40_000)[0].token_unique_reference;
        let rest = all.replace("/callback/{state}", "");
        for secret in ["MCC-", "eyJ", "/callback/", "Bearer", token.as_str()] {
            assert!(!rest.contains(secret), "{secret}");
        }
        // Not inside of words, and not in durations: times and ids have any digits. Account ranges are not secret, although they look
        // like card numbers.
        let shown: Vec<_> = received.iter().map(|it| [&it["summary"], &it["messages"]]).collect();
        let shown = json!(shown).to_string();
        let mut words = shown.split(|it: char| !it.is_ascii_alphanumeric() && it != '.');
        let is_range = |word: &str| word.starts_with("5555550000000000000");
        assert!(!words.any(|word| word.starts_with("555555") && !is_range(word)));
    }
}

#[tokio::test]
async fn the_journey_of_the_start_can_be_replayed_and_contains_no_secret() {
    let world = World::start(Options::default()).await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let recorded = async || -> Vec<Value> {
        let response = http.get(world.base_url().join("live/recorded").unwrap()).send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    };
    assert_eq!(recorded().await, Vec::<Value>::new());
    let recording = world.record_for_live();
    world.refresh().await.unwrap();
    local::journey::journey(&world.cardholder("40000").unwrap()).await.unwrap();
    world.simulator().notifications_settled().await;
    recording.keep();
    let exchanges = recorded().await;
    assert_eq!(steps(&exchanges), (0..=25).collect());
    let all = serde_json::to_string(&exchanges).unwrap();
    for secret in ["MCC-", "eyJ", "Bearer"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_subscriber_does_not_keep_the_world_alive() {
    let world = World::start(Options::default()).await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let mut feed = http.get(world.base_url().join("live/exchanges").unwrap()).send().await.unwrap();
    drop(world);
    while let Some(_rest) = feed.chunk().await.unwrap() {}
}

#[tokio::test]
async fn the_live_page_is_in_the_language_of_the_browser_unless_the_query_asks_for_another() {
    let world = World::start(Options::default()).await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str, language: &str| {
        let request = http.get(world.base_url().join(path).unwrap()).header("accept-language", language);
        request.send().await.unwrap().text().await.unwrap()
    };
    let german = get("live", "de-CH,de;q=0.9,en;q=0.8").await;
    for text in
        ["<html lang=\"de\">", "Die 25 Schritte, live", "Ablauf abspielen", "href=\"/support/catalog\""]
    {
        assert!(german.contains(text), "{text} is not in {german}");
    }
    let english = get("live?lang=en", "de").await;
    for text in [
        "<html lang=\"en\">",
        "Play a journey",
        "href=\"/support/catalog?lang=en\"",
        "href=\"/live?lang=de\" lang=\"de\"",
    ] {
        assert!(english.contains(text), "{text} is not in {english}");
    }
}
