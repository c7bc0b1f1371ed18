use lambda_http::Body;
use serde_json::{Value, json};

use super::*;
use crate::config::Settings;

const STRONG: &str = "urn:bank:strong";

fn now() -> Timestamp {
    "2026-01-05T10:30:00Z".parse().unwrap()
}

/// A time as `auth_time`, so many seconds ago.
fn ago(seconds: i64) -> Value {
    json!(now().as_second() - seconds)
}

fn request(claims: Value) -> Request {
    let event = json!({
        "rawPath": "/enrollments", "headers": {},
        "requestContext": {"http": {"method": "POST"}, "authorizer": {"jwt": {"claims": claims, "scopes": null}}},
    });
    super::super::request_from_event(&event).unwrap()
}

fn step_up(settings: &[(&str, &str)]) -> StepUp {
    let settings: Settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    StepUp::from_settings(&mut settings.read()).unwrap()
}

/// Challenge and document of the refusal; the status is 401 with no cache.
fn refusal(step_up: &StepUp, claims: Value) -> (String, Value) {
    let problem = step_up.check(&request(claims), now()).unwrap_err();
    let response = problem.into_response("r-1").unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["cache-control"]),
        (401, &"no-store".parse().unwrap())
    );
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let Body::Text(text) = response.body() else { panic!("no text") };
    (challenge, serde_json::from_str(text).unwrap())
}

#[test]
fn a_weak_or_old_login_gets_the_challenge_of_rfc_9470() {
    let step_up = step_up(&[
        ("STEP_UP_ACR_VALUES", "urn:bank:strong,urn:bank:stronger"),
        ("STEP_UP_METHODS", "otp,hwk"),
        ("STEP_UP_MAX_AGE_MINUTES", "5"),
    ]);
    let level = "A different authentication level is required";
    let recent = "More recent authentication is required";
    for (claims, description) in [
        (json!({}), level),
        (json!({"acr": "urn:bank:password", "amr": ["pwd", "otp"], "auth_time": ago(0)}), level),
        (json!({"acr": "urn:bank:strong2", "amr": ["pwd", "otp"], "auth_time": ago(0)}), level),
        (json!({"acr": STRONG, "auth_time": ago(0)}), level),
        (json!({"acr": STRONG, "amr": ["pwd"], "auth_time": ago(0)}), level),
        (json!({"acr": STRONG, "amr": ["otp"]}), recent),
        (json!({"acr": STRONG, "amr": ["otp"], "auth_time": ago(301)}), recent),
        (json!({"acr": STRONG, "amr": ["otp"], "auth_time": ago(-61)}), recent),
        (json!({"acr": STRONG, "amr": ["otp"], "auth_time": "yesterday"}), recent),
        (json!({"acr": STRONG, "amr": ["otp"], "auth_time": "1.79E9"}), recent),
    ] {
        let (challenge, document) = refusal(&step_up, claims.clone());
        let error = r#"error="insufficient_user_authentication""#;
        let expected = format!(
            r#"Bearer {error}, error_description="{description}", acr_values="urn:bank:strong urn:bank:stronger", max_age="300""#
        );
        assert_eq!(challenge, expected, "{claims}");
        let expected = json!({
            "type": "urn:click-to-pay-issuer:problem:insufficient_user_authentication",
            "title": "The cardholder must be authenticated again, or more strongly",
            "detail": "Nothing was done. Log the cardholder in as `authentication` says, then send the same request again.",
            "status": 401, "code": "insufficient_user_authentication",
            "retryable": false, "requestId": "r-1",
            "authentication": {"acrValues": ["urn:bank:strong", "urn:bank:stronger"], "maxAge": 300},
        });
        assert_eq!(document, expected, "{claims}");
    }
}

#[test]
fn a_strong_and_fresh_login_is_evidence_for_the_consent() {
    let step_up = step_up(&[
        ("STEP_UP_ACR_VALUES", STRONG),
        ("STEP_UP_METHODS", "otp"),
        ("STEP_UP_MAX_AGE_MINUTES", "5"),
    ]);
    for seconds in [300, 0, -60] {
        let claims = json!({"acr": STRONG, "amr": ["pwd", "otp"], "auth_time": ago(seconds), "jti": "an id"});
        let evidence = step_up.check(&request(claims), now()).unwrap().unwrap();
        let expected = Authentication {
            acr: Some(STRONG.into()),
            amr: vec!["pwd".into(), "otp".into()],
            authenticated_at: Some(now() - SignedDuration::from_secs(seconds)),
            token_id_hash: Some(token_id_hash("an id")),
        };
        assert_eq!(evidence, expected, "{seconds} s");
        assert_eq!(expected.token_id_hash.unwrap().len(), 32);
    }
}

#[test]
fn each_requirement_applies_alone_and_none_by_default() {
    let old = json!({"acr": "0", "amr": ["pwd"], "auth_time": ago(999_999)});
    assert!(step_up(&[]).check(&request(old.clone()), now()).is_ok());
    assert_eq!(step_up(&[]).check(&request(json!({"sub": "a"})), now()).unwrap(), None);
    for (name, value, rest, members) in [
        ("STEP_UP_ACR_VALUES", "1", r#", acr_values="1""#, json!({"acrValues": ["1"]})),
        ("STEP_UP_METHODS", "otp", "", json!({})),
        ("STEP_UP_MAX_AGE_MINUTES", "240", r#", max_age="14400""#, json!({"maxAge": 14_400})),
    ] {
        let (challenge, document) = refusal(&step_up(&[(name, value)]), old.clone());
        assert!(challenge.ends_with(&format!("required\"{rest}")), "{name}: {challenge}");
        assert_eq!(document["authentication"], members, "{name}");
    }
}

#[test]
fn long_claims_are_no_evidence() {
    let claims = json!({"acr": "a".repeat(129), "amr": ["a".repeat(17), "pwd"], "auth_time": ago(1)});
    let evidence = step_up(&[]).check(&request(claims), now()).unwrap().unwrap();
    assert_eq!((evidence.acr, evidence.amr), (None, vec!["pwd".to_owned()]));
    let many = json!({"amr": (0..20).map(|it| it.to_string()).collect::<Vec<_>>()});
    assert_eq!(step_up(&[]).check(&request(many), now()).unwrap().unwrap().amr.len(), 8);
}
