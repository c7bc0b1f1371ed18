//! The catalogue of token requestors: filled, kept when Mastercard fails, changed when Mastercard changes.

use jiff::SignedDuration;
use local::{Options, World, cardholder::Answer};
use serde_json::{Value, json};
use simulator::{Fault, Operation, Times};

use crate::support::{open_world, world, world_with};

const CLICK_TO_PAY: &str = "50123197928";

async fn listed(world: &World, platform: &str) -> Answer {
    world.cardholder("40000").unwrap().token_requestors(platform).await.unwrap()
}

fn find<'a>(answer: &'a Answer, id: &str) -> Option<&'a Value> {
    answer.body["tokenRequestors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|requestor| requestor["tokenRequestorId"] == id)
}

#[tokio::test]
async fn before_the_first_refresh_there_is_nothing_to_offer() {
    let world = world().await;
    let answer = listed(&world, "web").await;
    assert_eq!((answer.status, &answer.body["tokenRequestors"]), (200, &json!([])));
    assert_eq!((&answer.body["catalogueUpdatedAt"], &answer.body["stale"]), (&Value::Null, &json!(true)));
}

#[tokio::test]
async fn after_a_refresh_click_to_pay_is_offered_with_its_logos() {
    let world = open_world().await;
    let answer = listed(&world, "ios").await;
    let click_to_pay = find(&answer, CLICK_TO_PAY).unwrap();
    assert_eq!(click_to_pay["pushMethods"], json!(["WEB"]));
    let logos = click_to_pay["logos"].as_array().unwrap();
    assert_eq!(logos.len(), 2, "{logos:?}");
    let png = logos.iter().find(|logo| logo["mediaType"] == "image/png").unwrap();
    assert_eq!((&png["width"], &png["height"]), (&json!(192), &json!(192)));
    for logo in logos {
        let response = reqwest::get(logo["url"].as_str().unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"].to_str().unwrap(), logo["mediaType"]);
        assert_eq!(response.headers()["content-security-policy"], "default-src 'none'");
    }
    assert_eq!(answer.body["stale"], false);
}

#[tokio::test]
async fn a_range_beyond_what_javascript_and_i64_hold_travels_as_text() {
    let world = open_world().await;
    let answer = listed(&world, "web").await;
    let ranges = answer.body["tokenRequestors"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|it| it["accountRanges"].as_array().unwrap());
    assert!(ranges.into_iter().any(|range| range == "9300000000000000000"), "{}", answer.body);
}

#[tokio::test]
async fn a_requestor_that_a_platform_cannot_reach_is_not_offered_there() {
    let world = open_world().await;
    let on = |answer: &Answer| -> Vec<Value> {
        answer.body["tokenRequestors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["pushMethods"].clone())
            .collect()
    };
    let web = on(&listed(&world, "web").await);
    assert!(web.iter().all(|methods| methods.as_array().unwrap().contains(&json!("WEB"))), "{web:?}");
    let ios = on(&listed(&world, "ios").await);
    assert!(ios.iter().all(|methods| !methods.as_array().unwrap().is_empty()));
}

#[tokio::test]
async fn a_second_refresh_fetches_no_logo_again() {
    let world = open_world().await;
    let assets = world.simulator().calls(Operation::GetAsset);
    let (synced, fetched) = world.refresh().await.unwrap();
    assert_eq!((&synced["changed"], &synced["assets"]), (&json!([]), &json!([])));
    assert_eq!(fetched["stored"], json!([]));
    assert_eq!(world.simulator().calls(Operation::GetAsset), assets);
}

#[tokio::test]
async fn an_app_that_has_the_catalogue_is_told_so() {
    let world = open_world().await;
    let answer = listed(&world, "web").await;
    let etag = answer.headers["etag"].clone();
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
async fn a_refresh_that_fails_in_any_way_keeps_the_catalogue() {
    let world = open_world().await;
    let before = listed(&world, "web").await.body;
    let faults = [
        Fault::Status { code: 500, json: true },
        Fault::HtmlBadGateway,
        Fault::EmptyBody,
        Fault::WrongContent,
        Fault::ErrorsInOk { reason_code: "AUTHORIZATION_FAILED".into() },
        Fault::NullShape,
        Fault::HangUp,
        Fault::TruncatedJson,
        Fault::ResetMidBody,
    ];
    for fault in faults {
        world.simulator().set_fault(Operation::GetEligibleTokenRequestors, fault.clone(), Times::Always);
        assert!(world.refresh().await.is_err(), "{fault:?}");
        assert_eq!(listed(&world, "web").await.body, before, "{fault:?}");
    }
}

#[tokio::test]
async fn an_empty_answer_hides_nobody() {
    let world = open_world().await;
    for requestor in world.simulator().requestors() {
        world.simulator().remove_requestor(&requestor.token_requestor_id).unwrap();
    }
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!((&synced["requestors"], &synced["retired"]), (&json!(0), &json!([])));
    assert!(find(&listed(&world, "web").await, CLICK_TO_PAY).is_some());
}

#[tokio::test]
async fn a_requestor_that_is_gone_is_hidden_and_comes_back() {
    let world = open_world().await;
    let all = world.simulator().requestors();
    let click_to_pay =
        all.iter().find(|requestor| requestor.token_requestor_id == CLICK_TO_PAY).unwrap().clone();
    world.simulator().remove_requestor(CLICK_TO_PAY).unwrap();
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!(synced["retired"], json!([CLICK_TO_PAY]));
    assert!(find(&listed(&world, "web").await, CLICK_TO_PAY).is_none());

    world.simulator().add_requestor(click_to_pay);
    world.refresh().await.unwrap();
    let answer = listed(&world, "web").await;
    assert_eq!(find(&answer, CLICK_TO_PAY).unwrap()["logos"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn new_artwork_that_cannot_be_fetched_leaves_the_old_logo() {
    let world = open_world().await;
    let before = find(&listed(&world, "web").await, CLICK_TO_PAY).unwrap()["logos"].clone();
    let asset = world.simulator().rotate_artwork(CLICK_TO_PAY).unwrap();
    world.simulator().set_fault(Operation::GetAsset, Fault::HtmlBadGateway, Times::Always);
    let (_, fetched) = world.refresh().await.unwrap();
    assert_eq!(fetched["failed"], json!([{"assetId": asset, "reason": "not_fetched"}]));
    assert_eq!(find(&listed(&world, "web").await, CLICK_TO_PAY).unwrap()["logos"], before);

    world.simulator().clear_faults();
    let (_, fetched) = world.refresh().await.unwrap();
    assert_eq!(fetched["stored"], json!([asset]));
    assert_ne!(find(&listed(&world, "web").await, CLICK_TO_PAY).unwrap()["logos"], before);
}

#[tokio::test]
async fn a_catalogue_that_missed_a_refresh_says_that_it_is_stale() {
    let world = open_world().await;
    world.clock().advance(SignedDuration::from_hours(16 * 24));
    assert_eq!(listed(&world, "web").await.body["stale"], true);
    world.refresh().await.unwrap();
    assert_eq!(listed(&world, "web").await.body["stale"], false);
}

#[tokio::test]
async fn a_wrong_signing_key_for_token_connect_fails_the_refresh() {
    let portal = simulator::Portal::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    portal.credentials().write_to(folder.path()).unwrap();
    let key = format!("file:{}", folder.path().join("token-connect-signing-key.pem").display());
    let settings = [("TOKEN_CONNECT_SIGNING_KEY".to_owned(), key)].into();
    let world = world_with(Options { settings, ..Options::default() }).await;
    assert!(world.refresh().await.is_err());
    assert_eq!(listed(&world, "web").await.body["tokenRequestors"], json!([]));
}
