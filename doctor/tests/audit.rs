//! An auditor reads who changed an enrollment, and that a client was erased.

use local::AuditFile;
use serde_json::{Value, json};

use crate::support::bank::Bank;

async fn lines(bank: &Bank, arguments: &[&str]) -> Vec<Value> {
    AuditFile::of(&bank.world).unwrap().unwrap().append(&bank.world.audit_lines().await.unwrap()).unwrap();
    let run = bank.doctor(&[&["audit", "--json"], arguments].concat()).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    serde_json::from_str(&run.output).unwrap()
}

fn steps(lines: &[Value]) -> Vec<[&str; 3]> {
    lines.iter().map(|line| ["actor", "action", "status"].map(|name| line[name].as_str().unwrap())).collect()
}

#[tokio::test]
async fn an_auditor_reads_who_changed_an_enrollment_and_that_its_client_was_erased() {
    let bank = Bank::open_audited().await;
    let (id, _) = bank.enable("70001").await;
    let (other, _) = bank.enable("70002").await;
    let journey = [
        ["app", "requested", "PENDING"],
        ["app", "pushed", "READY"],
        ["processing", "tar", "AUTHORIZED"],
        ["processing", "tcn", "TOKENIZED"],
        ["browser", "callback", "ENABLED"],
    ];
    for id in [&id, &other] {
        let mut steps_of: Vec<_> = lines(&bank, &["--enrollment", id]).await;
        // Notifications and browser may arrive in any order.
        steps_of.truncate(2);
        assert_eq!(steps(&steps_of), journey[..2]);
    }
    assert_eq!(lines(&bank, &["--client-id", "40000"]).await.len(), 10);
    assert_eq!(lines(&bank, &["--client-id", "40001"]).await.len(), 0);
    assert_eq!(lines(&bank, &["--since", "2100-01-01T00:00:00Z"]).await.len(), 0);

    assert_eq!(bank.doctor(&["erase", "--client-id", "40000"]).await.code, Some(0));
    let all = lines(&bank, &["--client-id", "40000"]).await;
    let erasure = [["operator", "erasure", "started"], ["operator", "erasure", "finished"]];
    assert_eq!(steps(&all[10..]), erasure);
    assert_eq!(all[10]["correlationId"], all[11]["correlationId"]);

    let run = bank.doctor(&["audit", "--enrollment", &id]).await;
    assert_eq!(run.output.lines().count(), 5, "{}", run.output);
    assert_eq!(run.errors, "5 lines.\n");
}

#[tokio::test]
async fn a_notification_that_an_operator_matched_has_a_line_with_an_id_of_the_command() {
    let bank = Bank::open_audited().await;
    let body = json!({"notificationId": "n-1", "type": "TCN", "cardContractId": 70002,
        "tokenRequestorId": simulator::CLICK_TO_PAY, "occurredAt": "2040-01-01T00:00:00Z"});
    assert_eq!(bank.notify(&body).await, 200);
    bank.cardholder.enroll("70002").await.unwrap();
    let run = bank.doctor(&["unmatched", "--retry"]).await;
    assert!(run.errors.starts_with("1 of them match now.\n"), "{}", run.errors);
    let mut lines = lines(&bank, &[]).await;
    lines.retain(|line| line["actor"] == "operator");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["action"], "tcn");
    assert_eq!(lines[0]["correlationId"].as_str().unwrap().len(), 36, "{}", lines[0]);
}

#[tokio::test]
async fn a_deployment_without_an_audit_trail_says_so() {
    let bank = Bank::open().await;
    let run = bank.doctor(&["audit"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(2), ""));
    assert!(run.errors.contains("AUDIT_BUCKET: must name the bucket"), "{}", run.errors);
}
