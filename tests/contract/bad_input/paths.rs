//! Paths: enrollments that do not exist or belong to another client, callback states, unknown routes.

use reqwest::Method;
use uuid::Uuid;

use super::{CARD_NUMBER, UnchangedWorld, check_gateway_error, check_no_echo, check_problem};
use crate::support::app::ApiRequest;

#[tokio::test]
async fn an_unknown_enrollment_and_another_cardholders_give_the_same_404() {
    let unchanged = UnchangedWorld::start().await;
    let braced = format!("%7B{}%7D", unchanged.enrollment_id);
    let bare = unchanged.enrollment_id.replace('-', "");
    let other = Uuid::now_v7().to_string();
    for id in ["zebra", "77319", CARD_NUMBER, "%00", "..%2Fcards", &braced, &bare, &other] {
        unchanged.check_refused(id, &ApiRequest::get(format!("/enrollments/{id}")), 404, "not_found").await;
    }
    let own = ApiRequest::get(format!("/enrollments/{}", unchanged.enrollment_id));
    assert_eq!(unchanged.app.send(&own).await.status, 200);
    let other = unchanged.app.world.cardholder("40001").expect("a cardholder");
    unchanged.check_refused_for(&other, "another cardholder's", &own, 404, "not_found").await;
    let list = ApiRequest::get(format!("/enrollments?nextToken={}", unchanged.enrollment_id));
    assert_eq!(unchanged.app.send_as(&other, &list).await.body["enrollments"], serde_json::json!([]));
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn an_unknown_callback_state_gives_the_page_for_unknown_states() {
    let unchanged = UnchangedWorld::start().await;
    let browser = unchanged.app.cardholder.with_token("");
    for state in
        ["zebra", "77319", CARD_NUMBER, "%F0%9F%A6%93", "%00", &"z".repeat(2000), &unchanged.enrollment_id]
    {
        for query in
            ["", "?results%5BMCC-STL-zebra%5D=APPROVED", "?results[zebra]=zebra%7Czebra&zebra", "?%FF=%"]
        {
            let response =
                unchanged.app.send_as(&browser, &ApiRequest::get(format!("/callback/{state}{query}"))).await;
            assert_eq!(response.status, 404, "{state}{query}");
            assert_eq!(response.headers.get("location"), None, "{state}{query}");
            assert_eq!(response.headers["content-type"], "text/html; charset=utf-8");
            assert_eq!(response.headers["content-security-policy"], "default-src 'none'");
            check_no_echo(state, &response);
        }
    }
    let large = ApiRequest::get("/callback/zebra").with_body("zebra ".repeat(180_000));
    check_problem("a large body", &unchanged.app.send_as(&browser, &large).await, 413, "request_too_large");
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn an_unknown_route_is_refused_by_the_gateway() {
    let unchanged = UnchangedWorld::start().await;
    let (get, post) = (Method::GET, Method::POST);
    for (method, path) in [
        (&get, "/zebra"),
        (&get, "/cards/"),
        (&get, "/cards/77319"),
        (&get, "/enrollments/"),
        (&get, "/callback"),
        (&get, "/callback/"),
        (&get, "/callback/zebra/77319"),
        (&get, "/callback/zebra//"),
        (&get, "/notifications"),
        (&get, "//cards"),
        (&get, "/Cards"),
        (&post, "/notifications"),
        (&post, "/zebra"),
        (&Method::DELETE, "/enrollments/zebra/77319"),
    ] {
        let case = format!("{method} {path}");
        let response =
            unchanged.app.cardholder.request(method.clone(), path, &[], "{\"zebra\":77319}".into()).await;
        let response = response.expect("a response");
        check_gateway_error(&case, &response, 404, "Not Found");
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has() {
    let unchanged = UnchangedWorld::start().await;
    let enrollment_path = format!("/enrollments/{}", unchanged.enrollment_id);
    let attempts_path = format!("{enrollment_path}/attempts");
    let anybody = unchanged.app.cardholder.with_token("");
    let zebra = Method::from_bytes(b"ZEBRA").expect("a method");
    for (path, allowed) in [
        ("/token-requestors?platform=ios", "GET"),
        ("/cards?cardContractId=70001", "GET"),
        ("/enrollments", "GET, POST"),
        (&enrollment_path, "GET"),
        (&attempts_path, "POST"),
        ("/callback/zebra", "GET"),
    ] {
        for method in
            [Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE, zebra.clone()]
        {
            let case = format!("{method} {path}");
            let response = anybody.request(method.clone(), path, &[], String::new()).await;
            let response = response.expect("a response");
            assert_eq!(response.headers.get("allow").map(String::as_str), Some(allowed), "{case}");
            match method {
                Method::HEAD => assert_eq!(response.status, 405, "{case}"),
                _ => check_problem(&case, &response, 405, "method_not_allowed"),
            }
        }
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_preflight_that_an_any_route_passes_on_is_answered_without_content() {
    let unchanged = UnchangedWorld::start().await;
    let enrollment_path = format!("/enrollments/{}", unchanged.enrollment_id);
    let attempts_path = format!("{enrollment_path}/attempts");
    let anybody = unchanged.app.cardholder.with_token("");
    let preflight = [("origin", "https://zebra.example"), ("access-control-request-method", "POST")];
    for path in ["/token-requestors", "/enrollments", &enrollment_path, &attempts_path] {
        let send = async |headers: &[(&str, &str)]| {
            let response = anybody.request(Method::OPTIONS, path, headers, String::new()).await;
            response.expect("a response")
        };
        let response = send(&preflight).await;
        assert_eq!((response.status, &response.body), (204, &serde_json::Value::Null), "{path}");
        assert_eq!(response.headers.get("access-control-allow-origin"), None, "no origin is configured");
        for header in preflight {
            let case = format!("{path} with {} only", header.0);
            check_problem(&case, &send(&[header]).await, 405, "method_not_allowed");
        }
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn an_address_that_is_too_long_gets_a_problem_document() {
    let unchanged = UnchangedWorld::start().await;
    let long = format!("/enrollments?nickname={}", "z".repeat(40_000));
    let response = unchanged.app.cardholder.get(&long).await.expect("a response");
    check_problem("a long query", &response, 414, "uri_too_long");
    unchanged.check_unchanged().await;
}
