use super::*;

mod grammar;

const TUR: &str = "DM4MMC00005dfea6f3f93916b4add66c2a2f796790addcf8";

fn one(query: &str) -> ReceiptResult {
    let [result] = parse(query).try_into().unwrap();
    result
}

#[test]
fn an_approved_card_has_its_reference() {
    let result = one(&format!("s=9b1c&results%5BMCC-109031C0-5318%5D=APPROVED%7C{TUR}"));
    assert_eq!(result.receipt.expose(), "MCC-109031C0-5318");
    assert_eq!(result.outcome, CallbackOutcome::Approved);
    assert_eq!(result.token_unique_reference.as_deref(), Some(TUR));
}

#[test]
fn brackets_and_bar_may_be_raw_or_percent_encoded_in_either_case() {
    let expected = one(&format!("results%5BMCC-1%5D=APPROVED%7C{TUR}"));
    assert_eq!(one(&format!("results[MCC-1]=APPROVED|{TUR}")), expected);
    assert_eq!(one(&format!("results%5bMCC-1%5d=APPROVED%7c{TUR}")), expected);
}

#[test]
fn every_documented_outcome_is_known() {
    let words = [
        ("APPROVED", CallbackOutcome::Approved),
        ("REQUIRE_ADDITIONAL_AUTHENTICATION", CallbackOutcome::RequireAdditionalAuthentication),
        ("DECLINED", CallbackOutcome::Declined),
        ("CANCELLED", CallbackOutcome::Cancelled),
        ("CANCELED", CallbackOutcome::Cancelled),
        ("ERROR", CallbackOutcome::Error),
        ("AUTHENTICATED", CallbackOutcome::Authenticated),
        ("DELETED", CallbackOutcome::Deleted),
        ("DUPLICATE_REQUEST", CallbackOutcome::DuplicateRequest),
    ];
    for (word, outcome) in words {
        assert_eq!(one(&format!("results%5BR%5D={word}")).outcome, outcome);
    }
    assert_eq!(one("results[R]=POSTPONED").outcome, CallbackOutcome::Other("POSTPONED".into()));
    assert_eq!(one("results[R]=").outcome, CallbackOutcome::Other(String::new()));
}

#[test]
fn a_reference_may_come_with_every_outcome() {
    for word in ["REQUIRE_ADDITIONAL_AUTHENTICATION", "AUTHENTICATED", "DELETED", "POSTPONED", "approved "] {
        let word = word.replace(' ', "%20");
        let result = one(&format!("results%5BR%5D={word}%7C{TUR}"));
        assert_eq!(result.token_unique_reference.as_deref(), Some(TUR), "{word}");
    }
    assert_eq!(one("results[R]=approved%20").outcome, CallbackOutcome::Approved);
    for reference in ["", "a|b", "a b", "%FF", &"x".repeat(65)] {
        let results = parse(&format!("results[R]=APPROVED|{reference}"));
        assert!(results.iter().all(|it| it.token_unique_reference.is_none()), "{reference}");
    }
}

#[test]
fn a_query_that_was_encoded_again_or_copied_from_html_keeps_its_results() {
    let expected = vec![one(&format!("results[MCC-1]=APPROVED|{TUR}")), one("results[MCC-2]=CANCELED")];
    for query in [
        format!("results%255BMCC-1%255D=APPROVED%257C{TUR}&results%255BMCC-2%255D=CANCELLED"),
        format!("results%25255BMCC-1%25255D=APPROVED%25257C{TUR}&results%25255BMCC-2%25255D=CANCELLED"),
        format!("results%5BMCC-1%5D%3DAPPROVED%7C{TUR}%26results%5BMCC-2%5D%3DCANCELLED"),
        format!("s=1&amp;results%5BMCC-1%5D=APPROVED%7C{TUR}&amp;results%5BMCC-2%5D=CANCELLED"),
        format!("s%3D1%26amp%3Bresults%5BMCC-1%5D%3DAPPROVED%7C{TUR}%26amp%3Bresults%5BMCC-2%5D%3DCANCELED"),
    ] {
        assert_eq!(parse(&query), expected, "{query}");
    }
    let too_often = "results%2525255BR%2525255D=APPROVED";
    assert_eq!(parse(too_often), []);
}

#[test]
fn other_parameters_are_ignored() {
    let query =
        "&&s=results[R]&results[R]=DECLINED&Results[X]=APPROVED&results[Y]x=APPROVED&result[Z]=ERROR&=&";
    assert_eq!(one(query).outcome, CallbackOutcome::Declined);
}

#[test]
fn several_cards_and_repeated_keys_are_all_parsed() {
    let results = parse("results[A]=APPROVED&x=1&results[B]=DECLINED&results[A]=CANCELLED");
    let parsed: Vec<_> = results.iter().map(|it| (it.receipt.expose(), &it.outcome)).collect();
    let expected = [
        ("A", &CallbackOutcome::Approved),
        ("B", &CallbackOutcome::Declined),
        ("A", &CallbackOutcome::Cancelled),
    ];
    assert_eq!(parsed, expected);
}

#[test]
fn malformed_results_are_ignored() {
    let long = format!("results[{}]=APPROVED", "R".repeat(65));
    for query in [
        "",
        "s=1",
        "results=APPROVED",
        "results[]=APPROVED",
        "results[R]",
        "results[%00]=X",
        "%FF=%FF",
        &long,
    ] {
        assert_eq!(parse(query), [], "{query}");
    }
    assert_eq!(parse(&"results[R]=ERROR&".repeat(1000)).len(), 10);
    assert_eq!(one("results[R]=APPROVED|<script>").token_unique_reference, None);
    assert_eq!(
        one(&format!("results[R]={}", "%0a".repeat(99))).outcome,
        CallbackOutcome::Other(String::new())
    );
}

#[test]
fn neither_receipt_nor_reference_prints() {
    let printed = format!("{:?}", one(&format!("results[MCC-1]=APPROVED|{TUR}")));
    assert_eq!(printed, "ReceiptResult { outcome: Approved, .. }");
}
