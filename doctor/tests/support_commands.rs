//! Support's commands: one enrollment's timeline, unmatched notifications, and the export of consents for auditors.

use serde_json::{Value, json};

use crate::support::bank::Bank;

#[tokio::test]
async fn support_reads_an_enrollments_timeline_without_its_secrets() {
    let bank = Bank::open().await;
    let (id, redirect) = bank.enable("70001").await;
    let run = bank.doctor(&["timeline", &id]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    for part in [
        &*format!("Enrollment {id}: ENABLED"),
        "Card contract 70001 of client 40000 at token requestor 50123197928",
        "requested               ios, callback mobile-app, terms 2026-01",
        ", acr urn:bank.example:strong, amr pwd otp mfa, authenticated ",
        "pushed                  receipts valid until",
        "tokenization_decided    approved",
        "searchFundingAccounts: 200, ",
        "getTokensByClient: 200, ",
        "pushMultipleAccounts: 200, ",
        "correlation id ",
        "Final: the token list is not read again.",
    ] {
        assert!(run.output.contains(part), "{part} is not in\n{}", run.output);
    }
    let reference = bank.world.simulator().tokens_of(40000)[0].token_unique_reference.clone();
    let signature = redirect.rsplit('=').next().unwrap();
    for secret in [signature, &reference, "MCC-"] {
        assert!(!run.output.contains(secret), "{}", run.output);
    }
    let json: Value = serde_json::from_str(&bank.doctor(&["timeline", &id, "--json"]).await.output).unwrap();
    assert_eq!((&json["status"], &json["missing"]), (&json!("ENABLED"), &json!([])));
    assert_eq!(json["steps"][1]["calls"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn support_sees_who_requested_a_change_and_the_word_of_an_unknown_state() {
    let bank = Bank::open().await;
    let (id, _) = bank.enable("70001").await;
    for (state, by) in [("SUSPENDED", "CARDHOLDER"), ("Relinked", "System")] {
        let body = json!({"type": "TVN", "clientId": 40000, "cardContractId": 70001, "tokenStatus": state,
            "tokenRequestorId": simulator::CLICK_TO_PAY, "triggeredBy": by});
        assert_eq!(bank.notify(&body).await, 200);
    }
    let run = bank.doctor(&["timeline", &id]).await;
    for part in [
        "token_changed           suspended",
        "requested by CARDHOLDER",
        "token_changed           unknown state RELINKED",
        "requested by SYSTEM",
    ] {
        assert!(run.output.contains(part), "{part} is not in\n{}", run.output);
    }
}

#[tokio::test]
async fn missing_facts_are_listed() {
    let bank = Bank::open().await;
    let enrollment = bank.cardholder.enroll("70001").await.unwrap();
    let run = bank.doctor(&["timeline", enrollment["enrollmentId"].as_str().unwrap()]).await;
    assert!(run.output.contains("Missing: TAR, TCN, the cardholder's return"), "{}", run.output);
    assert!(run.output.contains("The token list is read next at "), "{}", run.output);
}

#[tokio::test]
async fn an_enrollment_that_does_not_exist_is_reported() {
    let bank = Bank::open().await;
    let run = bank.doctor(&["timeline", "01930000-0000-7000-8000-000000000000"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""));
    assert_eq!(run.errors, "There is no enrollment 01930000-0000-7000-8000-000000000000.\n");
    assert_eq!(bank.doctor(&["timeline", "not an id"]).await.code, Some(2));
}

#[tokio::test]
async fn an_unmatched_notification_is_listed_until_it_matches() {
    let bank = Bank::open().await;
    // The cardholder had the card tokenized elsewhere, before the app's request.
    let simulator = bank.world.simulator();
    let body = json!({"notificationId": "n-1", "type": "TCN", "cardContractId": 70002,
        "tokenRequestorId": simulator::CLICK_TO_PAY, "occurredAt": "2040-01-01T00:00:00Z"});
    assert_eq!(bank.notify(&body).await, 200);
    let run = bank.doctor(&["unmatched"]).await;
    assert!(run.output.contains("TCN     card contract 70002"), "{} {}", run.output, run.errors);
    assert_eq!(run.errors, "1 notifications match no enrollment.\n");

    bank.cardholder.enroll("70002").await.unwrap();
    let run = bank.doctor(&["unmatched", "--retry", "--json"]).await;
    assert_eq!((run.errors.as_str(), run.output.trim()), ("1 of them match now.\n", "[]"));
    assert_eq!(simulator.calls(simulator::Operation::PushMultipleAccounts), 1);
}

#[tokio::test]
async fn an_auditor_gets_every_consent_of_every_attempt() {
    let bank = Bank::open().await;
    let (first, _) = bank.enable("70001").await;
    let second = bank.cardholder.enroll("70002").await.unwrap()["enrollmentId"].as_str().unwrap().to_owned();
    bank.cardholder.restart(&second, "again").await.unwrap();
    let run = bank.doctor(&["consents"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    assert!(run.errors.ends_with("3 consents of 2 enrollments.\n"), "{}", run.errors);
    let mut rows: Vec<Value> = run.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    rows.sort_by_key(|row| (row["enrollmentId"].to_string(), row["attempt"].to_string()));
    let attempts: Vec<_> =
        rows.iter().map(|row| (row["enrollmentId"].as_str().unwrap(), &row["attempt"])).collect();
    assert_eq!(attempts, [(&*first, &json!(1)), (&*second, &json!(1)), (&*second, &json!(2))]);
    assert!(rows.iter().all(|row| row["termsVersion"] == "2026-01" && row["clientId"] == "40000"));
    let evidence = |row: &Value| {
        row["authentication"]["acr"] == "urn:bank.example:strong"
            && row["authentication"]["amr"] == json!(["pwd", "otp", "mfa"])
            && row["authentication"]["authenticatedAt"].is_string()
            && row["authentication"]["tokenIdHash"].as_str().is_some_and(|hash| hash.len() == 32)
    };
    assert!(rows.iter().all(evidence), "{rows:?}");
    let later = bank.doctor(&["consents", "--since", "2100-01-01T00:00:00Z"]).await;
    assert_eq!((later.output.as_str(), later.code), ("", Some(0)));
}
