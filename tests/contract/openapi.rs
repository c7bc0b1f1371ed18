//! Every response of a successful journey, and of failed ones, conforms to `infra/openapi.yaml`; and the API description,
//! the template and the local gateway have the same routes.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use local::cardholder::Cardholder;
use reqwest::Method;
use runtime::http::Code;
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Fault, Operation};

use crate::support::{
    app::{ApiRequest, App},
    openapi::{self, API_DESCRIPTION, escaped, violations},
    world,
};

#[tokio::test]
async fn the_api_description_the_template_and_the_gateway_have_the_same_routes() {
    // Each path has a route for all other methods, which get 405, and the callback one with a slash at the end.
    let mut expected = openapi::routes();
    let path = |key: &String| key.split_once(' ').map(|(_, path)| format!("ANY {path}"));
    let others: Vec<_> = expected.iter().filter_map(path).collect();
    expected.extend(others);
    expected.insert("GET /callback/{state}/".into());
    let template = openapi::read("infra/template.yaml");
    let deployed = template.lines().filter_map(|line| line.trim().strip_prefix("RouteKey: "));
    assert_eq!(deployed.map(str::to_owned).collect::<BTreeSet<_>>(), expected);
    let world = world().await;
    assert_eq!(world.routes().iter().cloned().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn the_api_description_has_every_problem_code() {
    let documented = API_DESCRIPTION["components"]["schemas"]["ProblemCode"]["x-extensible-enum"]
        .as_array()
        .expect("a list");
    let documented: Vec<_> = documented.iter().filter_map(Value::as_str).collect();
    assert_eq!(
        documented,
        Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>(),
        "make `ProblemCode` in infra/openapi.yaml and the codes in shared/runtime/src/http/problem/code.rs the same"
    );
}

#[test]
fn the_examples_of_problems_have_the_texts_of_their_code() {
    let responses = API_DESCRIPTION["components"]["responses"].as_object().expect("responses");
    let examples = responses.values().map(|it| &it["content"]["application/problem+json"]["example"]);
    let examples: Vec<_> = examples.filter(|example| example.is_object()).collect();
    assert!(examples.len() >= 4, "{examples:?}");
    for example in examples {
        let code = Code::ALL.iter().copied().find(|code| example["code"] == code.as_str());
        assert_eq!(
            (example["title"].as_str(), example["detail"].as_str()),
            (code.map(Code::title), code.map(Code::detail)),
            "correct the example of {} in infra/openapi.yaml: shared/runtime/src/http/problem/code.rs has its texts",
            example["code"]
        );
    }
}

#[test]
fn the_examples_of_the_api_description_conform_to_it() {
    let mut contents = Vec::new();
    find(&API_DESCRIPTION, "", &mut contents);
    assert!(contents.len() > 10, "examples of {contents:?}");
    for at in contents {
        let content = API_DESCRIPTION.pointer(&at).expect("content");
        let named = content["examples"].as_object().into_iter().flatten().map(|(_, example)| {
            let reference = example["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
            &reference.and_then(|at| API_DESCRIPTION.pointer(at)).unwrap_or(example)["value"]
        });
        for example in content.get("example").into_iter().chain(named) {
            assert_eq!(violations(&format!("{at}/schema"), example), [""; 0], "{at}");
        }
    }
}

/// Collects JSON pointers to all objects that have a schema and an example.
fn find(value: &Value, at: &str, contents: &mut Vec<String>) {
    if value.get("schema").is_some() && (value.get("example").or(value.get("examples"))).is_some() {
        contents.push(at.to_owned());
    }
    let fields = value.as_object().into_iter().flatten();
    fields.for_each(|(name, value)| find(value, &format!("{at}/{}", escaped(name)), contents));
}

#[tokio::test]
async fn every_example_of_a_request_in_the_api_description_is_accepted() {
    let app = App::start().await;
    let content =
        &API_DESCRIPTION["paths"]["/enrollments"]["post"]["requestBody"]["content"]["application/json"];
    for (name, card) in [("smallest", "70006"), ("with_account_holder", "70007")] {
        let mut request = content["examples"][name]["value"].clone();
        request["cardContractId"] = json!(card);
        request["consent"]["acceptedAt"] = json!(jiff::Timestamp::now());
        let response = app.send(&ApiRequest::enroll(&request)).await;
        assert_eq!(response.status, 201, "{name}: {}", response.body["errors"]);
    }
}

#[tokio::test]
async fn every_response_of_a_successful_enrollment_conforms_to_the_api_description() {
    let app = App::start().await;
    for platform in ["ios", "android", "web"] {
        let path = format!("/token-requestors?platform={platform}");
        let offered = app.send(&ApiRequest::get(&path)).await;
        assert_eq!(offered.status, 200);
        let again = app.send(&ApiRequest::get(&path).with("if-none-match", &offered.headers["etag"])).await;
        assert_eq!(again.status, 304);
    }
    let cards = ApiRequest::get("/cards?cardContractId=70001&cardContractId=70005:5555570000000000000");
    assert_eq!(states(&app, &cards).await, ["eligible", "not_eligible"]);

    let request = ApiRequest::enroll(&Cardholder::smallest_request("70001"));
    let ready = app.send(&request).await;
    assert_eq!(ready.status, 201);
    assert_eq!(app.send(&request).await.body, ready.body);
    assert_eq!(states(&app, &cards).await, ["in_progress", "not_eligible"]);
    let enrollment_path = format!("/enrollments/{}", ready.body["enrollmentId"].as_str().expect("an id"));
    assert_eq!(app.send(&ApiRequest::get(&enrollment_path)).await.body["status"], "READY");

    let redirect = ready.body["redirectUrl"].as_str().expect("a redirect");
    let page =
        app.cardholder.open_redirect(redirect).await.expect("a page").accept_terms().await.expect("terms");
    let callback = page.callback_url().await.expect("the callback URL");
    let path = format!("{}?{}", callback.path(), callback.query().expect("results"));
    let returned = app.send_as(&app.cardholder.with_token(""), &ApiRequest::get(path)).await;
    assert_eq!(returned.status, 303);

    app.world.simulator().notifications_settled().await;
    assert_eq!(app.send(&ApiRequest::get(&enrollment_path)).await.body["status"], "ENABLED");
    assert_eq!(states(&app, &cards).await, ["already_enabled", "not_eligible"]);
    app.send(&ApiRequest::enroll(&Cardholder::smallest_request("70002"))).await;
    let page = app.send(&ApiRequest::get("/enrollments?limit=1")).await;
    let next = page.body["nextToken"].as_str().expect("a second page");
    let page = app.send(&ApiRequest::get(format!("/enrollments?limit=1&nextToken={next}"))).await;
    assert_eq!(page.body["enrollments"][0]["cardContractId"], "70001");

    app.world.clock().advance(SignedDuration::from_mins(16));
    assert_eq!(app.send(&request).await.status, 200, "the redirect has expired");
}

async fn states(app: &App, cards: &ApiRequest) -> Vec<Value> {
    let response = app.send(cards).await;
    response.body["cards"].as_array().expect("cards").iter().map(|card| card["state"].clone()).collect()
}

#[tokio::test]
async fn every_response_of_a_failed_enrollment_conforms_to_the_api_description() {
    let app = App::start().await;
    let request = |card: &str| ApiRequest::enroll(&Cardholder::smallest_request(card));
    let first = request("70001");
    let ready = app.send(&first).await.body;
    let mut other = Cardholder::smallest_request("70001");
    other["platform"] = json!("android");
    let other = first.clone().with_body(other.to_string());
    expect_problem(&app, &other, 422, "idempotency_key_reused").await;
    let busy = expect_problem(&app, &request("70001"), 409, "enrollment_in_progress").await;
    assert_eq!(busy["enrollmentId"], ready["enrollmentId"]);
    expect_problem(&app, &request("70003"), 422, "card_not_eligible").await;
    expect_problem(&app, &request("70005"), 422, "card_not_eligible").await;
    expect_problem(&app, &request("80001"), 404, "card_not_found").await;

    let redirect = ready["redirectUrl"].as_str().expect("a redirect");
    let page = app.cardholder.open_redirect(redirect).await.expect("a page");
    app.world.simulator().notifications_settled().await;
    let busy = expect_problem(&app, &request("70001"), 409, "enrollment_in_progress").await;
    assert_eq!(busy["enrollmentId"], ready["enrollmentId"], "the token waits for the cardholder");
    page.accept_terms().await.expect("terms").return_to_bank().await.expect("a return");
    expect_problem(&app, &request("70001"), 409, "already_enabled").await;

    let simulator = app.world.simulator();
    let faults = [
        (Operation::SearchFundingAccounts, Fault::WrongContent, 502, "mastercard_unreadable"),
        (
            Operation::SearchFundingAccounts,
            Fault::Status { code: 401, json: true },
            502,
            "mastercard_refused",
        ),
        (
            Operation::PushMultipleAccounts,
            Fault::TooManyRequests { retry_after: 7 },
            503,
            "mastercard_unavailable",
        ),
        (Operation::PushMultipleAccounts, Fault::ResponseLost, 503, "push_outcome_unknown"),
    ];
    for ((operation, fault, status, code), card) in
        faults.into_iter().zip(["70006", "70007", "70008", "70009"])
    {
        simulator.set_fault(operation, fault, simulator::Times::Always);
        let refused = request(card);
        expect_problem(&app, &refused, status, code).await;
        expect_problem(&app, &refused, status, code).await;
        simulator.clear_faults();
    }
    simulator.set_fault(Operation::GetTokensByClient, Fault::HtmlBadGateway, simulator::Times::Always);
    let cards = ApiRequest::get(format!("/cards?cardContractId=70001&tokenRequestorId={CLICK_TO_PAY}"));
    expect_problem(&app, &cards, 503, "mastercard_unavailable").await;

    let list = app.send(&ApiRequest::get("/enrollments?limit=50")).await;
    let ends = list.body["enrollments"].as_array().expect("enrollments").iter().map(|it| &it["status"]);
    // Requests that failed because Mastercard was unavailable were attempted twice.
    assert_eq!(ends.filter(|status| **status == "FAILED").count(), 8);
}

#[tokio::test]
async fn every_response_to_a_restart_conforms_to_the_api_description() {
    let app = App::start().await;
    let first = ApiRequest::enroll(&Cardholder::smallest_request("70001"));
    let ready = app.send(&first).await.body;
    let id = ready["enrollmentId"].as_str().expect("an id");
    let page = app.cardholder.open_redirect(ready["redirectUrl"].as_str().expect("a redirect")).await;
    page.expect("a page");
    app.world.simulator().notifications_settled().await;
    let enrollment = ApiRequest::get(format!("/enrollments/{id}"));
    assert_eq!(app.send(&enrollment).await.body["status"], "TOKENIZED");
    let replayed = app.send(&first).await;
    assert_eq!(
        (replayed.status, &replayed.body["status"]),
        (200, &json!("TOKENIZED")),
        "its redirect is used"
    );
    let restart = |key: &str| {
        let request = ApiRequest::new(Method::POST, format!("/enrollments/{id}/attempts"));
        let request = request.with("idempotency-key", key).with("content-type", "application/json");
        request.with_body(Cardholder::restart_body().to_string())
    };
    for attempt in 2..=5 {
        let restarted = app.send(&restart(&format!("restart-{attempt}"))).await;
        assert_eq!((restarted.status, &restarted.body["status"]), (201, &json!("READY")));
    }
    expect_problem(&app, &restart("restart-6"), 409, "too_many_attempts").await;
    assert_eq!(app.send(&enrollment).await.body["attempt"], 5);
    app.send(&ApiRequest::get("/cards?cardContractId=70001")).await;
}

async fn expect_problem(app: &App, request: &ApiRequest, status: u16, code: &str) -> Value {
    let response = app.send(request).await;
    assert_eq!((response.status, response.body["code"].as_str()), (status, Some(code)));
    response.body
}
