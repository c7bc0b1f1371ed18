//! Malicious artwork, from Mastercard's response to the logo's URL.

use std::{fs, path::Path};

use super::{RED, form, stored_asset};
use crate::support::{open_world, world};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/fetch-assets/testdata/malicious");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| (file.file_stem().unwrap().to_str().unwrap().into(), fs::read(&file).unwrap())).collect()
}

/// Markup that no safe SVG needs.
const ACTIVE: [&str; 16] = [
    "<script",
    "</script",
    "onload=",
    "onclick=",
    "onmouseover=",
    "onerror=",
    "javascript:",
    "data:",
    "<!",
    "<?",
    "&",
    "<image",
    "<foreignobject",
    "<style",
    "<a ",
    "external.example",
];

#[tokio::test]
async fn no_malicious_svg_is_served_with_active_markup() {
    let world = world().await;
    let corpus = corpus();
    assert!(corpus.len() >= 45, "{}", corpus.len());
    for (title, svg) in &corpus {
        world.simulator().set_asset(title, form("image/svg+xml", svg));
    }
    let titles: Vec<&str> = corpus.iter().map(|(title, _)| title.as_str()).collect();
    let fetched = world.fetch_assets(json!({"assets": titles})).await.unwrap();
    let stored: Vec<&str> = fetched["stored"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let failed = fetched["failed"].as_array().unwrap();
    assert!(failed.iter().all(|failed| failed["reason"] == "no_usable_form"), "{failed:?}");
    assert_eq!(stored.len() + failed.len(), corpus.len());

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut served = 0;
    for title in &stored {
        for logo in stored_asset(&world, title).await.unwrap().logos {
            let response = http.get(format!("{}{}", world.base_url(), logo.key)).send().await.unwrap();
            assert_eq!(response.headers()["content-type"].to_str().unwrap(), logo.media_type, "{title}");
            assert_eq!(response.headers()["x-content-type-options"], "nosniff");
            if logo.media_type == "image/svg+xml" {
                let text = response.text().await.unwrap().to_ascii_lowercase();
                let active = ACTIVE.iter().find(|markup| text.contains(**markup));
                assert_eq!(active, None, "{title}");
                served += 1;
            }
        }
    }
    assert_eq!(served, stored.len());
}

#[tokio::test]
async fn a_requestor_with_a_malicious_svg_is_shown_with_its_png_only() {
    let world = open_world().await;
    let mut contents = form("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>");
    contents.as_array_mut().unwrap().push(json!({"type": "image/png", "data": STANDARD.encode(picture())}));
    world.simulator().set_asset("new", contents);
    assert_eq!(shown_media_types(&world, "new").await, ["image/png"]);
}

#[tokio::test]
async fn a_requestor_with_an_svg_only_is_shown_with_a_png_made_from_it() {
    let world = open_world().await;
    world.simulator().set_asset("new", form("image/svg+xml", RED));
    assert_eq!(shown_media_types(&world, "new").await, ["image/svg+xml", "image/png"]);
}

#[tokio::test]
async fn a_requestor_whose_new_artwork_is_rejected_keeps_its_old_logo() {
    let world = open_world().await;
    world.simulator().set_asset("new", form("image/png", "<script>alert(1)</script>"));
    assert_eq!(shown_media_types(&world, "new").await, ["image/svg+xml", "image/png"]);
}

#[tokio::test]
async fn a_document_is_stored_and_cannot_be_opened_from_outside() {
    let world = world().await;
    world.simulator().set_asset("terms", form("text/html", "<script>alert(1)</script>"));
    world.fetch_assets(json!({"assets": ["terms"]})).await.unwrap();
    let terms = stored_asset(&world, "terms").await.unwrap();
    let ([], [key]) = (terms.logos.as_slice(), terms.kept.as_slice()) else { panic!("{terms:?}") };
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in [key.clone(), format!("logos/../{key}"), format!("logos/..%2f{key}")] {
        let url = format!("{}{path}", world.base_url());
        assert_eq!(http.get(url).send().await.unwrap().status(), 404, "{path}");
    }
}

/// Media types of Click to Pay's logos once it has this artwork.
async fn shown_media_types(world: &local::World, asset: &str) -> Vec<String> {
    let mut all = world.simulator().requestors();
    let mut click_to_pay =
        all.remove(all.iter().position(|it| it.token_requestor_id == simulator::CLICK_TO_PAY).unwrap());
    click_to_pay.image_asset_id = Some(asset.into());
    world.simulator().add_requestor(click_to_pay);
    world.refresh().await.unwrap();
    let response = world.cardholder("40000").unwrap().token_requestors("web").await.unwrap();
    let offered = response.body["tokenRequestors"].as_array().unwrap();
    let click_to_pay = offered.iter().find(|it| it["tokenRequestorId"] == simulator::CLICK_TO_PAY).unwrap();
    let logos = click_to_pay["logos"].as_array().unwrap().iter();
    logos.map(|logo: &Value| logo["mediaType"].as_str().unwrap().to_owned()).collect()
}

/// One transparent pixel.
fn picture() -> Vec<u8> {
    let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    STANDARD.decode(pixel).unwrap()
}
