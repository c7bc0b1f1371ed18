//! Notifications that could not be read: what is kept of them, and who can read it.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::bank::Bank;

const CARD_NUMBER: &str = "5555555555554444";

/// A bank that keeps unreadable notifications; the folder contains the private key and another one.
async fn keeping() -> (Bank, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let certificate = CertificateParams::default().self_signed(&key).unwrap().pem();
    std::fs::write(path("key"), key.serialize_pem()).unwrap();
    std::fs::write(path("certificate"), certificate).unwrap();
    std::fs::write(path("other"), KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap().serialize_pem()).unwrap();
    let reference = format!("file:{}", path("certificate").display());
    (Bank::open_with(&[("NOTIFICATION_QUARANTINE_CERTIFICATE", reference)]).await, folder)
}

/// The deliveries in quarantine, as `doctor` lists them.
async fn listed(bank: &Bank) -> Vec<Value> {
    let run = bank.doctor(&["quarantine", "list", "--json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    serde_json::from_str(&run.output).unwrap()
}

/// Everything in the table of enrollments.
async fn stored(bank: &Bank) -> String {
    let table = &bank.world.tables().enrollments;
    let items = bank.world.dynamodb().scan().table_name(table).send().await.unwrap().items;
    format!("{items:?}")
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_sealed_until_an_operator_opens_and_deletes_it() {
    let (bank, folder) = keeping().await;
    let wrong = json!({"type": "TVN", "tokenStatus": 7, "cardContractId": 70001, "note": "zebra"});
    let unknown = json!({"type": "ZEBRA", "cardContractId": 70001});
    let readable = json!({"type": "TCN", "cardContractId": 70001});
    assert_eq!(bank.notify(&json!([wrong, readable, unknown])).await, 200);
    assert_eq!(bank.notify_with("<zebra>").await, 200);
    let stored = stored(&bank).await;
    assert!(stored.contains("QUARANTINE#") && !stored.contains("zebra"), "{stored}");

    let listed = listed(&bank).await;
    let reasons: Vec<_> = listed.iter().map(|delivery| &delivery["reasons"]).collect();
    let field = "a notification has a field of the wrong type: /tokenStatus";
    let kind = "a notification has an unknown kind, an incomplete one or an invalid id";
    assert_eq!(reasons, [&json!([field, kind]), &json!(["the delivery is not JSON"])]);
    let id = listed[0]["id"].as_str().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let refused = bank.doctor(&["quarantine", "open", id, "--key", &path("other")]).await;
    assert_eq!((refused.code, refused.output.as_str()), (Some(2), ""));
    assert!(refused.errors.contains("the key does not belong to the certificate"), "{}", refused.errors);
    let opened = bank.doctor(&["quarantine", "open", id, "--key", &path("key")]).await;
    assert_eq!(
        serde_json::from_str::<Value>(&opened.output).unwrap(),
        json!([{"error": field, "message": wrong}, {"error": kind, "message": unknown}])
    );

    let deleted = bank.doctor(&["quarantine", "delete", id, "--yes"]).await;
    assert_eq!(deleted.code, Some(0), "{}", deleted.errors);
    let left = bank.doctor(&["quarantine", "list"]).await;
    assert_eq!(left.errors, "1 deliveries are in quarantine.\n");
    assert!(left.output.contains("  1 kept, 0 omitted: the delivery is not JSON"), "{}", left.output);
    for gone in [&["open", id, "--key", &path("key")][..], &["delete", id, "--yes"]] {
        let run = bank.doctor(&[&["quarantine"], gone].concat()).await;
        let expected = format!("There is no delivery {id} in quarantine.\n");
        assert_eq!((run.code, run.errors), (Some(1), expected));
    }
}

#[tokio::test]
async fn a_card_number_is_not_kept_even_for_the_operator() {
    let (bank, _folder) = keeping().await;
    for (body, status) in [
        (format!("<pan>{CARD_NUMBER}</pan>"), 400),
        (json!({"type": "TVN", "tokenStatus": 7, "walletName": CARD_NUMBER}).to_string(), 400),
        (json!([[CARD_NUMBER]]).to_string(), 400),
    ] {
        assert_eq!(bank.notify_with(body).await, status);
    }
    assert_eq!(listed(&bank).await, Vec::<Value>::new());
    assert!(!stored(&bank).await.contains("QUARANTINE#"));
}

#[tokio::test]
async fn a_flood_of_what_cannot_be_read_is_acknowledged_and_kept_up_to_a_limit() {
    let (bank, _folder) = keeping().await;
    // Larger than the 16 kB that are kept of one delivery.
    assert_eq!(bank.notify(&json!([{"type": "", "note": "x".repeat(17 * 1024)}])).await, 200);
    assert_eq!(listed(&bank).await, Vec::<Value>::new());
    let some = json!([{"type": "", "note": "x".repeat(17 * 1024)}, {"type": "", "note": "zebra"}]);
    assert_eq!(bank.notify(&some).await, 200);
    let [kept] = listed(&bank).await.try_into().unwrap();
    assert_eq!((&kept["messages"], &kept["omitted"]), (&json!(1), &json!(1)));
    for n in 0..120 {
        assert_eq!(bank.notify_with(format!("<zebra {n}>")).await, 200);
    }
    let kept = listed(&bank).await.len();
    assert!((24..=32).contains(&kept), "{kept} are kept");
}

#[tokio::test]
async fn without_a_certificate_what_cannot_be_read_is_acknowledged_and_not_kept() {
    let bank = Bank::open().await;
    assert_eq!(bank.notify_with("<zebra>").await, 200);
    assert_eq!(listed(&bank).await, Vec::<Value>::new());
    assert!(!stored(&bank).await.contains("zebra"));
}
