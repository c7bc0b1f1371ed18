//! `POST /notifications` by unauthorized callers, and with bodies that cannot be read.

use std::{collections::BTreeMap, fs};

use local::Options;
use serde_json::{Value, json};

use super::{CARD_NUMBER, UnchangedWorld, check_problem};
use crate::support::{app::App, logs, notification_client::NotificationClient};

/// A TCN that would enable the card of the enrollment if it were accepted.
fn tcn() -> String {
    json!({ "type": "TCN", "clientId": "40000", "cardContractId": "70030" }).to_string()
}

async fn start_with(name: &str, value: String) -> UnchangedWorld {
    let settings = BTreeMap::from([(name.to_owned(), value)]);
    UnchangedWorld::new(App::start_with(Options { settings, ..Options::default() }).await).await
}

#[tokio::test]
async fn a_notification_without_a_certificate_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let refused = NotificationClient::without_certificate(&unchanged.app.world).try_send(tcn()).await;
    assert!(refused.is_err_and(|error| !error.is_timeout()), "the handshake fails");
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let unchanged =
        start_with("NOTIFICATION_CLIENT_SUBJECTS", "CN=zebra;CN=notifications.mastercard.example".into())
            .await;
    check_problem(
        "a TCN",
        &NotificationClient::with_trusted_certificate(&unchanged.app.world).send(tcn()).await,
        403,
        "forbidden",
    );
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_wrong_shared_secret_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    fs::write(&file, "a-secret-of-this-test\n").expect("a file");
    let unchanged = start_with("NOTIFICATION_SHARED_SECRET", format!("file:{}", file.display())).await;
    let world = &unchanged.app.world;
    check_problem(
        "no secret",
        &NotificationClient::with_trusted_certificate(world).send(tcn()).await,
        403,
        "forbidden",
    );
    for secret in ["zebra", "", "a-secret-of-this-tes", "a-secret-of-this-testt"] {
        check_problem(
            secret,
            &NotificationClient::with_trusted_certificate(world).with_secret(secret).send(tcn()).await,
            403,
            "forbidden",
        );
    }
    unchanged.check_unchanged().await;
    let right = NotificationClient::with_trusted_certificate(world)
        .with_secret("a-secret-of-this-test")
        .send(tcn())
        .await;
    assert_eq!(right.status, 200, "the right one is accepted");
    assert_ne!(unchanged.app.stored().await, unchanged.stored, "and accepted");
}

#[tokio::test]
async fn a_delivery_that_cannot_be_parsed_is_acknowledged_and_changes_nothing() {
    let unchanged = UnchangedWorld::start().await;
    let client = NotificationClient::with_trusted_certificate(&unchanged.app.world);
    for body in ["", "{", "zebra", "{\"zebra", "77319", "null", "[[]]", "{}", r#"{"type":77319}"#] {
        let response = client.send(body).await;
        assert_eq!((response.status, response.body), (200, json!({ "accepted": 0 })), "{body}");
    }
    unchanged.check_unchanged().await;
    assert!(logs::is_logged("notification_unreadable").await);
}

#[tokio::test]
async fn a_delivery_of_the_wrong_size_is_refused() {
    let unchanged = UnchangedWorld::start().await;
    let client = NotificationClient::with_trusted_certificate(&unchanged.app.world);
    let many = format!("[{}]", vec![tcn(); 101].join(","));
    for body in ["[]", &many] {
        check_problem(body, &client.send(body).await, 400, "invalid_request");
    }
    let large = json!({ "type": "TCN", "padding": "zebra".repeat(13 * 1024) }).to_string();
    assert!(large.len() > 65 * 1024);
    check_problem("65 kB", &client.send(large).await, 413, "request_too_large");
    check_problem("1 MB", &client.send(" ".repeat(1024 * 1024)).await, 413, "request_too_large");
    unchanged.check_unchanged().await;
}

#[tokio::test]
async fn a_notification_with_a_card_number_is_refused_and_the_others_of_its_delivery_are_stored() {
    let unchanged = UnchangedWorld::start().await;
    let client = NotificationClient::with_trusted_certificate(&unchanged.app.world);
    let with = |name: &str, value: &str| {
        let mut message: Value = serde_json::from_str(&tcn()).expect("a TCN");
        message[name] = value.into();
        message
    };
    let refused = [
        with("walletName", CARD_NUMBER),
        with("walletName", "Wallet of 5555.5555.5555.4444"),
        with("notificationId", CARD_NUMBER),
        with(CARD_NUMBER, "zebra"),
    ];
    for message in &refused {
        check_problem("a TCN", &client.send(message.to_string()).await, 400, "card_number_refused");
    }
    let all = Value::from(refused.to_vec()).to_string();
    check_problem("a delivery", &client.send(all).await, 400, "card_number_refused");
    check_problem("broken JSON", &client.send(format!("{{{CARD_NUMBER}")).await, 400, "card_number_refused");
    unchanged.check_unchanged().await;
    let mixed = json!([refused[0], serde_json::from_str::<Value>(&tcn()).expect("a TCN")]).to_string();
    check_problem("a mixed delivery", &client.send(mixed).await, 400, "card_number_refused");
    let stored = unchanged.app.stored().await;
    assert_ne!(stored, unchanged.stored, "the other message is stored");
    assert!(stored.iter().all(|item| !item.to_string().contains(CARD_NUMBER)));
}
