//! The audit trail: each write of an enrollment names who made it, and from where; no line names a client, a card or a secret.

use std::path::Path;

use jiff::SignedDuration;
use local::{Options, World, cardholder::Cardholder};
use model::audit::client_pseudonym;
use serde_json::{Value, json};

use crate::support::leaks::leak;

async fn audited_world() -> World {
    let settings = [("AUDIT_TRAIL".to_owned(), "on".to_owned())].into();
    let world = World::start(Options { settings, ..Options::default() }).await.unwrap();
    world.refresh().await.unwrap();
    world
}

/// All lines, each checked against the published schema and for secrets and ids.
async fn lines(world: &World) -> Vec<Value> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events/audit-line.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let lines = world.audit_lines().await.unwrap();
    for line in &lines {
        assert!(schema.is_valid(line), "{line}: {:?}", schema.iter_errors(line).collect::<Vec<_>>());
        let text = line.to_string();
        assert_eq!(leak(&text), None);
        // As whole words: times and other ids may have these digits inside.
        let words: Vec<_> = text.split(|it: char| !it.is_ascii_alphanumeric()).collect();
        for id in ["40000", "70001", "50123197928"] {
            assert!(!words.contains(&id), "{id} in {text}");
        }
    }
    lines
}

fn steps(lines: &[Value]) -> Vec<[&str; 3]> {
    lines.iter().map(|line| ["actor", "action", "status"].map(|name| line[name].as_str().unwrap())).collect()
}

#[tokio::test]
async fn each_step_of_a_journey_has_a_line_that_says_who_and_from_where() {
    let world = audited_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let page = cardholder.open_redirect(enrollment["redirectUrl"].as_str().unwrap()).await.unwrap();
    world.simulator().notifications_settled().await;
    page.accept_terms().await.unwrap().return_to_bank().await.unwrap();

    let lines = lines(&world).await;
    let expected = [
        ["app", "requested", "PENDING"],
        ["app", "pushed", "READY"],
        ["processing", "tar", "AUTHORIZED"],
        ["processing", "tcn", "TOKENIZED"],
        ["browser", "callback", "ENABLED"],
    ];
    assert_eq!(steps(&lines), expected);
    for line in &lines {
        assert_eq!(line["client"], client_pseudonym(40000.into()).to_string());
        assert_eq!(
            (&line["enrollmentId"], &line["sourceIp"]),
            (&enrollment["enrollmentId"], &json!("127.0.0.1"))
        );
        assert_ne!(line["correlationId"], "");
    }
    // Only the app has a token with a subject.
    let has_subject = lines.iter().map(|line| line["subject"] != "");
    assert_eq!(has_subject.collect::<Vec<_>>(), [true, true, false, false, false]);
    assert_eq!(lines[0]["correlationId"], lines[1]["correlationId"], "one request");
}

#[tokio::test]
async fn restart_reconciliation_and_a_refused_card_have_lines_with_their_reasons() {
    let world = audited_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let enrollment = cardholder.enroll("70001").await.unwrap();
    let id = enrollment["enrollmentId"].as_str().unwrap();
    world.clock().advance(SignedDuration::from_mins(16));
    world.reconcile().await.unwrap();
    cardholder.restart(id, "again").await.unwrap();
    let request = Cardholder::smallest_request("70003");
    assert_eq!(cardholder.enroll_request("key", &request).await.unwrap().status, 422);

    let lines = lines(&world).await;
    let expected = [
        ["app", "requested", "PENDING"],
        ["app", "pushed", "READY"],
        ["reconciliation", "token_list", "EXPIRED"],
        ["app", "restarted", "PENDING"],
        ["app", "pushed", "READY"],
        ["app", "requested", "PENDING"],
        ["app", "push_failed", "FAILED"],
    ];
    assert_eq!(steps(&lines), expected);
    let attempts: Vec<_> = lines.iter().map(|line| line["attempt"].as_str().unwrap()).collect();
    assert_eq!(attempts, ["1", "1", "1", "2", "2", "1", "1"]);
    assert_eq!(lines[6]["reason"], "card_not_eligible");
}

#[tokio::test]
async fn a_change_of_a_token_that_no_enrollment_made_has_a_line_for_its_start_and_its_end() {
    let world = audited_world().await;
    world.simulator().add_token(70_001, "50110030273", "Google Pay").unwrap();
    let cardholder = world.cardholder("40000").unwrap();
    let token = cardholder.token_id("70001", "50110030273").await.unwrap();
    for (action, key) in [("suspend", "a"), ("suspend", "a"), ("suspend", "b"), ("remove", "c")] {
        assert_eq!(cardholder.change_token("70001", &token, action, key).await.unwrap().status, 200);
    }
    world.simulator().add_token(70_002, "50110030273", "Google Pay").unwrap();
    let other = cardholder.token_id("70002", "50110030273").await.unwrap();
    let lost = simulator::Fault::ResponseLost;
    world.simulator().set_fault(simulator::Operation::SetTokenStatus, lost, simulator::Times::Next(1));
    cardholder.change_token("70002", &other, "suspend", "d").await.unwrap();

    let lines = lines(&world).await;
    let expected = [
        ["app", "token_suspend", "started"],
        ["app", "token_suspend", "changed"],
        ["app", "token_suspend", "started"],
        ["app", "token_suspend", "unchanged"],
        ["app", "token_remove", "started"],
        ["app", "token_remove", "changed"],
        ["app", "token_suspend", "started"],
        ["app", "token_suspend", "changed"],
    ];
    assert_eq!(steps(&lines), expected);
    assert!(lines[..6].iter().all(|line| line["tokenId"] == token) && lines[6]["tokenId"] == other);
    assert!(lines.iter().all(|line| line["subject"] != "" && line["enrollmentId"] == ""));
    assert_eq!(lines[0]["correlationId"], lines[1]["correlationId"], "one request");
}

#[tokio::test]
async fn a_repeated_request_writes_nothing_and_has_no_line() {
    let world = audited_world().await;
    let cardholder = world.cardholder("40000").unwrap();
    let request = Cardholder::smallest_request("70001");
    for status in [201, 201] {
        assert_eq!(cardholder.enroll_request("key", &request).await.unwrap().status, status);
    }
    assert_eq!(steps(&lines(&world).await).len(), 2);
}

#[tokio::test]
async fn without_the_setting_no_item_says_who_wrote_it() {
    let world = crate::support::open_world().await;
    world.cardholder("40000").unwrap().enroll("70001").await.unwrap();
    assert_eq!(world.audit_lines().await.unwrap().len(), 0);
    let table = &world.tables().enrollments;
    let items = world.dynamodb().scan().table_name(table).send().await.unwrap().items.unwrap();
    assert!(items.iter().all(|item| !item.contains_key("audit")));
}
