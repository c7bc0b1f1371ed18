//! Paths: enrollments that are not there or somebody else's, callback states, routes that are none.

use reqwest::Method;
use uuid::Uuid;

use super::{CARD_NUMBER, Untouched, is_gateway_refusal, is_problem, repeats_nothing};
use crate::support::app::Ask;

#[tokio::test]
async fn an_enrollment_that_is_not_there_or_another_cardholders_is_the_same_404() {
    let untouched = Untouched::start().await;
    let upper = untouched.enrollment_id.to_uppercase();
    for id in ["zebra", "77319", CARD_NUMBER, "%00", "..%2Fcards", &upper, &Uuid::now_v7().to_string()] {
        untouched.refuses(id, &Ask::get(format!("/enrollments/{id}")), 404, "not_found").await;
    }
    let own = Ask::get(format!("/enrollments/{}", untouched.enrollment_id));
    assert_eq!(untouched.app.ask(&own).await.status, 200);
    let stranger = untouched.app.world.cardholder("40001").expect("a cardholder");
    untouched.refuses_to(&stranger, "another cardholder's", &own, 404, "not_found").await;
    let list = Ask::get(format!("/enrollments?nextToken={}", untouched.enrollment_id));
    assert_eq!(untouched.app.ask_as(&stranger, &list).await.body["enrollments"], serde_json::json!([]));
    untouched.stays().await;
}

#[tokio::test]
async fn an_unknown_callback_state_leads_nowhere() {
    let untouched = Untouched::start().await;
    let browser = untouched.app.cardholder.with_token("");
    for state in
        ["zebra", "77319", CARD_NUMBER, "%F0%9F%A6%93", "%00", &"z".repeat(2000), &untouched.enrollment_id]
    {
        for query in
            ["", "?results%5BMCC-STL-zebra%5D=APPROVED", "?results[zebra]=zebra%7Czebra&zebra", "?%FF=%"]
        {
            let answer = untouched.app.ask_as(&browser, &Ask::get(format!("/callback/{state}{query}"))).await;
            assert_eq!(answer.status, 404, "{state}{query}");
            assert_eq!(answer.headers.get("location"), None, "{state}{query}");
            assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
            assert_eq!(answer.headers["content-security-policy"], "default-src 'none'");
            repeats_nothing(state, &answer);
        }
    }
    let large = Ask::get("/callback/zebra").saying("zebra ".repeat(180_000));
    is_problem("a large body", &untouched.app.ask_as(&browser, &large).await, 413, "request_too_large");
    untouched.stays().await;
}

#[tokio::test]
async fn what_is_no_route_is_refused_by_the_gateway() {
    let untouched = Untouched::start().await;
    let one = format!("/enrollments/{}", untouched.enrollment_id);
    let (get, post) = (Method::GET, Method::POST);
    for (method, path) in [
        (&get, "/zebra"),
        (&get, "/cards/"),
        (&get, "/cards/77319"),
        (&get, "/enrollments/"),
        (&get, "/callback"),
        (&get, "/callback/"),
        (&get, "/callback/zebra/77319"),
        (&get, "/notifications"),
        (&get, "//cards"),
        (&get, "/Cards"),
        (&post, "/notifications"),
        (&post, "/cards"),
        (&post, "/token-requestors"),
        (&post, "/callback/zebra"),
        (&post, &one),
        (&Method::DELETE, &one),
        (&Method::PUT, "/enrollments"),
        (&Method::PATCH, &one),
        (&Method::HEAD, "/token-requestors?platform=ios"),
    ] {
        let why = format!("{method} {path}");
        let answer =
            untouched.app.cardholder.request(method.clone(), path, &[], "{\"zebra\":77319}".into()).await;
        let answer = answer.expect("an answer");
        if *method == Method::HEAD {
            assert_eq!(answer.status, 404, "{why}");
        } else {
            is_gateway_refusal(&why, &answer, 404, "Not Found");
        }
    }
    untouched.stays().await;
}
