use lambda_http::Body;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

/// A request as API Gateway delivers it, with these changes to the event.
fn request(change: impl FnOnce(&mut Value)) -> Request {
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

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct ExampleRequest {
    number: u8,
}

fn parse_example(content_type: &str, text: &str) -> Result<ExampleRequest, Problem> {
    body(&request(|event| {
        event["headers"]["content-type"] = content_type.into();
        event["body"] = text.into();
    }))
}

#[test]
fn a_body_is_one_json_document_with_its_media_type() {
    for content_type in ["application/json", "Application/JSON; charset=utf-8", " application/json ;x=1"] {
        assert_eq!(
            parse_example(content_type, r#"{"number":7}"#).unwrap(),
            ExampleRequest { number: 7 },
            "{content_type}"
        );
    }
    for content_type in ["text/plain", "", "application/json-patch", "x;application/json"] {
        assert_eq!(code(parse_example(content_type, r#"{"number":7}"#)), Some(Code::UnsupportedMediaType));
    }
}

#[test]
fn an_error_in_a_body_names_the_field_and_does_not_repeat_its_value() {
    let error_of = |text: &str| {
        let problem = parse_example("application/json", text).unwrap_err();
        assert_eq!(problem.code, Code::InvalidRequest, "{text}");
        let response = problem.into_response("r-1").unwrap();
        let Body::Text(text) = response.into_body() else { panic!("no text") };
        let value: Value = serde_json::from_str(&text).unwrap();
        let error = &value["errors"][0];
        (error["field"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
    };
    let wrong = |field: &str, message: &str| (field.to_owned(), message.to_owned());
    let type_or_value = "has the wrong type or is not one of the values allowed";
    assert_eq!(error_of(r#"{"number":"secret"}"#), wrong("number", type_or_value));
    assert_eq!(error_of(r#"{"number":700}"#), wrong("number", type_or_value));
    assert_eq!(error_of(r#"{"number":7,"secret":1}"#), wrong("secret", "is not a field of this request"));
    assert_eq!(error_of("{}"), wrong("body", "missing field `number`"));
    assert_eq!(error_of(r#"{"number":7"#), wrong("body", "must be valid JSON"));
    assert_eq!(error_of(r#"{"number":7} 8"#), wrong("body", "has data after the JSON document"));
    // Serde alone would read it as the fields in their order.
    assert_eq!(error_of("[7]"), wrong("body", "must not be a list"));
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
        Body::Text(text) => serde_json::from_str::<Value>(&text).unwrap()["errors"][0]["field"].clone(),
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
