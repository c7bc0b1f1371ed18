//! Artwork is fetched when its id is unknown, and never again.

use serde_json::{Value, json};
use simulator::{Operation, TokenRequestor};

use crate::support::{
    catalog::{
        mastercard::{CLICK_TO_PAY, requestor},
        view::CatalogView,
    },
    open_world, world,
};

#[tokio::test]
async fn a_second_refresh_fetches_no_logo_again() {
    let world = open_world().await;
    let before = world.simulator().calls(Operation::GetAsset);
    let (synced, fetched) = world.refresh().await.unwrap();
    assert_eq!((&synced["changed"], &synced["assets"]), (&json!([]), &json!([])));
    assert_eq!(fetched["stored"], json!([]));
    assert_eq!(world.simulator().calls(Operation::GetAsset), before);
}

#[tokio::test]
async fn only_new_artwork_is_fetched() {
    let world = open_world().await;
    let before = world.simulator().calls(Operation::GetAsset);
    let old = CatalogView::read(&world).await;
    let asset = world.simulator().rotate_artwork(CLICK_TO_PAY).unwrap();
    let (synced, fetched) = world.refresh().await.unwrap();
    assert_eq!((&synced["assets"], &fetched["stored"]), (&json!([asset]), &json!([asset])));
    assert_eq!(world.simulator().calls(Operation::GetAsset), before + 1);
    let new = CatalogView::read(&world).await;
    let changed = new.logos.iter().filter(|(id, logos)| old.logos[*id] != **logos);
    assert_eq!(changed.map(|(id, _)| id.as_str()).collect::<Vec<_>>(), [CLICK_TO_PAY]);
}

#[tokio::test]
async fn one_logo_of_two_requestors_is_fetched_once() {
    let world = open_world().await;
    let before = world.simulator().calls(Operation::GetAsset);
    let asset = world.simulator().rotate_artwork(CLICK_TO_PAY).unwrap();
    let sister =
        TokenRequestor { token_requestor_id: "50999000009".into(), ..requestor(&world, CLICK_TO_PAY) };
    world.simulator().add_requestor(sister);
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!(synced["assets"], json!([asset]));
    assert_eq!(world.simulator().calls(Operation::GetAsset), before + 1);
    let shown = CatalogView::read(&world).await;
    assert_eq!(shown.logos["50999000009"], shown.logos[CLICK_TO_PAY]);
    assert_eq!(shown.logos[CLICK_TO_PAY].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn artwork_of_a_requestor_that_returns_still_exists() {
    let world = open_world().await;
    let (click_to_pay, old) = (requestor(&world, CLICK_TO_PAY), CatalogView::read(&world).await);
    world.simulator().remove_requestor(CLICK_TO_PAY).unwrap();
    world.refresh().await.unwrap();
    let before = world.simulator().calls(Operation::GetAsset);
    world.simulator().add_requestor(click_to_pay);
    let (synced, _) = world.refresh().await.unwrap();
    assert_eq!(synced["returned"], json!([CLICK_TO_PAY]));
    assert_eq!(CatalogView::read(&world).await.logos, old.logos);
    assert_eq!(world.simulator().calls(Operation::GetAsset), before);
}

#[tokio::test]
async fn a_requestor_without_a_logo_is_listed_without_logos() {
    let world = world().await;
    world.simulator().remove_artwork(CLICK_TO_PAY).unwrap();
    let (synced, fetched) = world.refresh().await.unwrap();
    let others = Some(world.simulator().requestors().len() - 1);
    let count = |list: &Value| list.as_array().map(Vec::len);
    assert_eq!(
        [&synced["assets"], &fetched["stored"], &fetched["failed"]].map(count),
        [others, others, Some(0)]
    );
    let response = world.cardholder("40000").unwrap().token_requestors("web").await.unwrap();
    let mut listed = response.body["tokenRequestors"].as_array().unwrap().iter();
    let click_to_pay = listed.find(|it| it["tokenRequestorId"] == CLICK_TO_PAY).unwrap();
    assert_eq!(click_to_pay["logos"], json!([]));
}
