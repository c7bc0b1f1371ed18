//! Token requestors that are listed after a refresh, and after the next one.

use jiff::SignedDuration;
use local::{World, cardholder::Response};
use serde_json::{Value, json};

use crate::support::{
    catalog::mastercard::{CLICK_TO_PAY, requestor},
    open_world, world,
};

async fn listed(world: &World, platform: &str) -> Response {
    world.cardholder("40000").unwrap().token_requestors(platform).await.unwrap()
}

fn find<'a>(response: &'a Response, id: &str) -> Option<&'a Value> {
    response.body["tokenRequestors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|requestor| requestor["tokenRequestorId"] == id)
}

#[tokio::test]
async fn before_the_first_refresh_the_list_is_empty() {
    let world = world().await;
    let response = listed(&world, "web").await;
    assert_eq!((response.status, &response.body["tokenRequestors"]), (200, &json!([])));
    assert_eq!((&response.body["catalogUpdatedAt"], &response.body["stale"]), (&Value::Null, &json!(true)));
}

#[tokio::test]
async fn after_a_refresh_click_to_pay_is_listed_with_its_logos() {
    let world = open_world().await;
    let response = listed(&world, "ios").await;
    let click_to_pay = find(&response, CLICK_TO_PAY).unwrap();
    assert_eq!(click_to_pay["pushMethods"], json!(["WEB"]));
    let logos = click_to_pay["logos"].as_array().unwrap();
    assert_eq!(logos.len(), 2, "{logos:?}");
    let png = logos.iter().find(|logo| logo["mediaType"] == "image/png").unwrap();
    assert_eq!((&png["width"], &png["height"]), (&json!(192), &json!(192)));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for logo in logos {
        let response = http.get(logo["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"].to_str().unwrap(), logo["mediaType"]);
        assert_eq!(response.headers()["content-security-policy"], "default-src 'none'");
    }
    assert_eq!(response.body["stale"], false);
}

#[tokio::test]
async fn a_range_that_exceeds_javascripts_numbers_and_i64_is_text() {
    let world = open_world().await;
    let response = listed(&world, "web").await;
    let ranges = response.body["tokenRequestors"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|it| it["accountRanges"].as_array().unwrap());
    assert!(ranges.into_iter().any(|range| range == "9300000000000000000"), "{}", response.body);
}

#[tokio::test]
async fn a_requestor_without_push_methods_for_a_platform_is_not_listed_there() {
    let world = open_world().await;
    let push_methods = |response: &Response| -> Vec<Value> {
        response.body["tokenRequestors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["pushMethods"].clone())
            .collect()
    };
    let web = push_methods(&listed(&world, "web").await);
    assert!(web.iter().all(|methods| methods.as_array().unwrap().contains(&json!("WEB"))), "{web:?}");
    let ios = push_methods(&listed(&world, "ios").await);
    assert!(ios.iter().all(|methods| !methods.as_array().unwrap().is_empty()));
}

#[tokio::test]
async fn an_app_that_has_the_catalog_gets_a_304() {
    let world = open_world().await;
    let response = listed(&world, "web").await;
    let etag = response.headers["etag"].clone();
    let cardholder = world.cardholder("40000").unwrap();
    let again = |etag: String| {
        let cardholder = cardholder.clone();
        async move {
            let headers = [("if-none-match", etag.as_str())];
            cardholder
                .request(reqwest::Method::GET, "/token-requestors?platform=web", &headers, String::new())
                .await
                .unwrap()
        }
    };
    assert_eq!(again(etag.clone()).await.status, 304);
    world.simulator().rotate_artwork(CLICK_TO_PAY).unwrap();
    world.refresh().await.unwrap();
    assert_eq!(again(etag).await.status, 200);
}

#[tokio::test]
async fn a_requestor_that_is_removed_is_hidden_and_returns() {
    let world = open_world().await;
    let click_to_pay = requestor(&world, CLICK_TO_PAY);
    world.simulator().remove_requestor(CLICK_TO_PAY).unwrap();
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!(synced["retired"], json!([CLICK_TO_PAY]));
    assert!(find(&listed(&world, "web").await, CLICK_TO_PAY).is_none());

    world.simulator().add_requestor(click_to_pay);
    world.refresh().await.unwrap();
    let response = listed(&world, "web").await;
    assert_eq!(find(&response, CLICK_TO_PAY).unwrap()["logos"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_catalog_that_missed_a_refresh_is_stale() {
    let world = open_world().await;
    world.clock().advance(SignedDuration::from_hours(16 * 24));
    assert_eq!(listed(&world, "web").await.body["stale"], true);
    world.refresh().await.unwrap();
    assert_eq!(listed(&world, "web").await.body["stale"], false);
}
