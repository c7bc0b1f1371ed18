use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::{RejectedRefresh, SyncReport};

const ID: &str = "50123197928";

/// The response of a refresh, with some fields changed.
fn report(changes: Value) -> ReceivedReport {
    let Value::Object(mut fields) = json!({
        "requestors": 5, "added": [], "changed": [], "retired": [], "returned": [], "quarantined": [],
        "unansweredRanges": 0, "assets": [], "moreAssets": false,
    }) else {
        unreachable!()
    };
    let Value::Object(changes) = changes else { unreachable!() };
    fields.extend(changes);
    serde_json::from_value(fields.into()).unwrap()
}

fn findings(changes: Value) -> Vec<String> {
    report(changes).findings(&RefreshOptions::default())
}

#[test]
fn nothing_is_said_about_a_refresh_that_was_applied() {
    let applied = report(json!({"version": 7, "changed": [ID]}));
    assert!(applied.is_applied() && applied.findings(&RefreshOptions::default()).is_empty());
    let document = json!({
        "requestors": 5, "version": 7, "added": [], "changed": [ID], "retired": [], "returned": [], "quarantined": [],
        "unansweredRanges": 0, "assets": [], "moreAssets": false,
    });
    assert_eq!(serde_json::to_value(&applied).unwrap(), document, "as it came");
}

#[test]
fn what_the_function_reports_is_read_by_an_operators_tool() {
    for rejected in [
        RejectedRefresh::Empty,
        RejectedRefresh::Unrequested,
        RejectedRefresh::Drop,
        RejectedRefresh::Unreadable,
    ] {
        let report = SyncReport {
            requestors: 5,
            version: None,
            change: Change::default(),
            rejected: Some(rejected),
            superseded: true,
            unanswered_ranges: 1,
            ineligible_ranges: BTreeSet::from(["5555570000000000000".parse().unwrap()]),
            unrequested_ranges: 2,
            assets: vec![],
            more_assets: false,
        };
        let written = serde_json::to_value(&report).unwrap();
        let received: ReceivedReport = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(&received).unwrap(), written);
        let findings = received.findings(&RefreshOptions::default());
        assert_eq!(findings.len(), 4, "{findings:?}");
        let reason = written["rejected"].as_str().unwrap();
        assert!(!findings[0].contains(&format!("unchanged: {reason}.")), "it is explained: {}", findings[0]);
    }
}

#[test]
fn the_numbers_are_those_of_our_account_ranges() {
    let expected = "Mastercard listed 5 token requestors for our account ranges: 0 new, 1 changed, 0 retired, 0 returned.";
    assert_eq!(report(json!({"changed": [ID]})).to_string(), expected);
}

#[test]
fn each_reason_of_a_rejection_is_explained() {
    for (reason, expected) in [
        ("empty", "listed no token requestor"),
        ("unrequested", "none for an account range of ACCOUNT_RANGES"),
        ("drop", "LARGEST_DROP_PERCENT"),
        ("unreadable", "log event response_fields_unreadable"),
        ("of_a_later_version", "unchanged: of_a_later_version."),
    ] {
        let rejected = json!({"rejected": reason});
        assert!(!report(rejected.clone()).is_applied());
        let [finding] = findings(rejected).try_into().unwrap();
        assert!(finding.contains(expected) && finding.contains("--force"), "{finding}");
    }
}

#[test]
fn a_superseded_refresh_is_not_called_applied() {
    let superseded = json!({"superseded": true});
    assert!(!report(superseded.clone()).is_applied());
    assert!(findings(superseded)[0].contains("requested later is complete already"));
}

#[test]
fn account_ranges_that_mdes_has_not_enabled_are_named() {
    let ineligible = json!({"ineligibleRanges": ["5555570000000000000"]});
    assert!(report(ineligible.clone()).is_applied(), "the others are used");
    assert!(findings(ineligible)[0].contains("5555570000000000000: no card of them can be enabled"));
}

#[test]
fn a_quarantined_host_is_named_with_the_option_that_allows_it() {
    let quarantined = json!({"changed": [ID], "quarantined": [ID]});
    assert!(report(quarantined.clone()).is_applied());
    assert!(findings(quarantined)[0].contains(&format!("--allow {ID}=HOST")));
}

#[test]
fn an_operator_who_allowed_another_host_than_the_one_in_quarantine_reads_that_it_changed_nothing() {
    let allow = vec![format!("{ID}=src.example").parse().unwrap()];
    let options = RefreshOptions { force: false, allow };
    for (changes, expected) in
        [(json!({}), true), (json!({"changed": [ID]}), false), (json!({"rejected": "drop"}), false)]
    {
        let findings = report(changes).findings(&options);
        assert_eq!(
            findings.iter().any(|it| it.starts_with("--allow changed nothing")),
            expected,
            "{findings:?}"
        );
    }
}
