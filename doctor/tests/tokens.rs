//! Support lists a card's tokens, moves them to the card that replaced it, and removes one.

use local::AuditFile;
use model::token_id::TokenId;
use serde_json::{Value, json};
use simulator::{CLICK_TO_PAY, Fault, Operation, Suspender, TokenStatus};

use crate::support::bank::{Bank, Run};

const CARD: &str = "70001";
/// The simulator's token numbers begin so.
const TOKEN_NUMBERS: &str = "555558";

/// Runs `doctor tokens` for a card of client 40000.
async fn tokens(bank: &Bank, command: &str, card: &str, options: &[&str]) -> Run {
    let own = ["tokens", command, "--client-id", "40000", "--card-contract-id", card];
    bank.doctor(&[&own[..], options].concat()).await
}

async fn listed(bank: &Bank, card: &str) -> Vec<Value> {
    let run = tokens(bank, "list", card, &["--json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    for token in bank.world.simulator().tokens_of(40_000) {
        assert!(!run.output.contains(&token.token_unique_reference), "a token unique reference");
    }
    assert!(!run.output.contains(TOKEN_NUMBERS), "a token number");
    serde_json::from_str(&run.output).unwrap()
}

fn record(run: &Run) -> Value {
    let mut record: Value = serde_json::from_str(&run.output).unwrap();
    for changing in ["timestamp", "correlation_id"] {
        record.as_object_mut().unwrap().remove(changing).unwrap();
    }
    record
}

/// The lines of the audit trail about tokens.
async fn audit_lines(bank: &Bank) -> Vec<Value> {
    AuditFile::of(&bank.world).unwrap().unwrap().append(&bank.world.audit_lines().await.unwrap()).unwrap();
    let run = bank.doctor(&["audit", "--client-id", "40000", "--json"]).await;
    let mut lines: Vec<Value> = serde_json::from_str(&run.output).unwrap();
    lines.retain(|line| line["tokenId"] != "");
    lines
}

/// Actor, action and status of each line of the audit trail about tokens.
async fn audited(bank: &Bank) -> Vec<[String; 3]> {
    let lines = audit_lines(bank).await.into_iter();
    lines
        .map(|line| ["actor", "action", "status"].map(|name| line[name].as_str().unwrap().to_owned()))
        .collect()
}

fn lines(expected: &[[&str; 3]]) -> Vec<[String; 3]> {
    expected.iter().map(|line| line.map(str::to_owned)).collect()
}

#[tokio::test]
async fn support_sees_where_a_card_is_enabled_and_who_suspended_it() {
    let bank = Bank::open().await;
    let (enrollment_id, _) = bank.enable(CARD).await;
    bank.world.simulator().add_token(70_001, "50110030273", "Google Pay").unwrap();
    bank.world.simulator().suspend_token_by(70_001, CLICK_TO_PAY, Suspender::Cardholder).unwrap();
    bank.world.simulator().notifications_settled().await;
    let rows = listed(&bank, CARD).await;
    let of = |requestor: &str| rows.iter().find(|row| row["tokenRequestorId"] == requestor).unwrap();
    let (click_to_pay, google_pay) = (of(CLICK_TO_PAY), of("50110030273"));
    assert_eq!(
        (&click_to_pay["state"], &click_to_pay["suspendedBy"], &click_to_pay["enrollmentId"]),
        (&json!("suspended"), &json!(["CARDHOLDER"]), &json!(enrollment_id))
    );
    assert_eq!(
        (&google_pay["state"], &google_pay["suspendedBy"], &google_pay["enrollmentId"]),
        (&json!("active"), &json!([]), &Value::Null)
    );
    let text = tokens(&bank, "list", CARD, &[]).await;
    assert!(text.output.contains("suspended  by CARDHOLDER"), "{}", text.output);
    assert_eq!(text.errors, "2 tokens.\n");
    assert_eq!(listed(&bank, "70002").await, [json!(null); 0]);
}

#[tokio::test]
async fn support_moves_the_tokens_of_a_replaced_card_and_the_trail_says_so() {
    let bank = Bank::open_audited().await;
    bank.enable(CARD).await;
    let old = listed(&bank, CARD).await.remove(0);
    let run = tokens(&bank, "relink", CARD, &["--to", "70002"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    let moved: Value = serde_json::from_str(&run.output).unwrap();
    assert_eq!(
        (&moved["event"], &moved["token_id"], &moved["outcome"]),
        (&json!("token_relinked"), &old["tokenId"], &json!("changed"))
    );
    assert_eq!(listed(&bank, CARD).await, [json!(null); 0]);
    let new = listed(&bank, "70002").await.remove(0);
    assert_eq!(new["state"], "active");
    assert_ne!(new["tokenId"], old["tokenId"], "its id is bound to the card");
    let expected = [["operator", "token_relink", "started"], ["operator", "token_relink", "changed"]];
    assert_eq!(audited(&bank).await, lines(&expected));
    assert_eq!(moved["new_token_id"], new["tokenId"]);
    for line in audit_lines(&bank).await {
        assert_eq!(
            (&line["correlationId"], &line["newTokenId"]),
            (&moved["correlation_id"], &moved["new_token_id"]),
            "the record and the trail belong together"
        );
    }

    let again = tokens(&bank, "relink", CARD, &["--to", "70002"]).await;
    assert_eq!((again.code, again.output.as_str()), (Some(1), ""));
    assert_eq!(again.errors, "Client 40000 has no such token at card contract 70001.\n");
}

#[tokio::test]
async fn a_move_that_the_list_does_not_confirm_is_unknown_and_the_trail_says_where_to() {
    let bank = Bank::open_audited().await;
    bank.enable(CARD).await;
    let reference = bank.world.simulator().tokens_of(40_000)[0].token_unique_reference.clone();
    // It answers as if it had moved the token, which stays at the old card.
    let accepted = Fault::Status { code: 204, json: false };
    bank.world.simulator().set_fault(Operation::RelinkTokensToAnotherCard, accepted, 1);
    let run = tokens(&bank, "relink", CARD, &["--to", "70002"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(2), ""), "{}", run.errors);
    assert!(run.errors.contains("its list does not confirm it"), "{}", run.errors);
    let expected = [["operator", "token_relink", "started"], ["operator", "token_relink", "unknown"]];
    assert_eq!(audited(&bank).await, lines(&expected));
    let requestor = CLICK_TO_PAY.parse().unwrap();
    let to = TokenId::new(40_000.into(), 70_002.into(), &requestor, &reference).to_string();
    for line in audit_lines(&bank).await {
        assert_eq!(line["newTokenId"], to, "also before anything was sent");
    }
}

#[tokio::test]
async fn a_card_that_cannot_take_the_tokens_leaves_them_where_they_are() {
    let bank = Bank::open_audited().await;
    bank.enable(CARD).await;
    let run = tokens(&bank, "relink", CARD, &["--to", "80001"]).await;
    assert_eq!((run.code, run.output.as_str()), (Some(2), ""));
    assert!(run.errors.contains("the token was not moved"), "{}", run.errors);
    let left = listed(&bank, CARD).await.remove(0);
    assert_eq!(left["state"], "active");
    let stopped = format!(
        "0 of 1 tokens were moved. Token {} was the last one tried:",
        left["tokenId"].as_str().unwrap()
    );
    assert!(run.errors.contains(&stopped), "{}", run.errors);
    let expected = [["operator", "token_relink", "started"], ["operator", "token_relink", "not_changed"]];
    assert_eq!(audited(&bank).await, lines(&expected));
}

#[tokio::test]
async fn support_removes_a_token_for_good_and_its_enrollment_follows() {
    let bank = Bank::open_audited().await;
    let (enrollment_id, _) = bank.enable(CARD).await;
    let token = listed(&bank, CARD).await.remove(0);
    let id = token["tokenId"].as_str().unwrap();
    let run = tokens(&bank, "remove", CARD, &["--token-id", id]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    // printf 40000 | sha256sum
    let pseudonym = "4948963369b682612d22b081bdc92c13d23fb921cdd44e50f45d7e86b4b52022";
    let expected =
        json!({"event": "token_removed", "client_sha256": pseudonym, "token_id": id, "outcome": "changed"});
    assert_eq!(record(&run), expected);
    assert_eq!(bank.world.simulator().tokens_of(40_000)[0].status, TokenStatus::Deactivated);
    let enrollment = bank.cardholder.get_enrollment(&enrollment_id).await.unwrap();
    assert_eq!(enrollment.body["status"], "DEACTIVATED");
    let expected = [["operator", "token_remove", "started"], ["operator", "token_remove", "changed"]];
    assert_eq!(audited(&bank).await, lines(&expected));
}

#[tokio::test]
async fn elsewhere_than_on_this_machine_no_token_is_changed_without_confirmation() {
    let bank = Bank::open().await;
    bank.enable(CARD).await;
    let id = listed(&bank, CARD).await[0]["tokenId"].as_str().unwrap().to_owned();
    // By a name that doctor does not know for this machine.
    let file = bank.folder.path().join("env");
    let settings = std::fs::read_to_string(&file).unwrap();
    let local = "PROCESSING_URL=\"http://127.0.0.1:";
    assert!(settings.contains(local));
    std::fs::write(&file, settings.replace(local, "PROCESSING_URL=\"http://localhost:")).unwrap();
    for (command, options, question) in [
        ("remove", ["--token-id", &id], "This would remove this token of card contract 70001 for good."),
        (
            "relink",
            ["--to", "70002"],
            "This would move these tokens from card contract 70001 to card contract 70002.",
        ),
    ] {
        let run = tokens(&bank, command, CARD, &options).await;
        assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{}", run.errors);
        assert!(run.errors.contains(question), "{}", run.errors);
    }
    let calls = |operation| bank.world.simulator().calls(operation);
    assert_eq!(calls(Operation::SetTokenStatus) + calls(Operation::RelinkTokensToAnotherCard), 0);
    let run = tokens(&bank, "remove", CARD, &["--token-id", &id, "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
}

#[tokio::test]
async fn a_token_of_another_client_is_not_found() {
    let bank = Bank::open().await;
    bank.enable(CARD).await;
    let id = listed(&bank, CARD).await[0]["tokenId"].as_str().unwrap().to_owned();
    let run = bank
        .doctor(&["tokens", "remove", "--client-id", "40001", "--card-contract-id", CARD, "--token-id", &id])
        .await;
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{}", run.errors);
    assert_eq!(bank.world.simulator().calls(Operation::SetTokenStatus), 0);
}
