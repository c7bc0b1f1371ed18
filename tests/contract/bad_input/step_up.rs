//! Step-up authentication: a weak or old login gets the challenge, and after a strong one the same request is served.

use jiff::SignedDuration;
use local::{Options, cardholder::Cardholder, journey::CLIENT_ID};
use reqwest::Method;
use serde_json::{Value, json};

use super::{UnchangedWorld, check_problem};
use crate::support::app::{ApiRequest, App};

const STRONG: &str = "urn:bank.example:strong";

async fn start() -> UnchangedWorld {
    let settings =
        [("STEP_UP_ACR_VALUES", STRONG), ("STEP_UP_METHODS", "otp,hwk"), ("STEP_UP_MAX_AGE_MINUTES", "5")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    UnchangedWorld::new(App::start_with(Options { settings, ..Options::default() }).await).await
}

/// The cardholder with a token in which these claims are replaced.
fn with(app: &App, changes: &Value) -> Cardholder {
    let valid = app.world.token_for(CLIENT_ID).expect("a token");
    let mut claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&valid).expect("claims");
    for (name, value) in changes.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    app.cardholder.with_token(app.world.token_with(&claims).expect("a token"))
}

#[tokio::test]
async fn a_weak_or_old_login_enables_nothing_and_the_challenge_names_what_is_needed() {
    let unchanged = start().await;
    let app = &unchanged.app;
    let enroll = ApiRequest::enroll(&Cardholder::smallest_request("70001"));
    let path = format!("/enrollments/{}/attempts", unchanged.enrollment_id);
    let restart = ApiRequest::new(Method::POST, path).with("idempotency-key", "again");
    let restart = restart.with("content-type", "application/json");
    let restart = restart.with_body(Cardholder::restart_body().to_string());
    let (level, recent) =
        ("A different authentication level is required", "More recent authentication is required");
    for (claims, description) in [
        (json!({"acr": null, "amr": null, "auth_time": null}), level),
        (json!({"acr": "urn:bank.example:password"}), level),
        (json!({"amr": ["pwd"]}), level),
        (json!({"auth_time": null}), recent),
        (json!({"auth_time": 1}), recent),
    ] {
        for request in [&enroll, &restart] {
            let case = format!("{} with {claims}", request.path);
            let response = app.send_as(&with(app, &claims), request).await;
            check_problem(&case, &response, 401, "insufficient_user_authentication");
            let expected = format!(
                r#"Bearer error="insufficient_user_authentication", error_description="{description}", acr_values="{STRONG}", max_age="300""#
            );
            assert_eq!(response.headers.get("www-authenticate"), Some(&expected), "{case}");
            let authentication = json!({"acrValues": [STRONG], "maxAge": 300});
            assert_eq!(response.body["authentication"], authentication, "{case}");
        }
        // Reading needs no step-up, except for the redirect.
        let read = ApiRequest::get(format!("/enrollments/{}", unchanged.enrollment_id));
        let enrollment = app.send_as(&with(app, &claims), &read).await;
        assert_eq!((enrollment.status, enrollment.body.get("redirectUrl")), (200, None), "{claims}");
    }
    unchanged.check_unchanged().await;
    assert_eq!(app.send(&enroll).await.status, 201, "the key was not used");
    assert_eq!(app.send(&restart).await.status, 201, "the key was not used");
}

#[tokio::test]
async fn a_login_is_recent_for_the_configured_minutes_and_a_repeated_request_needs_one_too() {
    let unchanged = start().await;
    let app = &unchanged.app;
    let enroll = ApiRequest::enroll(&Cardholder::smallest_request("70001"));
    let first = app.send(&enroll).await;
    assert_eq!(first.status, 201);
    app.world.clock().advance(SignedDuration::from_mins(6));
    let repeated = app.send(&enroll).await;
    check_problem("after six minutes", &repeated, 401, "insufficient_user_authentication");
    let now = app.world.clock().now().as_second();
    let repeated = app.send_as(&with(app, &json!({"auth_time": now})), &enroll).await;
    assert_eq!((repeated.status, &repeated.body), (201, &first.body), "nothing is pushed twice");
}

#[tokio::test]
async fn what_the_token_says_about_the_login_is_stored_with_the_consent_of_each_attempt() {
    let unchanged = start().await;
    let app = &unchanged.app;
    let restarter = with(app, &json!({"acr": STRONG, "amr": ["hwk"], "jti": "another token"}));
    let restarted = restarter.restart(&unchanged.enrollment_id, "again").await.expect("a response");
    assert_eq!(restarted.status, 201);
    let stored = Value::from(app.stored().await).to_string();
    for part in [STRONG, r#"["pwd","otp","mfa"]"#, r#"["hwk"]"#] {
        assert!(stored.contains(part), "{part} in {stored}");
    }
    assert!(!stored.contains("another token"), "the token's id is stored as a hash only");
}
