//! A client's data is erased by an operator: what is shown, recorded and refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};

use support::bank::Bank;

/// The names of the client's items.
async fn sort_keys(bank: &Bank) -> Vec<String> {
    let table = &bank.world.tables().enrollments;
    let items = bank.world.dynamodb().scan().table_name(table).send().await.unwrap().items.unwrap();
    items.iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn an_operator_erases_a_client_and_keeps_a_record_without_its_id() {
    let bank = Bank::open_with(&[("ENROLLMENT_LIMITS", "on".into())]).await;
    bank.enable("70001").await;
    let unmatched = json!({"type": "TCN", "clientId": 40000, "cardContractId": 70002});
    assert_eq!(bank.notify(&unmatched).await, 200);
    let run = bank.doctor(&["erase", "--client-id", "40000"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    let found = "Of client 40000 are stored: 1 enrollments (1 ENABLED), counters of 1 days, changes of 0 tokens, 1 notifications.\n\
        Notifications in quarantine are encrypted and were not searched. They are deleted 30 days after their arrival.\n";
    assert_eq!(run.errors, found);
    let mut record: Value = serde_json::from_str(&run.output).unwrap();
    let at = record.as_object_mut().unwrap().remove("timestamp").unwrap();
    assert!(at.as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{at}");
    // printf 40000 | sha256sum
    let pseudonym = "4948963369b682612d22b081bdc92c13d23fb921cdd44e50f45d7e86b4b52022";
    assert_eq!(
        record,
        json!({"event": "client_erased", "client_sha256": pseudonym, "statuses": {"ENABLED": 1},
            "enrollments": 1, "counters": 1, "tokens": 0, "notifications": 1, "complete": true})
    );
    assert_eq!(run.output.matches('\n').count(), 1, "one line: {}", run.output);
    assert_eq!(sort_keys(&bank).await, [""; 0]);

    let again = bank.doctor(&["erase", "--client-id", "40000"]).await;
    assert_eq!((again.code, again.output.as_str()), (Some(0), ""));
    assert!(again.errors.starts_with("Nothing is stored of client 40000.\n"), "{}", again.errors);
}

#[tokio::test]
async fn nothing_is_erased_while_the_cardholder_enables_a_card() {
    let bank = Bank::open().await;
    let enrollment = bank.cardholder.enroll("70001").await.unwrap();
    let id = enrollment["enrollmentId"].as_str().unwrap();
    let before = sort_keys(&bank).await;
    let run = bank.doctor(&["erase", "--client-id", "40000", "--yes"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""));
    let refusal = format!("Nothing was deleted, because enrollment {id} is live.");
    assert!(run.errors.contains(&refusal), "{}", run.errors);
    assert_eq!(sort_keys(&bank).await, before);
}

#[tokio::test]
async fn outside_of_this_machine_nothing_is_erased_without_confirmation() {
    let bank = Bank::open().await;
    bank.enable("70001").await;
    let before = sort_keys(&bank).await;
    // By a name that doctor does not know for this machine.
    let file = bank.folder.path().join("env");
    let settings = std::fs::read_to_string(&file).unwrap();
    let local = "AWS_ENDPOINT_URL_DYNAMODB=\"http://127.0.0.1:";
    assert!(settings.contains(local));
    std::fs::write(&file, settings.replace(local, "AWS_ENDPOINT_URL_DYNAMODB=\"http://localhost:")).unwrap();
    let run = bank.doctor(&["erase", "--client-id", "40000"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""));
    let refusal = "This would delete all of this data of client 40000. Confirm it with --yes.\n";
    assert!(run.errors.ends_with(refusal), "{}", run.errors);
    assert_eq!(sort_keys(&bank).await, before);

    let run = bank.doctor(&["erase", "--client-id", "40000", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    assert_eq!(sort_keys(&bank).await, [""; 0]);
}

#[tokio::test]
async fn a_client_id_that_is_no_number_is_refused_before_anything_is_read() {
    let bank = Bank::open().await;
    for id in ["CLIENT", "040000", ""] {
        let run = bank.doctor(&["erase", "--client-id", id]).await;
        assert_eq!((run.code, run.output.as_str()), (Some(2), ""), "{id}");
    }
}
