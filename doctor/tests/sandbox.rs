//! `doctor sandbox` against a simulator that has the data of Mastercard's sandbox: everything is as documented there, a response
//! that differs is named, and nothing is sent to an environment with real tokens.

use std::fs::OpenOptions;
use std::io::Write as _;

use serde_json::Value;
use simulator::{Fault, Operation, Options};

use crate::support::bank::{Bank, Run};

/// The simulator's token numbers begin so.
const TOKEN_NUMBERS: &str = "555558";

async fn bank(sandbox_tokens: bool) -> Bank {
    Bank::open_at(Options { sandbox_tokens, ..Options::default() }).await
}

async fn play(bank: &Bank) -> (Run, Value) {
    let run = bank.doctor(&["sandbox", "--json"]).await;
    assert_eq!(run.errors, "");
    let document = serde_json::from_str(&run.output).unwrap();
    (run, document)
}

/// Verdict and findings of the only row that begins so.
fn row<'a>(document: &'a Value, what: &str) -> (&'a str, Vec<&'a str>) {
    let mut rows = document["rows"].as_array().unwrap().iter();
    let row = rows.find(|row| row["what"].as_str().unwrap().starts_with(what)).unwrap();
    let found = row["found"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    (row["verdict"].as_str().unwrap(), found)
}

#[tokio::test]
async fn everything_is_as_documented_and_the_tokens_are_as_before() {
    let bank = bank(true).await;
    let before = bank.world.simulator().tokens_of(40_000);
    for _ in 0..2 {
        let (run, document) = play(&bank).await;
        assert_eq!((run.code, &document["verdict"]), (Some(0), &"ok".into()), "{}", run.output);
        let rows = document["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 10);
        assert!(rows.iter().all(|row| row["verdict"] == "ok"), "{}", run.output);
        assert_eq!(bank.world.simulator().tokens_of(40_000), before);
    }
    for (operation, calls) in [
        (Operation::SearchFundingAccounts, 2),
        (Operation::SetTokenStatus, 4),
        (Operation::RelinkTokensToAnotherCard, 6),
        (Operation::PushMultipleAccounts, 0),
    ] {
        assert_eq!(bank.world.simulator().calls(operation), calls, "{operation:?}");
    }
}

#[tokio::test]
async fn an_operator_reads_what_is_documented_and_what_came_without_a_number() {
    let bank = bank(true).await;
    let table = bank.doctor(&["sandbox"]).await;
    assert_eq!(table.code, Some(0), "{}", table.errors);
    for line in [
        "documented: 3 tokens of differing status\n",
        "came: HTTP 200 with 3 tokens: Active, Suspended, Deactivated",
        "came: HTTP 200 with an encrypted card, which is passed on unread",
        "came: HTTP 404 INVALID_TOKEN",
        "came: HTTP 400 INVALID_TOKEN",
        "10 ok, 0 wrong, 0 to review, 0 skipped",
    ] {
        assert!(table.output.contains(line), "{line} is not in\n{}", table.output);
    }
    for token in bank.world.simulator().tokens_of(40_000) {
        assert!(!table.output.contains(&token.token_unique_reference), "a token unique reference");
    }
    assert!(!table.output.contains(TOKEN_NUMBERS), "a token number");
}

#[tokio::test]
async fn a_response_that_differs_is_named_and_the_other_cases_are_played() {
    let bank = bank(true).await;
    let error = |code, reason: &str| Fault::ApiError {
        code,
        source: "MASTERCARD PROCESSING".into(),
        reason_code: reason.into(),
        recoverable: Some(false),
    };
    let simulator = bank.world.simulator();
    simulator.set_fault_matching(Operation::SetTokenStatus, "/90001/", error(400, "INVALID_TOKEN"), 1);
    simulator.set_fault_matching(Operation::RelinkTokensToAnotherCard, "/10003/", Fault::EmptyBody, 1);
    simulator.set_fault(Operation::SearchFundingAccounts, error(404, "CLIENT_NOT_FOUND"), 1);
    let (run, document) = play(&bank).await;
    assert_eq!((run.code, &document["verdict"]), (Some(1), &"wrong".into()), "{}", run.output);
    let differs = |what: &str| {
        let (verdict, found) = row(&document, what);
        assert_eq!(verdict, "wrong", "{what}");
        found.join("; ")
    };
    let status = differs("Processing: setTokenStatus, card 90001");
    let came = "documented: HTTP 404 INVALID_TOKEN; came: HTTP 400 INVALID_TOKEN; correlation id ";
    assert!(status.starts_with(came), "{status}");
    let relink = differs("Processing: relinkTokensToAnotherCard, card 10003");
    let came = "documented: HTTP 400 INVALID_TOKEN; came: HTTP 200; correlation id ";
    assert!(relink.starts_with(came), "{relink}");
    let search = differs("Processing: searchFundingAccounts");
    assert!(search.contains("rejected searchFundingAccounts with HTTP 404 CLIENT_NOT_FOUND"), "{search}");
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row["verdict"] == "ok").count(), 7, "{}", run.output);
}

#[tokio::test]
async fn token_requestors_in_another_form_than_documented_are_a_difference() {
    let bank = bank(true).await;
    let list = Operation::GetEligibleTokenRequestors;
    let fault = Fault::Rewritten {
        find: "5555550000000000000".into(),
        replace: "{\"from\":5555550000000000000}".into(),
    };
    bank.world.simulator().set_fault(list, fault, 1);
    let (run, document) = play(&bank).await;
    let (verdict, found) = row(&document, "Token Connect: getEligibleTokenRequestors");
    assert_eq!((run.code, verdict), (Some(1), "wrong"), "{}", run.output);
    assert!(found[1].ends_with("some fields could not be read"), "{found:?}");
}

#[tokio::test]
async fn without_a_token_nothing_is_changed() {
    let bank = bank(false).await;
    let (run, document) = play(&bank).await;
    assert_eq!(run.code, Some(1), "{}", run.output);
    let (verdict, found) = row(&document, "Processing: getTokensByClient");
    assert_eq!((verdict, found[1]), ("wrong", "came: HTTP 200 with 0 tokens: nothing"));
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row["verdict"] == "skipped").count(), 5, "{}", run.output);
    for operation in [Operation::SetTokenStatus, Operation::RelinkTokensToAnotherCard] {
        assert_eq!(bank.world.simulator().calls(operation), 0);
    }
}

#[tokio::test]
async fn nothing_is_sent_if_an_address_is_not_of_the_sandbox() {
    for (setting, url, origin) in [
        (
            "PROCESSING_URL",
            "https://api.mastercard.com/global-processing/digital",
            "https://api.mastercard.com",
        ),
        (
            "PROCESSING_URL",
            "https://mtf.api.mastercard.com/global-processing/digital",
            "https://mtf.api.mastercard.com",
        ),
        (
            "TOKEN_CONNECT_URL",
            "https://sandbox.api.mastercard.com/mdes/mtf",
            "https://sandbox.api.mastercard.com",
        ),
        ("TOKEN_CONNECT_URL", "https://sandbox.bank.example/mdes", "https://sandbox.bank.example"),
    ] {
        let bank = bank(true).await;
        let lists = bank.world.simulator().calls(Operation::GetEligibleTokenRequestors);
        let file = OpenOptions::new().append(true).open(bank.folder.path().join("env"));
        writeln!(file.unwrap(), "{setting}={url}\nMASTERCARD_ENVIRONMENT=sandbox").unwrap();
        let run = bank.doctor(&["sandbox"]).await;
        assert_eq!((run.code, run.output.as_str()), (Some(2), ""), "{url}");
        let expected = format!(
            "{setting} leads to {origin}, which is neither Mastercard's sandbox nor this machine: the cases change tokens, so none \
             was played.\n"
        );
        assert_eq!(run.errors, expected);
        let simulator = bank.world.simulator();
        assert_eq!(simulator.calls(Operation::GetEligibleTokenRequestors), lists, "nothing is sent");
        assert_eq!(simulator.calls(Operation::GetTokensByClient), 0);
    }
}
