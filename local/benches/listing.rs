//! How long `list-requestors` takes for a catalog of two thousand, against the embedded DynamoDB: its own time, less
//! Lambda's and API Gateway's. Fails when a target is missed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot continue panics with the reason"
)]

use std::time::{Duration, Instant};

use lambda_http::{Body, Request, Response};
use list_requestors::ListRequestors;
use local::{Options, World};
use mastercard::asset::Asset;
use model::catalog::CatalogEntry;
use runtime::store::Plan;
use serde_json::json;

const REQUESTORS: usize = 2_000;
const RANGES_EACH: usize = 10;
const RUNS: usize = 300;

/// Median, 95th percentile and longest.
struct Times([Duration; 3]);

#[tokio::main]
async fn main() {
    let world = World::start(Options::default()).await.unwrap();
    fill(&world).await;
    let function = ListRequestors::connect(world.runtime()).await.unwrap();
    let gzip = |query: &str| request(query, &[("accept-encoding", "gzip")]);

    let started_at = Instant::now();
    let first = function.handle(gzip("platform=web")).await.unwrap();
    let cold = started_at.elapsed();
    let plain = function.handle(request("platform=web", &[])).await.unwrap();
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    println!("{REQUESTORS} token requestors with {RANGES_EACH} account ranges and two logos each");
    println!("body: {} kB, compressed {} kB", kilobytes(&plain), kilobytes(&first));
    println!("first response, which reads and compresses the catalog: {:.0} ms\n", milliseconds(cold));

    println!("| warm response | median | 95 % | longest |\n|---|---|---|---|");
    let conditional = [("accept-encoding", "gzip"), ("if-none-match", etag.as_str())];
    let packed = measure(&function, "200, compressed", 200, || gzip("platform=web")).await;
    measure(&function, "200, plain", 200, || request("platform=web", &[])).await;
    measure(&function, "200, one account range", 200, || gzip("platform=web&accountRange=555500007")).await;
    let unchanged = measure(&function, "304", 304, || request("platform=web", &conditional)).await;

    let targets = [("200, compressed", packed, 5), ("304", unchanged, 1)];
    let missed: Vec<_> = targets
        .iter()
        .filter(|(_, Times([median, ..]), target)| *median >= Duration::from_millis(*target))
        .map(|(what, _, target)| format!("{what} is not under {target} ms"))
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}

async fn measure(function: &ListRequestors, what: &str, status: u16, request: impl Fn() -> Request) -> Times {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let request = request();
        let started_at = Instant::now();
        let response = function.handle(request).await.unwrap();
        times.push(started_at.elapsed());
        assert_eq!(response.status(), status, "{what}");
    }
    times.sort();
    let times = [RUNS / 2, RUNS * 95 / 100, RUNS - 1].map(|at| times[at]);
    let [median, most, longest] = times.map(milliseconds);
    println!("| {what} | {median:.2} ms | {most:.2} ms | {longest:.2} ms |");
    Times(times)
}

fn request(query: &str, headers: &[(&str, &str)]) -> Request {
    let request = lambda_http::http::Request::builder().uri(format!("/token-requestors?{query}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::Empty).unwrap()
}

fn kilobytes(response: &Response<Body>) -> usize {
    response.body().len() / 1_000
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn fill(world: &World) {
    let (entries, assets): (Vec<_>, Vec<_>) = (0..REQUESTORS).map(requestor).unzip();
    let plan = |_: &_| (Plan { write: entries.clone(), complete: true, ..Plan::default() }, ());
    world.token_requestors().refresh(world.clock().now(), plan).await.unwrap();
    world.token_requestors().record_assets(&assets).await.unwrap();
}

fn requestor(number: usize) -> (CatalogEntry, Asset) {
    const WORDS: [&str; 7] = ["Harbor", "Äpfel", "Northshire", "Wallet", "Öl", "Bookbinders", "Rides"];
    let word = |by: usize| WORDS[number / by % WORDS.len()];
    let (name, asset) = (format!("{} {} {} {number}", word(1), word(7), word(49)), format!("asset-{number}"));
    let ranges: Vec<_> =
        (0..RANGES_EACH).map(|nth| format!("5555{:05}", (number + nth * 50) % 500)).collect();
    let entry = json!({
        "tokenRequestorId": format!("509{number:08}"), "name": name, "consumerFacingEntityName": name,
        "tokenRequestorType": "MERCHANT", "supportedPushMethods": ["IOS", "ANDROID", "WEB"],
        "supportedAccountHolderData": ["NAME", "EMAIL_ADDRESS"], "imageAssetId": asset, "enabledAccountRanges": ranges,
    });
    let key = |form: &str| {
        format!("logos/{}.{form}", mastercard::digest::sha256_hex(format!("{number} {form}").as_bytes()))
    };
    let asset = json!({
        "assetId": asset, "fetchedAt": "2026-01-05T10:30:00Z", "logos": [
            {"mediaType": "image/png", "key": key("png"), "width": 192, "height": 192},
            {"mediaType": "image/svg+xml", "key": key("svg")},
        ],
    });
    (serde_json::from_value(entry).unwrap(), serde_json::from_value(asset).unwrap())
}
