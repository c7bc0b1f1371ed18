//! A client's data is erased by an operator: what is shown, recorded and refused.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::support::bank::Bank;

/// The names of the items, without the records of erasures.
async fn sort_keys(bank: &Bank) -> Vec<String> {
    let table = &bank.world.tables().enrollments;
    let items = bank.world.dynamodb().scan().table_name(table).send().await.unwrap().items.unwrap();
    let items = items.iter().filter(|item| !item["pk"].as_s().unwrap().starts_with("ERASURE#"));
    items.map(|item| item["sk"].as_s().unwrap().clone()).collect()
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
    let records = run.output.lines().map(|line| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        let at = record.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert!(at.as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{at}");
        record
    });
    let records: Vec<_> = records.collect();
    // printf 40000 | sha256sum
    let pseudonym = "4948963369b682612d22b081bdc92c13d23fb921cdd44e50f45d7e86b4b52022";
    let record = |event: &str, complete: bool| {
        json!({"event": event, "client_sha256": pseudonym, "statuses": {"ENABLED": 1},
            "enrollments": 1, "counters": 1, "tokens": 0, "notifications": 1, "unreadable": 0, "complete": complete})
    };
    assert_eq!(records, [record("client_erasure_started", false), record("client_erased", true)]);
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
async fn an_item_that_cannot_be_read_is_named_and_kept_while_the_others_are_deleted() {
    let bank = Bank::open().await;
    bank.enable("70001").await;
    bank.enable("70002").await;
    let (db, table) = (bank.world.dynamodb(), &bank.world.tables().enrollments);
    let items = db.scan().table_name(table).send().await.unwrap().items.unwrap();
    let mut broken =
        items.into_iter().find(|item| item["sk"].as_s().unwrap().starts_with("CARD#70002#")).unwrap();
    broken.insert("facts".into(), AttributeValue::S("of a later version".into()));
    let sort_key = broken["sk"].as_s().unwrap().clone();
    db.put_item().table_name(table).set_item(Some(broken)).send().await.unwrap();

    let run = bank.doctor(&["erase", "--client-id", "40000"]).await;
    assert_eq!(run.code, Some(1), "{}", run.errors);
    let named =
        format!("The item {sort_key} cannot be read and will not be deleted, because it may be live: ");
    assert!(run.errors.contains(&named), "{}", run.errors);
    assert!(run.errors.contains("attribute `facts` is missing or invalid."), "{}", run.errors);
    assert!(run.errors.contains("Not everything was deleted: 1 items cannot be read."), "{}", run.errors);
    let record: Value = serde_json::from_str(run.output.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&record["enrollments"], &record["unreadable"], &record["complete"]),
        (&json!(1), &json!(1), &json!(false))
    );
    assert_eq!(sort_keys(&bank).await, [sort_key]);
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
