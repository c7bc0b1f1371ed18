use std::{fs, path::Path};

use axum::http::Method;
use futures_util::FutureExt as _;
use lambda_http::{Body as FunctionBody, RequestExt as _};

use super::*;
use crate::identity::{AUDIENCE, ISSUER, Keys};

/// The request as the function sees it.
fn describe(request: lambda_http::Request) -> Value {
    json!({
        "path": request.uri().path(),
        "parameters": request.path_parameters_ref().map(|p| p.iter().map(|(k, v)| (k.into(), v.into())).collect::<serde_json::Map<_, _>>()),
        "body": String::from_utf8_lossy(request.body().as_ref()),
    })
}

fn echo() -> Handler {
    Arc::new(|request| {
        async move { Ok(lambda_http::Response::new(FunctionBody::Text(describe(request).to_string()))) }
            .boxed()
    })
}

fn gateway() -> Arc<Gateway> {
    let keys = Keys::of_this_process().unwrap();
    let authorizer = Arc::new(Authorizer::new(&keys.identity.token_public_key, ISSUER, AUDIENCE).unwrap());
    let panics: Handler = Arc::new(|_| async move { panic!("a bug") }.boxed());
    Gateway::new(vec![
        Route::new(Method::GET, "/cards", &authorizer, echo()),
        Route::new(Method::POST, "/enrollments", &authorizer, echo()),
        Route::open(Method::GET, "/callback/{state}", echo()),
        Route::open(Method::GET, "/broken", panics),
    ])
}

fn token(claims: Value) -> String {
    let mut all = json!({"iss": ISSUER, "aud": AUDIENCE, "client_id": "40000", "exp": Timestamp::now().as_second() + 60});
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    format!("Bearer {}", Keys::of_this_process().unwrap().identity.sign(&all).unwrap())
}

async fn send(method: Method, path: &str, token: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = request.header(header::AUTHORIZATION, token).body(body.into()).unwrap();
    let caller = Caller { address: "127.0.0.1:5".parse().unwrap(), certificate: None };
    let response = gateway().handle(request, caller).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_cardholder_without_a_valid_token_is_rejected() {
    let past = Timestamp::now().as_second() - 1;
    let valid = token(json!({}));
    let invalid = [
        String::new(),
        "Bearer nonsense".into(),
        valid.replace("Bearer", "Basic"),
        format!("{}x", &valid[..valid.len() - 9]),
        token(json!({"exp": past})),
        token(json!({"iss": "https://login.other.example/"})),
        token(json!({"aud": "https://api.other.example"})),
        token(json!({"exp": null})),
    ];
    for token in invalid {
        let response = send(Method::GET, "/cards", &token, "").await;
        assert_eq!(response, (StatusCode::UNAUTHORIZED, json!({"message": "Unauthorized"})));
    }
    assert_eq!(send(Method::GET, "/cards", &valid, "").await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_route_is_not_found_even_without_a_token() {
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/cards/"),
        (Method::GET, "/Cards"),
        (Method::DELETE, "/cards"),
        (Method::GET, "/callback/"),
        (Method::GET, "/callback/a/b"),
    ] {
        let response = send(method, path, "", "").await;
        assert_eq!(response, (StatusCode::NOT_FOUND, json!({"message": "Not Found"})), "{path}");
    }
}

#[tokio::test]
async fn a_path_parameter_reaches_the_function_decoded() {
    let (_, request) = send(Method::GET, "/callback/a%20b%2Fc", "", "").await;
    assert_eq!(request["parameters"], json!({"state": "a b/c"}));
}

#[test]
fn the_paths_of_an_event_are_decoded() {
    let (request, ()) = Request::builder().uri("/callback/a%20%C3%A9?x=a%20b").body(()).unwrap().into_parts();
    let route = Route::open(Method::GET, "/callback/{state}", echo());
    let caller = Caller { address: "127.0.0.1:5".parse().unwrap(), certificate: None };
    let event = event::Event {
        route: &route,
        parameters: vec![],
        claims: None,
        caller: &caller,
        request: &request,
        body: &[],
    };
    let event = event.to_json("id", Timestamp::now());
    assert_eq!((&event["rawPath"], &event["rawQueryString"]), (&json!("/callback/a é"), &json!("x=a%20b")));
    assert_eq!(event["requestContext"]["http"]["path"], "/callback/a é");
}

#[tokio::test]
async fn a_function_that_panics_is_an_internal_error() {
    let response = send(Method::GET, "/broken", "", "").await;
    assert_eq!(response, (StatusCode::INTERNAL_SERVER_ERROR, json!({"message": "Internal Server Error"})));
}

#[tokio::test]
async fn a_body_beyond_the_quota_never_reaches_the_function() {
    let response = send(Method::POST, "/enrollments", &token(json!({})), vec![b'x'; MAX_BODY + 1]).await;
    assert_eq!(response, (StatusCode::PAYLOAD_TOO_LARGE, json!({"message": "Request Entity Too Large"})));
}

/// Every field of an event with the type of its value; headers differ by client.
fn shape(path: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !path.ends_with(".headers") => {
            fields.iter().for_each(|(name, value)| shape(&format!("{path}.{name}"), value, into));
        }
        Value::Null => into.push(format!("{path}: null")),
        Value::Bool(_) => into.push(format!("{path}: boolean")),
        Value::Number(_) => into.push(format!("{path}: number")),
        Value::String(_) => into.push(format!("{path}: string")),
        Value::Array(_) => into.push(format!("{path}: list")),
        Value::Object(_) => into.push(format!("{path}: object")),
    }
}

/// The event that the gateway builds from an example's request.
fn rebuild(example: &Value) -> Value {
    let text =
        |pointer: &str| example.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let query = text("/rawQueryString");
    let uri = if query.is_empty() { text("/rawPath") } else { format!("{}?{query}", text("/rawPath")) };
    let method: Method = text("/requestContext/http/method").parse().unwrap();
    let mut request = Request::builder().method(&method).uri(uri);
    for (name, value) in example["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    let (request, ()) = request.body(()).unwrap().into_parts();
    let template: &'static str = text("/routeKey").split_once(' ').unwrap().1.to_owned().leak();
    let route = Route::open(method, template, echo());
    let (matched, parameters) = route.matches(&request.method, request.uri.path()).unwrap();
    let certificate = example.pointer("/requestContext/authentication/clientCert").cloned();
    let claims = example.pointer("/requestContext/authorizer/jwt/claims");
    event::Event {
        route: matched,
        parameters,
        claims: claims.and_then(Value::as_object).cloned(),
        caller: &Caller { address: "203.0.113.7:5".parse().unwrap(), certificate },
        request: &request,
        body: text("/body").as_bytes(),
    }
    .to_json("JKJaXmPLvHcESHA=", Timestamp::now())
}

#[test]
fn an_event_has_the_shape_of_the_files_in_events() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut compared = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let example: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        if example["version"] != "2.0" {
            continue;
        }
        let (mut expected, mut built) = (Vec::new(), Vec::new());
        shape("", &example, &mut expected);
        shape("", &rebuild(&example), &mut built);
        expected.sort();
        built.sort();
        assert_eq!(built, expected, "{}", file.display());
        for same in
            ["/rawPath", "/rawQueryString", "/routeKey", "/body", "/queryStringParameters", "/pathParameters"]
        {
            assert_eq!(rebuild(&example).pointer(same), example.pointer(same), "{}: {same}", file.display());
        }
        compared += 1;
    }
    assert!(compared >= 10, "{compared} events compared");
}

#[test]
fn a_binary_body_is_sent_as_base64_and_headers_are_joined() {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/enrollments?a=1&a=2")
        .header("Content-Type", "image/png")
        .header("X-Twice", "one")
        .header("X-Twice", "two")
        .header("Cookie", "a=b; c=d");
    let (request, ()) = request.body(()).unwrap().into_parts();
    let route = Route::open(Method::POST, "/enrollments", echo());
    let caller = Caller { address: "127.0.0.1:5".parse().unwrap(), certificate: None };
    let event = event::Event {
        route: &route,
        parameters: vec![],
        claims: None,
        caller: &caller,
        request: &request,
        body: &[1],
    };
    let event = event.to_json("id", Timestamp::now());
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("AQ=="), &json!(true)));
    assert_eq!(event["headers"]["x-twice"], "one,two");
    assert_eq!(event["cookies"], json!(["a=b", "c=d"]));
    assert_eq!(event["headers"].get("cookie"), None);
    assert_eq!(event["queryStringParameters"], json!({"a": "1,2"}));
}
