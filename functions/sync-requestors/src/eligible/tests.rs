use mastercard::{
    card::AccountRange,
    token_connect::EligibleTokenRequestors,
    token_requestor::{TokenRequestor, TokenRequestorId},
};
use serde_json::json;

use super::EligibleRequestors;

const CLICK_TO_PAY: &str = "50123197928";
const WALLET: &str = "50999000001";
const CREDIT: &str = "5555550000000000000";
const DEBIT: &str = "5555560000000000000";
const OTHER_BANKS: &str = "5200000000000000000";

fn id(raw: &str) -> TokenRequestorId {
    raw.parse().unwrap()
}

fn ranges(raw: &[&str]) -> Vec<AccountRange> {
    raw.iter().map(|range| range.parse().unwrap()).collect()
}

fn requestor(id: &str, ranges: &[&str]) -> TokenRequestor {
    let requestor = json!({"tokenRequestorId": id, "name": "Example Ltd", "consumerFacingEntityName": "Example",
        "tokenRequestorType": "MERCHANT", "enabledAccountRanges": ranges});
    serde_json::from_value(requestor).unwrap()
}

/// A response without unreadable fields.
fn found(token_requestors: Vec<TokenRequestor>) -> EligibleTokenRequestors {
    EligibleTokenRequestors { token_requestors, unreadable: 0 }
}

#[test]
fn a_requestor_in_two_responses_has_the_ranges_of_both() {
    let mut eligible = EligibleRequestors::default();
    for range in [CREDIT, DEBIT] {
        eligible.add(found(vec![requestor(CLICK_TO_PAY, &[range])]), &ranges(&[range]));
    }
    assert_eq!(eligible.requestors[&id(CLICK_TO_PAY)].enabled_account_ranges, ranges(&[CREDIT, DEBIT]));
    assert_eq!((eligible.listed, eligible.unrequested), (2, 0));
}

#[test]
fn ranges_that_were_not_requested_are_counted_and_not_used() {
    let mut eligible = EligibleRequestors::default();
    let listed = vec![requestor(CLICK_TO_PAY, &[OTHER_BANKS, CREDIT, DEBIT])];
    eligible.add(found(listed), &ranges(&["555555000"]));
    assert_eq!(eligible.requestors[&id(CLICK_TO_PAY)].enabled_account_ranges, ranges(&[CREDIT]));
    assert_eq!(eligible.unrequested, 2);
}

#[test]
fn a_requestor_that_is_enabled_for_no_requested_range_is_left_out() {
    let mut eligible = EligibleRequestors::default();
    let listed = vec![requestor(CLICK_TO_PAY, &[CREDIT]), requestor(WALLET, &[OTHER_BANKS])];
    eligible.add(found(listed), &ranges(&[CREDIT]));
    assert_eq!(eligible.requestors.into_keys().collect::<Vec<_>>(), [id(CLICK_TO_PAY)]);
    assert_eq!((eligible.listed, eligible.unrequested), (2, 1));
}
