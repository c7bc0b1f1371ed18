use lambda_http::Body;
use serde_json::{Value, json};

use super::*;

/// A request as API Gateway delivers it, with these changes to the event.
pub(in crate::http) fn request(change: impl FnOnce(&mut Value)) -> Request {
    let mut event = json!({
        "version": "2.0", "routeKey": "POST /enrollments/{enrollmentId}/attempts", "rawPath": "/enrollments/e-1/attempts",
        "rawQueryString": "", "headers": {"content-type": "application/json", "host": "api.bank.example"},
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "api.bank.example", "domainPrefix": "api", "requestId": "r-1",
            "http": {"method": "POST", "path": "/enrollments/e-1/attempts", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "app"},
            "routeKey": "$default", "stage": "$default", "time": "01/Nov/2026:10:00:00 +0000", "timeEpoch": 0,
            "authorizer": {"jwt": {"claims": {"client_id": "40000", "sub": "40001"}, "scopes": null}},
        },
        "pathParameters": {"enrollmentId": "e-1"}, "body": "{}", "isBase64Encoded": false,
    });
    change(&mut event);
    super::super::request_from_event(&event).unwrap()
}

fn code<T>(outcome: Result<T, Problem>) -> Option<Code> {
    outcome.err().map(|problem| problem.code)
}

#[test]
fn a_request_has_the_gateways_id() {
    assert_eq!(id(&request(|_| {})), "r-1");
    assert_eq!(id(&Request::new(Body::Empty)), "");
}

#[test]
fn only_expected_parameters_are_read_in_their_order() {
    let parse = |text: &str| query(&request(|event| event["rawQueryString"] = text.into()), &["a", "b"]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(parse("a=1&b=%C3%A9&a=").unwrap(), [pair("a", "1"), pair("b", "é"), pair("a", "")]);
    assert_eq!(parse("").unwrap(), []);
    assert_eq!(code(parse("a=1&c=2")), Some(Code::InvalidRequest));
}

#[test]
fn parameters_against_caching_are_ignored_and_unknown_ones_named() {
    let parse =
        |text: &str| query(&request(|event| event["rawQueryString"] = text.into()), &["platform", "t"]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for cache_buster in ["_=1795859380123", "_t=1", "ts=1", "timestamp=1", "cacheBuster=x", "no-cache=1", "_"]
    {
        let query = format!("platform=web&{cache_buster}");
        assert_eq!(parse(&query).unwrap(), [pair("platform", "web")], "{query}");
    }
    assert_eq!(parse("t=1").unwrap(), [pair("t", "1")], "a parameter of the request is read");
    let field = |text: &str| parse(text).unwrap_err().into_response("r-1").unwrap().into_body();
    let named = |text: &str| match field(text) {
        Body::Text(text) => serde_json::from_str::<Value>(&text).unwrap()["errors"][0]["parameter"].clone(),
        _ => Value::Null,
    };
    assert_eq!(named("platform=web&device=ios"), "device");
    for strange in ["%22%3E=1", "a%0Ab=1", "=1", &"x".repeat(65)] {
        assert_eq!(named(&format!("platform=web&{strange}")), "query", "{strange}");
    }
}

#[test]
fn an_invalid_path_parameter_is_not_found() {
    assert_eq!(path_parameter::<String>(&request(|_| {}), "enrollmentId").unwrap(), "e-1");
    assert_eq!(code(path_parameter::<u64>(&request(|_| {}), "enrollmentId")), Some(Code::NotFound));
    assert_eq!(code(path_parameter::<u64>(&request(|_| {}), "state")), Some(Code::NotFound));
}

#[test]
fn a_method_that_a_path_does_not_have_is_rejected_with_those_that_it_has() {
    let contract = include_str!("../../../../../infra/openapi.yaml");
    let paths = contract.split("\npaths:\n").nth(1).unwrap().split("\ncomponents:\n").next().unwrap();
    let mut described: Vec<(&str, Vec<String>)> = Vec::new();
    for line in paths.lines() {
        let name = line.trim().trim_end_matches(':');
        if line.starts_with("  /") {
            described.push((name, Vec::new()));
        } else if line.starts_with("    ") && ["get", "post"].contains(&name) && !line.starts_with("     ") {
            described.last_mut().unwrap().1.push(name.to_uppercase());
        }
    }
    assert_eq!(described.len(), METHODS.len());
    for (path, mut methods) in described {
        methods.sort();
        let request = request(|event| event["routeKey"] = format!("ANY {path}").into());
        let response = reject_other_methods(&request).unwrap_err().into_response("r-1").unwrap();
        let allow = response.headers().get("allow").and_then(|it| it.to_str().ok());
        assert_eq!((response.status().as_u16(), allow), (405, Some(&*methods.join(", "))), "{path}");
    }
    assert_eq!(code(reject_other_methods(&request(|_| {}))), None);
}

#[test]
fn a_body_of_more_bytes_than_allowed_is_rejected() {
    let ten = request(|event| event["body"] = "0123456789".into());
    assert_eq!(code(reject_large(&ten, 10)), None);
    assert_eq!(code(reject_large(&ten, 9)), Some(Code::RequestTooLarge));
}
