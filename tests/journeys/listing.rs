//! The list of token requestors: sorted for display, compressed, cached, and available when the table is not.

use futures_util::future::join_all;
use jiff::SignedDuration;
use local::{Options, World};
use model::catalog::CatalogEntry;
use reqwest::{Response, header::HeaderMap};
use runtime::store::Plan;
use serde_json::{Value, json};
use simulator::CLICK_TO_PAY;

use crate::support::{gzip::decompress, open_world, open_world_with, openapi::violations, world};

/// The app's request, with additional headers.
async fn get(world: &World, query: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}token-requestors?{query}", world.base_url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.get(url).bearer_auth(world.token_for("40000").unwrap());
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

async fn listed(world: &World, query: &str) -> Value {
    let response = get(world, query, &[]).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn names(listed: &Value) -> Vec<&str> {
    let requestors = listed["tokenRequestors"].as_array().unwrap();
    requestors.iter().map(|requestor| requestor["displayName"].as_str().unwrap()).collect()
}

fn etag(headers: &HeaderMap) -> String {
    headers["etag"].to_str().unwrap().to_owned()
}

/// Deletes all of the catalog but the item that names the current version.
async fn delete_all_but_the_version(world: &World) {
    let (db, table) = (world.dynamodb(), &world.tables().token_requestors);
    let items = db.scan().table_name(table).send().await.unwrap().items.unwrap();
    let items = items.into_iter().filter(|item| item["sk"].as_s().unwrap() != "CATALOG");
    for item in items {
        let delete = db.delete_item().table_name(table).key("pk", item["pk"].clone());
        delete.key("sk", item["sk"].clone()).send().await.unwrap();
    }
}

async fn delete_table(world: &World) {
    world.dynamodb().delete_table().table_name(&world.tables().token_requestors).send().await.unwrap();
}

#[tokio::test]
async fn click_to_pay_comes_first_and_then_all_others_by_name() {
    let world = open_world().await;
    let listed = listed(&world, "platform=ios").await;
    let (first, others) =
        names(&listed).split_first().map(|(first, others)| (*first, others.to_vec())).unwrap();
    assert_eq!(
        (first, listed["tokenRequestors"][0]["tokenRequestorId"].as_str()),
        ("Click to Pay", Some(CLICK_TO_PAY))
    );
    assert!(others.len() >= 2 && others.is_sorted() && others[0] < first, "{others:?}");
}

#[tokio::test]
async fn without_featured_requestors_all_are_listed_by_name() {
    let settings = [("FEATURED_TOKEN_REQUESTORS".to_owned(), String::new())].into();
    let world = open_world_with(Options { settings, ..Options::default() }).await;
    let listed = listed(&world, "platform=ios").await;
    assert!(names(&listed).is_sorted() && names(&listed)[0] != "Click to Pay", "{:?}", names(&listed));
}

#[tokio::test]
async fn a_name_of_a_hundred_characters_is_shown_in_full() {
    let world = world().await;
    let mut longest = world.simulator().requestors()[0].clone();
    longest.token_requestor_id = "50999000099".into();
    longest.consumer_facing_entity_name = "Ä".repeat(100);
    world.simulator().add_requestor(longest.clone());
    world.refresh().await.unwrap();
    assert!(
        names(&listed(&world, "platform=web").await).contains(&longest.consumer_facing_entity_name.as_str())
    );
}

#[tokio::test]
async fn a_requestor_without_token_connect_is_not_listed() {
    let world = open_world().await;
    let unsupported = world.simulator().requestors().into_iter().filter(|it| !it.supports_token_connect());
    let unsupported: Vec<String> = unsupported.map(|it| it.token_requestor_id).collect();
    assert!(!unsupported.is_empty());
    for platform in ["ios", "android", "web"] {
        let listed = listed(&world, &format!("platform={platform}")).await.to_string();
        assert!(!unsupported.iter().any(|id| listed.contains(id)), "{platform}");
    }
}

#[tokio::test]
async fn a_compressed_response_has_the_same_content() {
    let world = open_world().await;
    let plain = get(&world, "platform=web", &[]).await;
    let compressed = get(&world, "platform=web", &[("accept-encoding", "br;q=1.0, gzip;q=0.8")]).await;
    assert_eq!(
        (plain.headers().get("content-encoding"), &compressed.headers()["content-encoding"]),
        (None, &"gzip".parse().unwrap())
    );
    for response in [&plain, &compressed] {
        assert_eq!(
            (response.status().as_u16(), &response.headers()["vary"]),
            (200, &"accept-encoding, origin".parse().unwrap())
        );
    }
    assert_ne!(etag(plain.headers()), etag(compressed.headers()), "one ETag is one sequence of bytes");
    let (plain, compressed) = (plain.json::<Value>().await.unwrap(), compressed.bytes().await.unwrap());
    assert_eq!(decompress(&compressed), plain);
    assert_eq!(violations("/components/schemas/TokenRequestors", &plain), [""; 0]);
    let refused = get(&world, "platform=web", &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(refused.headers().get("content-encoding"), None);
}

#[tokio::test]
async fn an_etag_is_valid_for_one_query_and_one_encoding() {
    let world = open_world().await;
    let queries = ["platform=web", "platform=ios", "platform=web&accountRange=555555000"];
    let encodings = ["identity", "gzip"];
    let mut responses = Vec::new();
    for (query, encoding) in queries.into_iter().flat_map(|query| encodings.map(|it| (query, it))) {
        let first = get(&world, query, &[("accept-encoding", encoding)]).await;
        responses.push((query, encoding, etag(first.headers())));
    }
    for (query, encoding, _) in &responses {
        for (etag_query, etag_encoding, etag) in &responses {
            let headers = [("accept-encoding", *encoding), ("if-none-match", etag.as_str())];
            let again = get(&world, query, &headers).await;
            let is_same = (query, encoding) == (etag_query, etag_encoding);
            assert_eq!(
                again.status(),
                if is_same { 304 } else { 200 },
                "{query} {encoding} with the ETag of {etag_query} {etag_encoding}"
            );
            assert_eq!(again.headers()["vary"], "accept-encoding, origin");
        }
    }
}

#[tokio::test]
async fn only_requestors_of_the_cards_range_are_shown_when_it_is_given() {
    let world = open_world().await;
    let all = listed(&world, "platform=ios").await;
    for range in ["555555000", "5555550000000000000", "9300000000000000000", "4444440000000000000"] {
        let found = listed(&world, &format!("platform=ios&accountRange={range}")).await;
        let padded = json!(format!("{range:0<19}"));
        let mut expected = all["tokenRequestors"].as_array().unwrap().clone();
        expected.retain(|requestor| requestor["accountRanges"].as_array().unwrap().contains(&padded));
        assert_eq!(found["tokenRequestors"], json!(expected), "{range}");
        assert_eq!(expected.is_empty(), range.starts_with('4'), "{range}");
    }
    for wrong in ["55555500", "55555500000000000000", "555555abc", "555555000&accountRange=555556000", ""] {
        let refused = get(&world, &format!("platform=ios&accountRange={wrong}"), &[]).await;
        assert_eq!(refused.status(), 400, "{wrong}");
        assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["parameter"], "accountRange");
    }
}

#[tokio::test]
async fn a_cached_catalog_takes_one_small_read() {
    let world = open_world().await;
    let before = listed(&world, "platform=web").await;
    delete_all_but_the_version(&world).await;
    assert_eq!(listed(&world, "platform=web").await, before, "from the cache");
    assert!(
        !names(&listed(&world, "platform=android").await).is_empty(),
        "from the cache, for a request that is new"
    );
    let etag = etag(get(&world, "platform=ios", &[]).await.headers());
    assert_eq!(get(&world, "platform=ios", &[("if-none-match", &etag)]).await.status(), 304);
}

#[tokio::test]
async fn an_app_that_has_the_list_gets_a_304_from_a_function_that_just_started() {
    let world = open_world().await;
    let etag = etag(get(&world, "platform=web", &[]).await.headers());
    delete_all_but_the_version(&world).await;
    let runtime = crate::support::function_runtime::runtime_of(&world);
    let fresh = list_requestors::ListRequestors::connect(&runtime).await.unwrap();
    let request = lambda_http::http::Request::builder()
        .uri("/token-requestors?platform=web")
        .header("if-none-match", etag);
    let request = request.body(lambda_http::Body::Empty).unwrap();
    assert_eq!(fresh.handle(request).await.unwrap().status(), 304);
}

#[tokio::test]
async fn a_list_that_was_read_is_still_served_when_the_table_is_gone() {
    let world = open_world().await;
    let before = listed(&world, "platform=web").await;
    delete_table(&world).await;
    assert_eq!(listed(&world, "platform=web").await, before);
    world.clock().advance(SignedDuration::from_hours(16 * 24));
    let later = listed(&world, "platform=web").await;
    assert_eq!((&later["tokenRequestors"], &later["stale"]), (&before["tokenRequestors"], &json!(true)));
}

#[tokio::test]
async fn a_function_that_has_never_read_the_catalog_fails() {
    let world = open_world().await;
    delete_table(&world).await;
    let response = get(&world, "platform=web", &[]).await;
    assert_eq!(response.status(), 500);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "internal_error");
}

#[tokio::test]
async fn a_cached_response_becomes_stale_with_time() {
    let world = open_world().await;
    let gzip = [("accept-encoding", "gzip")];
    let read = async || {
        let response = get(&world, "platform=web", &gzip).await;
        let tag = etag(response.headers());
        (tag, decompress(&response.bytes().await.unwrap()))
    };
    let (first_tag, first) = read().await;
    assert_eq!(first["stale"], false);
    world.clock().advance(SignedDuration::from_hours(15 * 24 + 1));
    let (stale_tag, stale) = read().await;
    assert_eq!((&stale["stale"], &stale["catalogUpdatedAt"]), (&json!(true), &first["catalogUpdatedAt"]));
    world.refresh().await.unwrap();
    let (fresh_tag, fresh) = read().await;
    assert_eq!((&fresh["stale"], &fresh["tokenRequestors"]), (&json!(false), &first["tokenRequestors"]));
    assert!(fresh["catalogUpdatedAt"].as_str() > first["catalogUpdatedAt"].as_str());
    assert!(first_tag != stale_tag && stale_tag != fresh_tag && first_tag != fresh_tag);
}

#[tokio::test]
async fn new_artwork_is_shown_without_a_new_version() {
    let world = open_world().await;
    let logos = async || listed(&world, "platform=web").await["tokenRequestors"][0]["logos"].clone();
    let before = logos().await;
    world.simulator().rotate_artwork(CLICK_TO_PAY).unwrap();
    world.sync_requestors(json!({})).await.unwrap();
    assert_eq!(logos().await, before, "not fetched yet");
    world.fetch_assets(json!({})).await.unwrap();
    assert_ne!(logos().await, before);
}

#[tokio::test]
async fn many_concurrent_requests_get_the_same_response() {
    let world = open_world().await;
    let responses = join_all((0..20).map(|_| listed(&world, "platform=web"))).await;
    assert!(!names(&responses[0]).is_empty());
    assert!(responses.iter().all(|response| *response == responses[0]));
}

/// A catalog whose uncompressed list exceeds Lambda's response limit.
#[tokio::test]
async fn a_catalog_that_is_too_large_is_sent_compressed_or_by_range_or_not_at_all() {
    let world = world().await;
    let ranges: Vec<String> = (0..1_000).map(|range| format!("5555{range:06}000000000")).collect();
    let entries: Vec<CatalogEntry> = (0..300).map(|requestor| {
        let (id, name) = (format!("509{requestor:08}"), format!("Requestor {requestor}"));
        let ranges = if requestor == 7 { &ranges[..] } else { &ranges[1..] };
        let fields = json!({"tokenRequestorId": id, "name": name, "consumerFacingEntityName": name,
            "tokenRequestorType": "MERCHANT", "supportedPushMethods": ["WEB"], "enabledAccountRanges": ranges});
        serde_json::from_value(fields).unwrap()
    }).collect();
    let plan = |_: &_| (Plan { write: entries.clone(), complete: true, ..Plan::default() }, ());
    world.token_requestors().refresh(world.clock().now(), plan).await.unwrap();
    let refused = get(&world, "platform=web", &[]).await;
    assert_eq!(refused.status(), 406);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "response_too_large");
    assert_eq!(
        violations(
            "/components/responses/ResponseTooLarge/content/application~1problem+json/schema",
            &problem
        ),
        [""; 0]
    );
    let compressed = get(&world, "platform=web", &[("accept-encoding", "gzip")]).await;
    assert_eq!(names(&decompress(&compressed.bytes().await.unwrap())).len(), 300);
    assert_eq!(names(&listed(&world, "platform=web&accountRange=5555000000").await), ["Requestor 7"]);
}
