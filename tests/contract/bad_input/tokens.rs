//! Tokens that are malformed, for another API, or without a client.

use jsonwebtoken::{Algorithm, EncodingKey, Header, dangerous::insecure_decode_claims, encode};
use local::{Options, cardholder::Cardholder, journey::CLIENT_ID};
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use reqwest::Method;
use serde_json::{Value, json};

use super::{UnchangedWorld, check_gateway_error, check_problem};
use crate::support::app::{ApiRequest, App};

/// One request to each route that needs a token.
fn requests(unchanged: &UnchangedWorld) -> [ApiRequest; 5] {
    [
        ApiRequest::get("/token-requestors?platform=ios"),
        ApiRequest::get("/cards?cardContractId=70001"),
        ApiRequest::enroll(&Cardholder::smallest_request("70001")),
        ApiRequest::get("/enrollments"),
        ApiRequest::get(format!("/enrollments/{}", unchanged.enrollment_id)),
    ]
}

/// The claims of a valid token with one of them changed, or removed if the value is null.
fn claims(valid: &str, name: &str, value: Value) -> Value {
    let mut claims: Value = insecure_decode_claims(valid).expect("claims");
    match value {
        Value::Null => claims.as_object_mut().and_then(|claims| claims.remove(name)),
        value => claims.as_object_mut().and_then(|claims| claims.insert(name.into(), value)),
    };
    claims
}

#[tokio::test]
async fn only_a_valid_token_of_the_banks_login_for_this_api_is_accepted() {
    let unchanged = UnchangedWorld::start().await;
    let world = &unchanged.app.world;
    let valid = world.token_for(CLIENT_ID).expect("a token");
    let own: Value = insecure_decode_claims(&valid).expect("claims");
    let now = own["iat"].as_i64().expect("a time");
    let signed = |name, value| world.token_with(&claims(&valid, name, value)).expect("a token");
    let (head, tail) = valid.split_once('.').expect("a token");
    let (payload, signature) = tail.split_once('.').expect("a token");
    let (_, other_tail) =
        world.token_for("40001").expect("a token").split_once('.').map(owned).expect("a token");
    let other_payload = other_tail.split('.').next().expect("a payload").to_owned();
    let other = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
    let other = EncodingKey::from_rsa_pem(other.serialize_pem().as_bytes()).expect("a key");
    let shared = EncodingKey::from_secret(b"zebra");
    let tokens = [
        ("no token", String::new()),
        ("no JWT", "zebra".into()),
        ("expired", signed("exp", json!(now - 1))),
        ("without an end", signed("exp", Value::Null)),
        ("not yet valid", signed("nbf", json!(now + 600))),
        ("of another issuer", signed("iss", json!("https://zebra.example/"))),
        ("of no issuer", signed("iss", Value::Null)),
        ("for another audience", signed("aud", json!("https://zebra.example"))),
        ("for no audience", signed("aud", Value::Null)),
        ("of another key", encode(&Header::new(Algorithm::RS256), &own, &other).expect("a token")),
        ("of a shared key", encode(&Header::new(Algorithm::HS256), &own, &shared).expect("a token")),
        // {"alg":"none"}
        ("of no key", format!("eyJhbGciOiJub25lIn0.{payload}.")),
        ("of no key, with a signature", format!("eyJhbGciOiJub25lIn0.{payload}.{signature}")),
        ("without its signature", format!("{head}.{payload}.")),
        ("with another's payload", format!("{head}.{other_payload}.{signature}")),
    ];
    for (case, token) in &tokens {
        let caller = unchanged.app.cardholder.with_token(token);
        for request in requests(&unchanged) {
            let response = unchanged.app.send_as(&caller, &request).await;
            check_gateway_error(&format!("{case}: {}", request.path), &response, 401, "Unauthorized");
            assert_eq!(
                response.headers.get("www-authenticate").map(String::as_str),
                Some("Bearer"),
                "{case}"
            );
        }
    }
    for request in requests(&unchanged) {
        let caller = unchanged.app.cardholder.with_token("");
        let basic = request.clone().with("authorization", "Basic emVicmE6emVicmE=");
        check_gateway_error("a password", &unchanged.app.send_as(&caller, &basic).await, 401, "Unauthorized");
        let and = if request.path.contains('?') { '&' } else { '?' };
        let in_query = ApiRequest { path: format!("{}{and}access_token={valid}", request.path), ..request };
        check_gateway_error(
            "in the query",
            &unchanged.app.send_as(&caller, &in_query).await,
            401,
            "Unauthorized",
        );
    }
    unchanged.check_unchanged().await;
}

fn owned((head, tail): (&str, &str)) -> (String, String) {
    (head.to_owned(), tail.to_owned())
}

#[tokio::test]
async fn a_valid_token_without_a_client_gets_no_clients_data() {
    let unchanged = UnchangedWorld::start().await;
    let world = &unchanged.app.world;
    let valid = world.token_for(CLIENT_ID).expect("a token");
    for client_id in
        [Value::Null, json!(""), json!("zebra"), json!("-77319"), json!(["40000"]), json!("40000 40001")]
    {
        let token = world.token_with(&claims(&valid, "client_id", client_id.clone())).expect("a token");
        let caller = unchanged.app.cardholder.with_token(token);
        // The catalog is the same for all clients.
        for request in requests(&unchanged).iter().skip(1) {
            let case = format!("{} with {client_id}", request.path);
            unchanged.check_refused_for(&caller, &case, request, 401, "unauthenticated").await;
        }
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn each_refused_token_gets_the_challenge_of_its_reason() {
    let settings = [("READ_SCOPES", "enroll:read"), ("WRITE_SCOPES", "enroll:write pay")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.replace(' ', ","))).into();
    let app = App::start_with(Options { settings, ..Options::default() }).await;
    let unchanged = UnchangedWorld::new(app).await;
    let world = &unchanged.app.world;
    let valid = world.token_for(CLIENT_ID).expect("a token");
    let invalid = |title: &str| format!(r#"Bearer error="invalid_token", error_description="{title}""#);
    let id_token = invalid("The bearer token is an ID token, not an access token");
    let no_client = invalid("The access token has no valid client id claim");
    let no_scope = |scope: &str| format!(r#"Bearer error="insufficient_scope", scope="{scope}""#);
    for (name, value, status, code, read, write) in [
        ("token_use", json!("id"), 401, "invalid_token", id_token.clone(), id_token),
        ("client_id", Value::Null, 401, "unauthenticated", no_client.clone(), no_client),
        (
            "scope",
            json!("openid"),
            403,
            "insufficient_scope",
            no_scope("enroll:read"),
            no_scope("enroll:write pay"),
        ),
    ] {
        let token = world.token_with(&claims(&valid, name, value)).expect("a token");
        let caller = unchanged.app.cardholder.with_token(token);
        // The catalog needs no client.
        for request in requests(&unchanged).iter().skip(usize::from(name == "client_id")) {
            let response = unchanged.app.send_as(&caller, request).await;
            let case = format!("{} without a valid {name}", request.path);
            check_problem(&case, &response, status, code);
            let challenge = if request.method == Method::POST { &write } else { &read };
            assert_eq!(response.headers.get("www-authenticate"), Some(challenge), "{case}");
        }
    }
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn without_scopes_of_its_own_a_change_of_a_token_needs_those_of_every_other_post() {
    let settings = [("READ_SCOPES", "enroll:read"), ("WRITE_SCOPES", "enroll:write")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let app = App::start_with(Options { settings, ..Options::default() }).await;
    let unchanged = UnchangedWorld::new(app).await;
    let (app, world) = (&unchanged.app, &unchanged.app.world);
    let valid = world.token_for(CLIENT_ID).expect("a token");
    let with_scopes = |scopes: &str| {
        let token = world.token_with(&claims(&valid, "scope", json!(scopes))).expect("a token");
        app.cardholder.with_token(token)
    };
    let change = |action: &str| {
        let path = format!("/cards/70030/tokens/0123456789abcdef0123456789abcdef/{action}");
        let request = ApiRequest::new(Method::POST, path).with("idempotency-key", action);
        let body = if action == "remove" { json!({"confirm": true}) } else { json!({}) };
        request.with("content-type", "application/json").with_body(body.to_string())
    };
    for action in ["suspend", "resume", "remove"] {
        for scopes in ["openid", "openid enroll:read", "tokens:write"] {
            let case = format!("{action} with {scopes}");
            let response = app.send_as(&with_scopes(scopes), &change(action)).await;
            check_problem(&case, &response, 403, "insufficient_scope");
            let challenge = response.headers.get("www-authenticate").map(String::as_str);
            assert_eq!(
                challenge,
                Some(r#"Bearer error="insufficient_scope", scope="enroll:write""#),
                "{case}"
            );
        }
    }
    unchanged.check_unchanged().await;
    let allowed = app.send_as(&with_scopes("enroll:write"), &change("suspend")).await;
    check_problem("with the scope", &allowed, 404, "not_found");
}
