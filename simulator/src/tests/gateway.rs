//! Authentication at the gateway and its errors.

use std::time::Duration;

use axum::http::StatusCode;
use reqwest::Method;

use super::issuer::{Issuer, reason, send};
use super::signing::{Signing, processing, token_connect};
use crate::Options;

const TOKENS: &str = "global-processing/digital/clients/40000/tokens?status=Active";

#[tokio::test]
async fn both_signature_methods_are_accepted() {
    let issuer = Issuer::new().await;
    for method in ["RSA-SHA256", "RSA-PSS"] {
        let signing = Signing { method, ..processing() };
        let (status, body) = send(issuer.signed(&signing, Method::GET, TOKENS, String::new())).await;
        assert_eq!(status, StatusCode::OK, "{method}: {body}");
    }
}

#[tokio::test]
async fn the_error_for_a_wrong_key_contains_the_expected_base_string() {
    let issuer = Issuer::new().await;
    let mut wrong_key = processing();
    wrong_key.key = token_connect().key;
    for signing in [wrong_key, token_connect()] {
        let (status, body) = send(issuer.signed(&signing, Method::GET, TOKENS, String::new())).await;
        assert_eq!((status, reason(&body)), (StatusCode::FORBIDDEN, "AUTHENTICATION_FAILED"));
        let description = body["Errors"]["Error"][0]["Description"].as_str().unwrap();
        assert!(description.contains("base string: GET&http%3A%2F%2F127.0.0.1%3A"), "{description}");
        assert!(description.ends_with("%26oauth_version%3D1.0%26status%3DActive"), "{description}");
    }
}

#[tokio::test]
async fn the_error_for_an_altered_body_contains_both_hashes() {
    let issuer = Issuer::new().await;
    let path = "mdes/connect/1/0/getEligibleTokenRequestors";
    let request = issuer.signed(&token_connect(), Method::POST, path, "{}".to_owned()).body("{ }");
    let (status, body) = send(request).await;
    assert_eq!((status, reason(&body)), (StatusCode::BAD_REQUEST, "INVALID_BODY_HASH"));
    let description = body["Errors"]["Error"][0]["Description"].as_str().unwrap();
    assert!(description.contains("Received: RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="), "{description}");
}

#[tokio::test]
async fn a_missing_or_ill_formed_authorization_header_is_rejected() {
    let issuer = Issuer::new().await;
    let url = issuer.url(TOKENS);
    let header = processing().header("GET", &url, b"");
    for (ill_formed, expected) in [
        (header.replace("oauth_version=\"1.0\"", "oauth_version=\"2.0\""), "INVALID_OAUTH_SBS"),
        (header.replace("%3D\"", "=\""), "INVALID_OAUTH_SBS"),
        (header.replace("oauth_nonce", "nonce"), "INVALID_OAUTH_SBS"),
        (header.replace('"', ""), "INVALID_AUTH_HEADER"),
        ("Basic Zm9vOmJhcg==".to_owned(), "INVALID_AUTH_HEADER"),
    ] {
        let (status, body) = send(issuer.http.get(url.clone()).header("authorization", &ill_formed)).await;
        assert_eq!((status, reason(&body)), (StatusCode::BAD_REQUEST, expected), "{ill_formed}");
    }
    let (status, body) = send(issuer.http.get(url)).await;
    assert_eq!((status, reason(&body)), (StatusCode::BAD_REQUEST, "INVALID_OAUTH_SBS"));
}

#[tokio::test]
async fn old_timestamps_and_replayed_nonces_are_rejected_if_switched_on() {
    let options = Options {
        clock_skew: Some(Duration::from_secs(300)),
        reject_replayed_nonces: true,
        ..Options::default()
    };
    let issuer = Issuer::with(options).await;
    let mut signing = processing();
    signing.timestamp -= 301;
    let (status, _) = send(issuer.signed(&signing, Method::GET, TOKENS, String::new())).await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    let signing = processing();
    for expected in [StatusCode::OK, StatusCode::FORBIDDEN] {
        let (status, _) = send(issuer.signed(&signing, Method::GET, TOKENS, String::new())).await;
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn calls_beyond_the_rate_limit_get_429() {
    let issuer = Issuer::with(Options { rate_limit: Some(2), ..Options::default() }).await;
    let signed = || issuer.signed(&processing(), Method::GET, TOKENS, String::new());
    // Signed before, and sent at once: the limit is for one second.
    let (first, second, third) = (signed(), signed(), signed());
    let (first, second, third) = tokio::join!(send(first), send(second), send(third));
    let mut statuses = [first.0, second.0, third.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS]);
}

#[tokio::test]
async fn an_escaped_slash_in_the_version_is_not_found() {
    let issuer = Issuer::new().await;
    let path = "mdes/connect/1%2F0/getEligibleTokenRequestors";
    let (status, _) = send(issuer.signed(&token_connect(), Method::POST, path, "{}".to_owned())).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
