//! `POST /notifications`, by those who may not and by those who may but make no sense.

use std::{collections::BTreeMap, fs};

use local::Options;
use serde_json::json;

use super::{Untouched, is_problem};
use crate::support::{app::App, door::Door};

/// A TCN that would enable the card of the enrollment if it were believed.
fn tcn() -> String {
    json!({ "type": "TCN", "clientId": "40000", "cardContractId": "70030" }).to_string()
}

async fn set(name: &str, value: String) -> Untouched {
    let settings = BTreeMap::from([(name.to_owned(), value)]);
    Untouched::of(App::start_with(Options { settings, ..Options::default() }).await).await
}

#[tokio::test]
async fn nobody_notifies_without_a_certificate() {
    let untouched = Untouched::start().await;
    let refused = Door::without_certificate(&untouched.app.world).try_tells(tcn()).await;
    assert!(refused.is_err_and(|error| !error.is_timeout()), "the handshake fails");
    untouched.stays().await;
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let untouched =
        set("NOTIFICATION_CLIENT_SUBJECTS", "CN=zebra;CN=notifications.mastercard.example".into()).await;
    is_problem("a TCN", &Door::of(&untouched.app.world).tells(tcn()).await, 403, "forbidden");
    untouched.stays().await;
}

#[tokio::test]
async fn a_wrong_shared_secret_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    fs::write(&file, "a-secret-of-this-test\n").expect("a file");
    let untouched = set("NOTIFICATION_SHARED_SECRET", format!("file:{}", file.display())).await;
    let world = &untouched.app.world;
    is_problem("no secret", &Door::of(world).tells(tcn()).await, 403, "forbidden");
    for secret in ["zebra", "", "a-secret-of-this-tes", "a-secret-of-this-testt"] {
        is_problem(secret, &Door::of(world).with_secret(secret).tells(tcn()).await, 403, "forbidden");
    }
    untouched.stays().await;
    let right = Door::of(world).with_secret("a-secret-of-this-test").tells(tcn()).await;
    assert_eq!(right.status, 200, "the right one is let in");
    assert_ne!(untouched.app.stored().await, untouched.stored, "and believed");
}

#[tokio::test]
async fn a_delivery_of_which_nothing_can_be_read_is_refused() {
    let untouched = Untouched::start().await;
    let door = Door::of(&untouched.app.world);
    let many = format!("[{}]", vec![tcn(); 101].join(","));
    for body in
        ["", "{", "zebra", "{\"zebra", "77319", "null", "[]", "[[]]", "{}", r#"{"type":77319}"#, &many]
    {
        is_problem(body, &door.tells(body).await, 400, "invalid_request");
    }
    let large = json!({ "type": "TCN", "padding": "zebra".repeat(13 * 1024) }).to_string();
    assert!(large.len() > 65 * 1024);
    is_problem("65 kB", &door.tells(large).await, 413, "request_too_large");
    is_problem("1 MB", &door.tells(" ".repeat(1024 * 1024)).await, 413, "request_too_large");
    untouched.stays().await;
}
