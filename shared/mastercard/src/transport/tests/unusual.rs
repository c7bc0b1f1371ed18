//! Responses as intermediaries alter them. Each is the response to a push, which must not be lost.

use std::io::Read;

use flate2::{
    Compression,
    read::{GzEncoder, ZlibEncoder},
};
use serde_json::json;

use super::{FakeServer, Reply, Transport, signer, soon};
use crate::{
    TokenConnect,
    token_connect::{PushError, PushMultipleAccounts, PushedAccounts},
};

fn pushed() -> Vec<u8> {
    let body = json!({"pushAccountReceipts": [{"pushAccountReceipt": "MCC-1"}], "signature": "a.b.c"});
    body.to_string().into_bytes()
}

fn ineligible(description: &[u8]) -> Vec<u8> {
    let (before, after) = (
        br#"{"Errors":{"Error":[{"Source":"MDES","ReasonCode":"ACCOUNT_INELIGIBLE","Description":""#,
        br#"","Recoverable":false}]}}"#,
    );
    [&before[..], description, &after[..]].concat()
}

async fn push(reply: Reply) -> Result<PushedAccounts, PushError> {
    let mastercard = FakeServer::start([reply]);
    let client = TokenConnect::new(mastercard.url.clone(), signer(), Transport::new().unwrap());
    client.push_multiple_accounts(&PushMultipleAccounts::for_test("{}"), soon()).await
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    GzEncoder::new(body, Compression::fast()).read_to_end(&mut compressed).unwrap();
    compressed
}

/// The reason codes of a card that was not pushed.
async fn rejection(headers: &'static str, body: Vec<u8>) -> Vec<String> {
    match push(Reply::Response(400, headers, body)).await {
        Err(PushError::Rejected(error)) => error.reason_codes().iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn headers_that_only_strict_parsers_reject_lose_no_push() {
    let many = "X-Filler: 1\r\n".repeat(200);
    for headers in
        ["X-Backside-Transport : OK OK\r\n", "X-Folded: a\r\n b\r\n", "X Invalid: 1\r\n: none\r\n", &many]
    {
        let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n", pushed().len());
        let accounts = push(Reply::Raw([head.into_bytes(), pushed()].concat())).await;
        assert_eq!(accounts.unwrap().receipts.len(), 1, "{headers}");
    }
}

#[tokio::test]
async fn compression_that_nobody_requested_loses_neither_a_push_nor_a_reason_code() {
    let mut zlib = Vec::new();
    ZlibEncoder::new(&*pushed(), Compression::fast()).read_to_end(&mut zlib).unwrap();
    for (headers, body) in [
        ("content-encoding: gzip\r\n", gzip(&pushed())),
        ("", gzip(&pushed())),
        ("content-encoding: deflate\r\n", zlib),
        // Declared, and not done.
        ("content-encoding: gzip\r\n", pushed()),
    ] {
        assert_eq!(push(Reply::Response(200, headers, body)).await.unwrap().receipts.len(), 1, "{headers}");
    }
    let codes = rejection("content-encoding: gzip\r\n", gzip(&ineligible(b"x"))).await;
    assert_eq!(codes, ["ACCOUNT_INELIGIBLE"]);
}

#[tokio::test]
async fn a_compressed_body_that_is_damaged_or_huge_is_not_an_empty_one() {
    let damaged = gzip(&pushed())[..30].to_vec();
    let huge = gzip(&vec![b' '; super::body::MAX_BYTES * 2]);
    for body in [damaged, huge] {
        let outcome = push(Reply::Response(200, "content-encoding: gzip\r\n", body)).await;
        assert!(matches!(outcome, Err(PushError::Unknown(_))));
    }
}

#[tokio::test]
async fn the_reason_code_is_read_whatever_the_description_contains() {
    let latin1 = "content-type: application/json;charset=ISO-8859-1\r\n";
    for (headers, description) in [
        (latin1, &b"Carte refus\xe9e"[..]),
        ("", b"Carte refus\xe9e"),
        ("", b"Not eligible\nsee log"),
        ("", b"cut \\ud83d"),
        ("", b"C:\\logs"),
    ] {
        assert_eq!(rejection(headers, ineligible(description)).await, ["ACCOUNT_INELIGIBLE"]);
    }
}
