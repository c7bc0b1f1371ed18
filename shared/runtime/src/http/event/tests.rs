use serde_json::json;

use super::*;

/// An event as API Gateway delivers it.
fn event() -> Value {
    json!({
        "version": "2.0", "routeKey": "GET /callback/{state}", "rawPath": "/callback/abc", "rawQueryString": "",
        "headers": {"host": "api.bank.example", "x-forwarded-proto": "https", "accept": "text/html"},
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "api.bank.example", "domainPrefix": "api", "requestId": "r-1",
            "http": {"method": "GET", "path": "/callback/abc", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "x"},
            "routeKey": "GET /callback/{state}", "stage": "$default", "time": "01/Nov/2026:10:00:00 +0000", "timeEpoch": 0,
        },
        "pathParameters": {"state": "abc"}, "isBase64Encoded": false,
    })
}

/// The request in this event, with one of its members set.
fn request(pointer: &str, value: Value) -> Request {
    let mut event = event();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[name] = value;
    request_from_event(&event).unwrap()
}

fn parameter(request: &Request) -> Option<&str> {
    request.path_parameters_ref().and_then(|parameters| parameters.first("state"))
}

#[test]
fn a_query_with_any_characters_becomes_a_request() {
    for (raw, expected) in [
        ("x=\"1\"", "x=%221%22"),
        ("results[R]=APPROVED|T", "results[R]=APPROVED|T"),
        ("results%5BR%5D=A%7CT", "results%5BR%5D=A%7CT"),
        ("a=<b> c&d=#e", "a=%3Cb%3E%20c&d=%23e"),
        ("a=é&b=\u{0}\n\u{7f}", "a=%C3%A9&b=%00%0A%7F"),
        ("%", "%"),
    ] {
        assert_eq!(request("/rawQueryString", raw.into()).uri().query(), Some(expected), "{raw}");
    }
    let every: String = (0..=0x250).filter_map(char::from_u32).collect();
    request("/rawQueryString", every.clone().into());
    request("/rawPath", every.into());
    assert_eq!(request("/rawQueryString", Value::Null).uri().query(), None);
}

#[test]
fn a_path_that_api_gateway_decoded_becomes_a_request() {
    for (raw, expected) in [
        ("/callback/a b/c", "/callback/a%20b/c"),
        ("/callback/\u{1f993}", "/callback/%F0%9F%A6%93"),
        ("/callback/100%?x#y", "/callback/100%25%3Fx%23y"),
        ("//evil.example/..", "/evil.example/.."),
        ("", "/"),
    ] {
        assert_eq!(request("/rawPath", raw.into()).uri().path(), expected, "{raw}");
    }
}

#[test]
fn a_host_or_scheme_that_is_not_valid_changes_nothing() {
    for (name, value) in [
        ("host", json!("api.bank.example,evil.example")),
        ("host", json!("api.bank.example:99999")),
        ("host", json!("a b<c>")),
        ("host", json!(["a", "b"])),
        ("host", json!("")),
        ("x-forwarded-proto", json!("https,http")),
        ("x-forwarded-port", json!("99999")),
    ] {
        let request = request(&format!("/headers/{name}"), value.clone());
        assert_eq!(
            (request.uri().path(), parameter(&request)),
            ("/callback/abc", Some("abc")),
            "{name}: {value}"
        );
    }
    let request = request("/requestContext/domainName", json!("not a domain"));
    assert_eq!(request.uri().host(), None);
}

#[test]
fn a_header_that_http_does_not_allow_is_left_out_and_the_others_are_read() {
    for (name, value) in [("x-note", json!("a\u{0}b")), ("x note", json!("a")), ("x-note", Value::Null)] {
        let request = request(&format!("/headers/{name}"), value);
        let headers = request.headers();
        assert_eq!(
            (headers.get("x-note"), headers["accept"].as_bytes()),
            (None, &b"text/html"[..]),
            "{name}"
        );
    }
    let request = request("/headers/user-agent", json!("Bänk/1"));
    assert_eq!(request.headers()["user-agent"].as_bytes(), "Bänk/1".as_bytes());
    let request = self::request("/cookies", json!(["a=b", 7, "c=d"]));
    assert_eq!(request.headers()[header::COOKIE], "a=b; c=d");
}

#[test]
fn claims_of_any_type_are_read_as_api_gateway_writes_them() {
    let claims = json!({
        "client_id": 40000, "sub": "alice", "scope": ["a", "b"], "email_verified": true, "act": {"sub": "x"},
        "nickname": null,
    });
    let read = |authorizer: Value| {
        let request = request("/requestContext/authorizer", authorizer);
        let context = request.request_context_ref().and_then(RequestContext::authorizer).cloned();
        context.and_then(|authorizer| authorizer.jwt).map(|jwt| jwt.claims)
    };
    let expected = [
        ("client_id", "40000"),
        ("sub", "alice"),
        ("scope", "[a b]"),
        ("email_verified", "true"),
        ("act", r#"{"sub":"x"}"#),
    ];
    let expected: HashMap<_, _> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    for scopes in [Value::Null, json!("a b"), json!(["a"]), json!(7)] {
        assert_eq!(read(json!({"jwt": {"claims": claims, "scopes": scopes}})).as_ref(), Some(&expected));
    }
    for without in [
        json!({"lambda": {"client_id": 40000}}),
        json!({"lambda": null}),
        json!("x"),
        json!({"jwt": null}),
        Value::Null,
    ] {
        assert_eq!(read(without.clone()), None, "{without}");
    }
    for empty in [Value::Null, json!([]), json!("x")] {
        assert_eq!(read(json!({"jwt": {"claims": empty}})), Some(HashMap::new()));
    }
}

#[test]
fn a_body_is_text_or_decoded_bytes() {
    assert!(matches!(request("/body", Value::Null).body(), Body::Empty));
    assert!(matches!(request("/body", "{}".into()).body(), Body::Text(text) if text == "{}"));
    let mut event = event();
    event["isBase64Encoded"] = true.into();
    event["body"] = "AQ==".into();
    assert_eq!(request_from_event(&event).unwrap().body().as_ref(), [1]);
    event["body"] = "no base64!".into();
    assert_eq!(request_from_event(&event).unwrap().body().as_ref(), b"no base64!");
}

#[test]
fn what_cannot_be_a_request_is_an_error() {
    assert!(matches!(request_from_event(&json!({"not": "an event"})), Err(EventError::NotHttp)));
    let mut bad = event();
    bad["requestContext"]["http"]["method"] = "GET /".into();
    assert!(matches!(request_from_event(&bad), Err(EventError::Method)));
    for member in ["rawPath", "rawQueryString"] {
        let mut long = event();
        long[member] = "z".repeat(70_000).into();
        assert!(matches!(request_from_event(&long), Err(EventError::UriTooLong)), "{member}");
    }
    assert_eq!((request_id(&event()), request_id(&json!({}))), ("r-1", ""));
}
