use lambda_http::Body;
use serde_json::{Value, json};

use super::*;
use crate::{config::Settings, http::request_log::RequestLog, invocation, telemetry::testing::logged};

/// A request with these claims, as API Gateway delivers it.
fn request(claims: Value) -> Request {
    let event = json!({
        "rawPath": "/cards", "headers": {},
        "requestContext": {"http": {"method": "GET"}, "authorizer": {"jwt": {"claims": claims, "scopes": null}}},
    });
    super::super::request_from_event(&event).unwrap()
}

fn caller(claim: &str, scopes: &str) -> Caller {
    let variables = [("CLIENT_ID_CLAIM", claim), ("WRITE_SCOPES", scopes)];
    let settings: Settings =
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    Caller::from_settings(&mut settings.read(), &registry::WRITE_SCOPES).unwrap()
}

/// Status, challenge and code of a refusal.
fn refusal<T>(outcome: Result<T, Problem>) -> Option<(u16, String, String)> {
    let response = outcome.err()?.into_response("r-1").unwrap();
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let Body::Text(text) = response.body() else { panic!("no text") };
    let document: Value = serde_json::from_str(text).unwrap();
    Some((response.status().as_u16(), challenge, document["code"].as_str().unwrap().to_owned()))
}

fn refused(status: u16, challenge: &str, code: &str) -> Option<(u16, String, String)> {
    Some((status, challenge.into(), code.into()))
}

#[test]
fn the_client_is_the_one_in_the_configured_claim_of_the_verified_token() {
    let own = request(json!({"client_id": "40000", "sub": "40001"}));
    assert_eq!(caller("client_id", "").client(&own).unwrap(), ClientId::from(40000));
    assert_eq!(caller("sub", "").client(&own).unwrap(), ClientId::from(40001));
    let description = "The access token has no valid client id claim";
    let challenge = format!(r#"Bearer error="invalid_token", error_description="{description}""#);
    let unauthenticated = refused(401, &challenge, "unauthenticated");
    assert_eq!(refusal(caller("name", "").client(&own)), unauthenticated);
    for claims in
        [json!({}), json!({"client_id": ""}), json!({"client_id": "-1"}), json!({"client_id": "40000 "})]
    {
        let other = request(claims.clone());
        assert_eq!(refusal(caller("client_id", "").client(&other)), unauthenticated, "{claims}");
    }
    let unverified = json!({
        "rawPath": "/cards", "headers": {"client_id": "40000"}, "body": r#"{"client_id":"40000"}"#,
        "requestContext": {"http": {"method": "GET"}, "authorizer": null},
    });
    let unverified = super::super::request_from_event(&unverified).unwrap();
    assert_eq!(refusal(caller("client_id", "").client(&unverified)), unauthenticated);
}

#[test]
fn without_the_name_of_the_claim_a_function_does_not_start() {
    // RFC 9068: `client_id` is the app. As the default it made all cardholders one client.
    let settings = Settings::default();
    let mut reader = settings.read();
    assert!(Caller::from_settings(&mut reader, &registry::READ_SCOPES).is_none());
    assert!(reader.problems().to_string().contains("CLIENT_ID_CLAIM is not set"));
}

#[test]
fn a_token_needs_one_of_the_scopes_however_the_issuer_writes_them() {
    let caller = caller("client_id", "enroll:write, cards");
    for (name, scopes) in [
        ("scope", json!("openid enroll:write")),
        ("scope", json!("cards")),
        ("scope", json!(["openid", "cards"])),
        ("scp", json!("profile cards")),
        ("scp", json!(["enroll:write"])),
    ] {
        let allowed = request(json!({"client_id": "40000", name: scopes}));
        assert_eq!(caller.client(&allowed).unwrap(), ClientId::from(40000), "{scopes}");
    }
    let challenge = r#"Bearer error="insufficient_scope", scope="enroll:write cards""#;
    for scopes in [
        json!(null),
        json!(""),
        json!("enroll:read"),
        json!("enroll:write2"),
        json!("Cards"),
        json!(["cards,"]),
        json!([]),
    ] {
        let lacking = request(json!({"client_id": "40000", "scope": scopes}));
        assert_eq!(
            refusal(caller.client(&lacking)),
            refused(403, challenge, "insufficient_scope"),
            "{scopes}"
        );
    }
}

#[test]
fn an_id_token_is_refused_where_the_issuer_marks_it() {
    let caller = caller("client_id", "");
    let description = "The bearer token is an ID token, not an access token";
    let challenge = format!(r#"Bearer error="invalid_token", error_description="{description}""#);
    for (name, mark) in [("token_use", "id"), ("typ", "ID")] {
        let id_token = request(json!({"client_id": "40000", name: mark}));
        assert_eq!(refusal(caller.client(&id_token)), refused(401, &challenge, "invalid_token"), "{name}");
        let scopes = RequiredScopes(Vec::new());
        assert_eq!(refusal(scopes.check(&id_token)), refused(401, &challenge, "invalid_token"), "{name}");
    }
    for (name, mark) in [("token_use", "access"), ("typ", "Bearer")] {
        let access_token = request(json!({"client_id": "40000", name: mark}));
        assert_eq!(caller.client(&access_token).unwrap(), ClientId::from(40000), "{name}");
    }
}

#[test]
fn a_scope_with_a_space_or_quotation_mark_is_no_setting() {
    for scopes in ["enroll:write cards", "a\"b", "a\\b", "a,,b", "é"] {
        let settings: Settings = [("READ_SCOPES".to_owned(), scopes.to_owned())].into_iter().collect();
        let mut reader = settings.read();
        assert!(RequiredScopes::from_settings(&mut reader, &registry::READ_SCOPES).is_none(), "{scopes}");
        assert!(reader.problems().to_string().contains("READ_SCOPES: must be names without spaces"));
    }
}

#[test]
fn a_refusal_of_a_known_client_is_logged_with_its_pseudonym() {
    let log = logged(|| {
        invocation::span(None, None).in_scope(|| {
            let request = request(json!({"client_id": "40000"}));
            let refusal = caller("client_id", "enroll:write").client(&request).unwrap_err();
            RequestLog::start(&request).end(Err(refusal), "r-1").unwrap();
        });
    });
    let line: Value = serde_json::from_str(&log).unwrap();
    assert_eq!((&line["event"], &line["code"]), (&json!("request_rejected"), &json!("insufficient_scope")));
    // printf 40000 | sha256sum
    assert_eq!(line["client"], "4948963369b682612d22b081bdc92c13");
}
