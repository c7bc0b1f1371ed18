//! Pages of another origin call the API (CORS).

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use local::{Options, journey::CLIENT_ID};
use serde_json::json;

use crate::harness::{Appearance, with_options};

/// Sends a request that needs a preflight. Returns its status and whether the page can read the `ETag`, or the name of the
/// error.
const FETCH: &str = "const [url, token, method, done] = arguments;
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'a-tap' };
    fetch(url, { method, headers, body: method === 'POST' ? '{}' : undefined })
        .then((it) => done([it.status, it.headers.has('etag')]), (error) => done(error.name));";

/// Serves an empty page of the bank until the tests end, each connection on a thread of its own: Chromium also opens
/// connections on which it sends nothing. Returns the page's origin.
fn serve_page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\nconnection: close\r\n\r\n<!doctype html>";
                let _ = stream.write_all(page.as_bytes());
            });
        }
    });
    origin
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_calls_the_api_and_another_one_does_not() {
    let origin = serve_page();
    let options = Options { web_origins: vec![origin.clone()], ..Options::default() };
    with_options(Appearance::LAPTOP, options, async |harness| {
        let token = harness.world.token_for(CLIENT_ID).unwrap();
        let fetch = async |path: &str, method: &str| {
            let arguments = vec![json!(harness.url(path)), json!(token), json!(method)];
            harness.driver.execute_async(FETCH, arguments).await.unwrap().json().clone()
        };
        harness.open(&origin).await;
        assert_eq!(fetch("/token-requestors?platform=web", "GET").await, json!([200, true]));
        assert_eq!(fetch("/enrollments", "POST").await, json!([400, false]));
        harness.open(&origin.replace("127.0.0.1", "localhost")).await;
        assert_eq!(fetch("/token-requestors?platform=web", "GET").await, json!("TypeError"));
    })
    .await;
}

/// The browser's cache has one entry for both pages, whose site is the same.
#[tokio::test]
async fn two_pages_of_one_site_list_the_token_requestors() {
    let origins = [serve_page(), serve_page()];
    let options = Options { web_origins: origins.to_vec(), ..Options::default() };
    with_options(Appearance::LAPTOP, options, async |harness| {
        let token = harness.world.token_for(CLIENT_ID).unwrap();
        for origin in &origins {
            harness.open(origin).await;
            let url = harness.url("/token-requestors?platform=web");
            let arguments = vec![json!(url), json!(token), json!("GET")];
            let fetched = harness.driver.execute_async(FETCH, arguments).await.unwrap();
            assert_eq!(*fetched.json(), json!([200, true]), "{origin}");
        }
    })
    .await;
}
