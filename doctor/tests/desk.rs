//! The support desk: one cardholder's story, notifications that matched nothing, and what auditors ask for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::PathBuf;

use local::{World, cardholder::Cardholder, ready};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

/// A world, its settings in a file, and a cardholder.
struct Bank {
    world: World,
    cardholder: Cardholder,
    folder: TempDir,
}

/// What the program printed and how it ended.
struct Told {
    code: Option<i32>,
    output: String,
    errors: String,
}

impl Bank {
    async fn open() -> Self {
        let world = World::start(local::Options::default()).await.unwrap();
        world.refresh().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        ready::write_env_file(&world, &folder.path().join("env")).unwrap();
        let cardholder = world.cardholder("40000").unwrap();
        Self { world, cardholder, folder }
    }

    async fn doctor(&self, arguments: &[&str]) -> Told {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_doctor"));
        let mut ran = Command::new(program);
        ran.env_clear().args(arguments).arg("--config").arg(self.folder.path().join("env"));
        let ran = ran.output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Told { code: ran.status.code(), output: text(ran.stdout), errors: text(ran.stderr) }
    }

    /// The whole journey of one card; its id, and the redirect that must not be told.
    async fn enabled(&self, card: &str) -> (String, String) {
        let enrollment = self.cardholder.enrolls(card).await.unwrap();
        let redirect = enrollment["redirectUrl"].as_str().unwrap().to_owned();
        let page = self.cardholder.opens(&redirect).await.unwrap();
        page.accepts().await.unwrap().returns().await.unwrap();
        self.world.simulator().notifications_settled().await;
        (enrollment["enrollmentId"].as_str().unwrap().to_owned(), redirect)
    }
}

#[tokio::test]
async fn support_reads_an_enrollments_story_and_no_secret_of_it() {
    let bank = Bank::open().await;
    let (id, redirect) = bank.enabled("70001").await;
    let told = bank.doctor(&["timeline", &id]).await;
    assert_eq!(told.code, Some(0), "{}", told.errors);
    for part in [
        &*format!("Enrollment {id}: ENABLED"),
        "Card contract 70001 of client 40000 at token requestor 50123197928",
        "requested               ios, back to mobile-app, terms 2026-01",
        "pushed                  receipts until",
        "tokenization_decided    approved",
        "searchFundingAccounts: 200, ",
        "getTokensByClient: 200, ",
        "pushMultipleAccounts: 200, ",
        "correlation id ",
        "Final: nothing more will be found out by asking.",
    ] {
        assert!(told.output.contains(part), "{part} is not in\n{}", told.output);
    }
    let reference = bank.world.simulator().tokens_of(40000)[0].token_unique_reference.clone();
    let signature = redirect.rsplit('=').next().unwrap();
    for secret in [signature, &reference, "MCC-"] {
        assert!(!told.output.contains(secret), "{}", told.output);
    }
    let json: Value = serde_json::from_str(&bank.doctor(&["timeline", &id, "--json"]).await.output).unwrap();
    assert_eq!((&json["status"], &json["missing"]), (&json!("ENABLED"), &json!([])));
    assert_eq!(json["steps"][1]["calls"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_never_came_is_named() {
    let bank = Bank::open().await;
    let enrollment = bank.cardholder.enrolls("70001").await.unwrap();
    let told = bank.doctor(&["timeline", enrollment["enrollmentId"].as_str().unwrap()]).await;
    assert!(told.output.contains("Never came: TAR, TCN, the cardholder's return"), "{}", told.output);
    assert!(told.output.contains("The token list is read next at "), "{}", told.output);
}

#[tokio::test]
async fn an_enrollment_that_is_not_there_is_said_not_to_be() {
    let bank = Bank::open().await;
    let told = bank.doctor(&["timeline", "01930000-0000-7000-8000-000000000000"]).await;
    assert_eq!((told.code, told.output.as_str()), (Some(1), ""));
    assert_eq!(told.errors, "There is no enrollment 01930000-0000-7000-8000-000000000000.\n");
    assert_eq!(bank.doctor(&["timeline", "not an id"]).await.code, Some(2));
}

#[tokio::test]
async fn a_notification_that_matched_nothing_is_listed_until_it_does() {
    let bank = Bank::open().await;
    // The cardholder had the card tokenized elsewhere, before the app was asked.
    let other = bank.world.simulator();
    let client = reqwest(&bank.world);
    let body = json!({"notificationId": "n-1", "type": "TCN", "cardContractId": 70002,
        "tokenRequestorId": simulator::CLICK_TO_PAY, "occurredAt": "2040-01-01T00:00:00Z"});
    let sent = client.post(bank.world.door_url().clone()).header("content-type", "application/json");
    assert_eq!(sent.body(body.to_string()).send().await.unwrap().status(), 200);
    let told = bank.doctor(&["unmatched"]).await;
    assert!(told.output.contains("TCN     card contract 70002"), "{} {}", told.output, told.errors);
    assert_eq!(told.errors, "1 notifications match no enrollment.\n");

    bank.cardholder.enrolls("70002").await.unwrap();
    let told = bank.doctor(&["unmatched", "--retry", "--json"]).await;
    assert_eq!((told.errors.as_str(), told.output.trim()), ("1 of them match now.\n", "[]"));
    assert_eq!(other.calls(simulator::Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn an_auditor_gets_every_consent_of_every_attempt() {
    let bank = Bank::open().await;
    let (first, _) = bank.enabled("70001").await;
    let second = bank.cardholder.enrolls("70002").await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
    bank.cardholder.restarts(&second, "again").await.unwrap();
    let told = bank.doctor(&["consents"]).await;
    assert_eq!(told.code, Some(0), "{}", told.errors);
    assert!(told.errors.ends_with("3 consents of 2 enrollments.\n"), "{}", told.errors);
    let mut rows: Vec<Value> = told.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    rows.sort_by_key(|row| (row["enrollmentId"].to_string(), row["attempt"].to_string()));
    let told: Vec<_> =
        rows.iter().map(|row| (row["enrollmentId"].as_str().unwrap(), &row["attempt"])).collect();
    assert_eq!(told, [(&*first, &json!(1)), (&*second, &json!(1)), (&*second, &json!(2))]);
    assert!(rows.iter().all(|row| row["termsVersion"] == "2026-01" && row["clientId"] == "40000"));
    let later = bank.doctor(&["consents", "--since", "2100-01-01T00:00:00Z"]).await;
    assert_eq!((later.output.as_str(), later.code), ("", Some(0)));
}

fn reqwest(world: &World) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(world.door_authority().as_bytes()).unwrap()])
        .identity(reqwest::Identity::from_pem(world.door_client_identity().as_bytes()).unwrap())
        .build()
        .unwrap()
}
