//! The 25 steps, live: what the page is told, and that it is told no secret.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, time::Duration};

use local::{Options, World};
use reqwest::{Client, Response};
use serde_json::Value;

/// What the page is told until the app has its final answer and every step was told of: Processing notes that its TCN was
/// acknowledged (step 21) while the app asks already.
async fn told(feed: &mut Response) -> Vec<Value> {
    let (mut raw, mut all) = (Vec::new(), Vec::new());
    loop {
        while let Some(end) = raw.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = raw.drain(..end + 2).collect();
            let exchange: Value = serde_json::from_slice(event.strip_prefix(b"data: ").unwrap()).unwrap();
            all.push(exchange);
            if all.iter().any(final_answer) && steps(&all).len() == 26 {
                return all;
            }
        }
        raw.extend(feed.chunk().await.unwrap().unwrap());
    }
}

fn steps(told: &[Value]) -> BTreeSet<u64> {
    told.iter().map(|it| it["step"].as_u64().unwrap()).collect()
}

fn final_answer(exchange: &Value) -> bool {
    exchange["messages"][0]["body"]["final"] == true
}

#[tokio::test]
async fn a_journey_lights_up_every_step_and_shows_no_secret() {
    let world = World::start(Options::default()).await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let mut feed = http.get(world.base_url().join("live/exchanges").unwrap()).send().await.unwrap();
    for _ in 0..2 {
        let play = http.post(world.base_url().join("live/journey").unwrap()).send();
        let told = tokio::time::timeout(Duration::from_secs(30), told(&mut feed));
        let (played, told) = tokio::join!(play, told);
        let told = told.expect("all steps are told of");
        assert_eq!(played.unwrap().status(), 204);
        world.simulator().notifications_settled().await;
        assert_eq!(steps(&told), (0..=25).collect());
        let all = serde_json::to_string(&told).unwrap();
        assert!(all.contains(r#""displayName":"Click to Pay""#) && all.contains(r#""redirectUrl":"…""#));
        let token = &world.simulator().tokens_of(40_000)[0].token_unique_reference;
        // Account ranges are no secret, though they begin as card numbers do.
        let rest = all.replace("/callback/{state}", "").replace("5555550000000000000", "");
        for secret in ["MCC-", "eyJ", "/callback/", "Bearer", "555555", token.as_str()] {
            assert!(!rest.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn who_watches_does_not_keep_the_world_alive() {
    let world = World::start(Options::default()).await.unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let mut feed = http.get(world.base_url().join("live/exchanges").unwrap()).send().await.unwrap();
    drop(world);
    while let Some(_rest) = feed.chunk().await.unwrap() {}
}
