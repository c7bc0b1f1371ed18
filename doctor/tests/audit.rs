//! An auditor reads who changed an enrollment, and that a client was erased.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use local::AuditFile;
use serde_json::Value;

use support::bank::Bank;

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
async fn a_deployment_without_an_audit_trail_says_so() {
    let bank = Bank::open().await;
    let run = bank.doctor(&["audit"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(2), ""));
    assert!(run.errors.contains("AUDIT_BUCKET: must name the bucket"), "{}", run.errors);
}
