//! Artwork: fetched once, checked, stored completely or not at all.

mod malicious;

use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fetch_assets::{FetchAssets, FetchReport};
use lambda_runtime::{Context, LambdaEvent};
use local::World;
use mastercard::asset::Asset;
use runtime::config::Settings;
use serde_json::{Value, json};
use simulator::{Fault, Operation};

use crate::support::{open_world, world};

const RED: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#c00"/></svg>"##;

/// `mediaContents` of one form.
fn form(media_type: &str, data: impl AsRef<[u8]>) -> Value {
    json!([{"type": media_type, "data": STANDARD.encode(data)}])
}

/// A form that is no logo.
fn terms() -> Value {
    json!({"type": "application/pdf", "data": STANDARD.encode("%PDF-1.7")})
}

async fn stored_asset(world: &World, id: &str) -> Option<Asset> {
    world.token_requestors().snapshot().await.unwrap().assets.remove(&id.parse().unwrap())
}

/// Runs the function in this world with one setting changed and this much time left.
async fn fetch_with(world: &World, changed: (&str, &str), time: Duration, event: Value) -> FetchReport {
    let settings = world.settings();
    let changed = [(changed.0.to_owned(), changed.1.to_owned())];
    let settings: Settings =
        settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).chain(changed).collect();
    let function = FetchAssets::connect(&world.runtime().with_settings(settings)).await.unwrap();
    let mut context = Context::default();
    let end = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + time;
    context.deadline = u64::try_from(end.as_millis()).unwrap();
    function.handle(LambdaEvent::new(event, context)).await.unwrap()
}

#[tokio::test]
async fn a_stored_asset_is_skipped_and_fetched_again_only_on_demand() {
    let world = open_world().await;
    world.simulator().set_asset("an-asset", form("image/svg+xml", RED));
    let event = json!({"assets": ["an-asset", "an-asset"]});
    let before = world.simulator().calls(Operation::GetAsset);
    assert_eq!(world.fetch_assets(event.clone()).await.unwrap()["stored"], json!(["an-asset"]));
    assert_eq!(world.fetch_assets(event).await.unwrap()["skipped"], json!(["an-asset"]));
    assert_eq!(world.simulator().calls(Operation::GetAsset) - before, 1);

    let again = world.fetch_assets(json!({"assets": ["an-asset"], "again": true})).await.unwrap();
    assert_eq!((&again["stored"], &again["skipped"]), (&json!(["an-asset"]), &json!([])));
    assert_eq!(world.simulator().calls(Operation::GetAsset) - before, 2);
    let all = world.fetch_assets(json!({"again": true})).await.unwrap();
    assert_eq!(all["stored"].as_array().unwrap().len(), world.simulator().requestors().len());
}

#[tokio::test]
async fn an_incomplete_list_fetches_all_that_is_missing() {
    let world = world().await;
    let synced = world.sync_requestors(json!({})).await.unwrap();
    let first = &synced["assets"][0];
    let record = json!({"version": "1.0", "responsePayload": {"assets": [first], "moreAssets": true}});
    let fetched = world.fetch_assets(record).await.unwrap();
    assert_eq!(fetched["stored"].as_array().unwrap().len(), synced["assets"].as_array().unwrap().len());
    assert_eq!(fetched["remaining"], 0);
}

#[tokio::test]
async fn an_asset_that_fails_fails_alone_and_is_fetched_next_time() {
    let world = world().await;
    world.sync_requestors(json!({})).await.unwrap();
    // Not retryable, so that exactly one asset fails.
    let fault = Fault::ApiError {
        code: 400,
        source: "INPUT".into(),
        reason_code: "INVALID_FIELD_VALUE".into(),
        recoverable: None,
    };
    world.simulator().set_fault(Operation::GetAsset, fault, 1);
    let fetched = world.fetch_assets(json!({})).await.unwrap();
    let [failed] = fetched["failed"].as_array().unwrap().as_slice() else { panic!("{fetched}") };
    assert_eq!(failed["reason"], "not_fetched");
    assert!(stored_asset(&world, failed["assetId"].as_str().unwrap()).await.is_none());
    let before = fetched["stored"].as_array().unwrap().len();
    assert_eq!(before, world.simulator().requestors().len() - 1);

    let fetched = world.fetch_assets(json!({})).await.unwrap();
    assert_eq!((&fetched["stored"], &fetched["failed"]), (&json!([failed["assetId"]]), &json!([])));
}

#[tokio::test]
async fn an_asset_that_the_bucket_refuses_is_not_recorded() {
    let world = world().await;
    world.simulator().set_asset("a", form("image/svg+xml", RED));
    let event = json!({"assets": ["a"]});
    let minute = Duration::from_secs(60);
    let fetched = fetch_with(&world, ("S3_ENDPOINT_URL", "http://127.0.0.1:1"), minute, event.clone()).await;
    assert_eq!((fetched.stored.len(), fetched.failed[0].reason), (0, fetch_assets::FetchFailure::NotStored));
    assert!(stored_asset(&world, "a").await.is_none());
    assert_eq!(world.fetch_assets(event).await.unwrap()["stored"], json!(["a"]));
}

#[tokio::test]
async fn nothing_is_fetched_when_the_time_is_almost_over() {
    let world = world().await;
    let event = json!({"assets": ["a", "b", "c"]});
    let fetched = fetch_with(&world, ("TENANT", "bank"), Duration::from_secs(4), event).await;
    assert_eq!((fetched.remaining, fetched.failed.len()), (3, 0));
    assert_eq!(world.simulator().calls(Operation::GetAsset), 0);
}

#[tokio::test]
async fn an_asset_that_hangs_does_not_use_up_the_time_for_recording() {
    let world = world().await;
    for id in ["a", "b"] {
        world.simulator().set_asset(id, form("image/svg+xml", RED));
    }
    world.simulator().set_fault(Operation::GetAsset, Fault::Latency { milliseconds: 60_000 }, 1);
    let event = json!({"assets": ["a", "b"]});
    // 7.5 seconds for the calls, without the margins for recording and the response.
    let fetched = fetch_with(&world, ("TENANT", "bank"), Duration::from_secs(13), event).await;
    // The first attempt times out after half of that time, the second one succeeds.
    assert_eq!((fetched.stored.len(), fetched.failed.len(), fetched.remaining), (2, 0, 0), "{fetched:?}");
}

#[tokio::test]
async fn an_asset_without_a_usable_form_is_asked_for_again_later() {
    let world = world().await;
    world.simulator().set_asset("empty", json!([]));
    let broken = json!({"type": "image/png", "data": "no base64!"});
    world.simulator().set_asset("broken", json!([broken]));
    world.simulator().set_asset("broken-beside-terms", json!([terms(), broken]));
    let event = json!({"assets": ["empty", "broken", "broken-beside-terms"]});
    let fetched = world.fetch_assets(event.clone()).await.unwrap();
    let mut failed = fetched["failed"].as_array().unwrap().clone();
    failed.sort_by_key(|failed| failed["assetId"].to_string());
    let expected = json!([
        {"assetId": "broken", "reason": "no_usable_form"},
        {"assetId": "broken-beside-terms", "reason": "no_usable_form"},
        {"assetId": "empty", "reason": "no_forms"},
    ]);
    assert_eq!((&fetched["stored"], json!(failed)), (&json!([]), expected));
    for id in ["empty", "broken", "broken-beside-terms"] {
        assert!(stored_asset(&world, id).await.is_none(), "{id}");
        world.simulator().set_asset(id, form("image/svg+xml", RED));
    }
    let fetched = world.fetch_assets(event).await.unwrap();
    assert_eq!(fetched["stored"].as_array().unwrap().len(), 3, "{fetched}");
}

#[tokio::test]
async fn an_asset_that_became_unusable_keeps_its_logo() {
    let world = world().await;
    world.simulator().set_asset("a", form("image/svg+xml", RED));
    world.fetch_assets(json!({"assets": ["a"]})).await.unwrap();
    let before = stored_asset(&world, "a").await.unwrap();
    let script = json!({"type": "image/svg+xml", "data": STANDARD.encode("<script>alert(1)</script>")});
    for unusable in [json!([script]), json!([terms(), script])] {
        world.simulator().set_asset("a", unusable);
        let again = world.fetch_assets(json!({"assets": ["a"], "again": true})).await.unwrap();
        assert_eq!(again["failed"], json!([{"assetId": "a", "reason": "no_usable_form"}]));
        assert_eq!(stored_asset(&world, "a").await.unwrap(), before);
    }
}

#[tokio::test]
async fn a_logo_in_lines_of_base64_or_as_a_data_uri_is_stored() {
    let world = world().await;
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAYAAACp8Z5+AAAAHUlEQVR4nGNgUPXKn7LzHrOGb9H0\r\n\
               PQ/ZtBlIFwAAUKEZYch4dIsAAAAASUVORK5CYII=";
    let data_uri = format!("data:image/png;base64,{}", png.replace("\r\n", ""));
    for data in [png.replace("\r\n", "") + "\n", png.into(), data_uri] {
        world.simulator().set_asset("a", json!([{"type": "image/png", "data": data}]));
        let fetched = world.fetch_assets(json!({"assets": ["a"], "again": true})).await.unwrap();
        assert_eq!((&fetched["stored"], &fetched["refused"]), (&json!(["a"]), &json!([])), "{data}");
        assert_eq!(stored_asset(&world, "a").await.unwrap().logos[0].width, Some(4));
    }
}

#[tokio::test]
async fn many_assets_of_one_content_are_stored_concurrently() {
    let world = world().await;
    let ids: Vec<String> = (0..60).map(|n| format!("asset-{n}")).collect();
    for id in &ids {
        world.simulator().set_asset(id, form("image/svg+xml", RED));
    }
    world.simulator().set_asset("other", form("application/pdf", "%PDF-1.7"));
    let (once, twice) =
        tokio::join!(world.fetch_assets(json!({"assets": ids})), world.fetch_assets(json!({"assets": ids})));
    for fetched in [once.unwrap(), twice.unwrap()] {
        assert_eq!((fetched["failed"].as_array().unwrap().len(), &fetched["remaining"]), (0, &json!(0)));
    }
    assert_eq!(world.token_requestors().snapshot().await.unwrap().assets.len(), 60);
}
