//! Generated token requestors, account ranges and logos.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;

use super::issuer::{CREDIT, Issuer, send};
use super::signing::token_connect;
use crate::{CLICK_TO_PAY, Options, Scale};

const SCALE: Scale = Scale { requestors: 2_000, ranges: 500, logo_bytes: 100_000 };

async fn large() -> Issuer {
    Issuer::with(Options { scale: Some(SCALE), ..Options::default() }).await
}

#[tokio::test]
async fn all_ranges_together_list_all_requestors_and_each_batch_less_than_half_of_them() {
    let issuer = large().await;
    let ranges: Vec<String> = SCALE.account_ranges().collect();
    assert_eq!((ranges.len(), ranges[0].len()), (500, 19));
    let mut names = BTreeMap::new();
    for batch in ranges.chunks(25) {
        let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
        let (_, body) = issuer.get_eligible(&batch).await;
        let listed = body["tokenRequestors"].as_array().unwrap();
        assert!((800..1_000).contains(&listed.len()), "{}", listed.len());
        assert_eq!(listed[0]["tokenRequestorId"], CLICK_TO_PAY);
        assert_eq!(listed[0]["enabledAccountRanges"].as_array().unwrap().len(), 25);
        for entry in listed {
            let name = entry["consumerFacingEntityName"].as_str().unwrap().to_owned();
            assert!((1..=100).contains(&name.chars().count()), "{name}");
            names.insert(entry["tokenRequestorId"].as_str().unwrap().to_owned(), name);
        }
    }
    assert_eq!(names.len(), 2_000);
    assert_eq!(names.values().collect::<BTreeSet<_>>().len(), 2_000);
    assert_eq!(names.values().map(|name| name.chars().count()).max(), Some(100));
    let (_, body) = issuer.get_eligible(&[CREDIT]).await;
    assert_eq!(body["tokenRequestors"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_large_logo_is_a_valid_png_and_the_same_each_time() {
    let issuer = large().await;
    let mut logos = BTreeSet::new();
    for requestor in issuer.simulator.requestors().iter().rev().take(3) {
        let asset = requestor.image_asset_id.as_ref().unwrap();
        let path = format!("mdes/issuer-assets/1/0/asset/tokenrequestor/{asset}");
        let get = async || send(issuer.signed(&token_connect(), Method::GET, &path, String::new())).await;
        let (status, body) = get().await;
        assert_eq!((status, &get().await.1), (StatusCode::OK, &body));
        let data = STANDARD.decode(body["mediaContents"][1]["data"].as_str().unwrap()).unwrap();
        assert!((98_000..102_000).contains(&data.len()), "{}", data.len());
        let mut png = png::Decoder::new(Cursor::new(&data)).read_info().unwrap();
        let mut pixels = vec![0; png.output_buffer_size().unwrap()];
        let frame = png.next_frame(&mut pixels).unwrap();
        assert_eq!(body["mediaContents"][1]["width"], frame.width.to_string());
        logos.insert(data);
    }
    assert_eq!(logos.len(), 3);
}
