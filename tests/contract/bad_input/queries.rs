//! The queries of the three `GET` routes for the app.

use super::{CARD_NUMBER, UnchangedWorld};
use crate::support::app::ApiRequest;

#[tokio::test]
async fn an_invalid_query_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let many = vec!["cardContractId=70001"; 51].join("&");
    for query in [
        "/token-requestors",
        "/token-requestors?platform=",
        "/token-requestors?platform=zebra",
        "/token-requestors?platform=iOS",
        "/token-requestors?platform=ios&platform=ios",
        "/token-requestors?platform=ios&cardId=77319",
        "/token-requestors?platform=ios&%22zebra%22=77319",
        "/cards",
        "/cards?tokenRequestorId=50123197928",
        &format!("/cards?{many}"),
        "/cards?cardContractId=",
        "/cards?cardContractId=zebra",
        "/cards?cardContractId=-77319",
        "/cards?cardContractId=70001,70002",
        "/cards?cardContractId=70001:",
        "/cards?cardContractId=70001:zebra",
        "/cards?cardContractId=70001:77319",
        "/cards?cardContractId=70001:5555550000000000000:77319",
        "/cards?cardContractId=70001:4111111111111111",
        "/cards?cardContractId=70001&tokenRequestorId=zebra",
        "/cards?cardContractId=70001&tokenRequestorId=50123197928&tokenRequestorId=50123197928",
        "/cards?cardContractId=70001&clientId=77319",
        "/enrollments?limit=0",
        "/enrollments?limit=51",
        "/enrollments?limit=-1",
        "/enrollments?limit=%2B5",
        "/enrollments?limit=+5",
        "/enrollments?limit=zebra",
        "/enrollments?limit=77319",
        "/enrollments?limit=1&limit=1",
        "/enrollments?nextToken=",
        "/enrollments?nextToken=zebra",
        "/enrollments?cardContractId=zebra",
        "/enrollments?cardContractId=70001&cardContractId=70002",
        "/enrollments?clientId=77319",
        "/enrollments?nickname",
    ] {
        unchanged.check_refused(query, &ApiRequest::get(query), 400, "invalid_request").await;
    }
    let unknown = "/cards?cardContractId=70001&tokenRequestorId=50999999999";
    unchanged.check_refused(unknown, &ApiRequest::get(unknown), 404, "token_requestor_not_found").await;
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_card_number_in_a_query_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let enrollment_path = format!("/enrollments/{}", unchanged.enrollment_id);
    let routes = [
        "/token-requestors?platform=ios",
        "/cards?cardContractId=70001",
        "/enrollments?limit=5",
        &enrollment_path,
    ];
    for route in routes {
        let and = if route.contains('?') { '&' } else { '?' };
        for query in [
            format!("zebra={CARD_NUMBER}"),
            format!("{CARD_NUMBER}=zebra"),
            "platform=5555%205555+5555-4444".into(),
            format!("limit={CARD_NUMBER}"),
            format!("nextToken={CARD_NUMBER}"),
            format!("cardContractId={CARD_NUMBER}"),
            format!("cardContractId=70001:{CARD_NUMBER}"),
            "accountRange=4111111111111111".into(),
        ] {
            let request = ApiRequest::get(format!("{route}{and}{query}"));
            unchanged.check_refused(&request.path.clone(), &request, 400, "card_number_refused").await;
        }
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_get_with_a_large_body_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let enrollment_path = format!("/enrollments/{}", unchanged.enrollment_id);
    for route in
        ["/token-requestors?platform=ios", "/cards?cardContractId=70001", "/enrollments", &enrollment_path]
    {
        let request = ApiRequest::get(route).with_body("zebra ".repeat(180_000));
        unchanged.check_refused(route, &request, 413, "request_too_large").await;
    }
    unchanged.check_unchanged().await;
}
