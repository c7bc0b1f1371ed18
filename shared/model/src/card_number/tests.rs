//! The numbers are published test numbers, or made up.

use serde_json::json;

use super::*;

fn any_bank() -> CardNumberDetector {
    CardNumberDetector::default()
}

/// A bank with the account ranges 555555000 (of Mastercard) and 930000000 (of no network).
fn bank() -> CardNumberDetector {
    CardNumberDetector::new(vec!["555555000".parse().unwrap(), "9300000000000000000".parse().unwrap()])
}

#[test]
fn a_number_of_each_network_is_found() {
    for text in [
        "2223000048400011",    // Mastercard
        "5105105105105100",    // Mastercard
        "4222222222222",       // Visa
        "4111111111111111",    // Visa
        "378282246310005",     // American Express
        "341111111111111",     // American Express
        "30569309025904",      // Diners Club
        "36227206271667",      // Diners Club
        "38520000023237",      // Diners Club
        "3530111333300000",    // JCB
        "6011111111111117",    // Discover
        "6212345678901232",    // UnionPay
        "6205500000000000004", // UnionPay
        "500000000009",        // Maestro
        "6304000000000000",    // Maestro
        "6799990100000000019", // Maestro
    ] {
        assert!(any_bank().in_text(text), "{text}");
    }
}

#[test]
fn a_number_that_no_network_issues_is_found_only_in_the_banks_account_ranges() {
    for text in ["9300000000000123", "1795637000005", "3000000000007", "411111111111116", "0000000000000000"]
    {
        assert!(!any_bank().in_text(text), "{text}");
    }
    assert!(bank().in_text("9300000000000123"));
}

#[test]
fn a_text_without_a_card_number_is_accepted() {
    for text in [
        "5555555555554445",
        "70001",
        "+44 7700 900123",
        "50000000000000000009",
        "0198f2c4-1111-7222-8333-444455556666",
        "55555555-5555-4444-8555-555555554444",
        "3095a4dc4111111111111111aa8fb0b7b2a8e6a1",
        "2026-11-28T10:50:53.000000005Z",
        "2026-11-30 00:05:53.000001",
        "12 Main Street, 12/3, 10115-1234",
        "5555 and 5555 and 5555 and 4444",
        "",
    ] {
        assert!(!any_bank().in_text(text), "{text}");
    }
}

#[test]
fn the_first_and_the_last_number_of_an_account_range_belong_to_it() {
    let bank = CardNumberDetector::new(vec!["555555500".parse().unwrap()]);
    let found = |number| bank.in_field("cardContractId", number);
    assert!(found("5555555000000118") && found("5555559999999991"));
    assert!(!found("5555554999999992"), "before its start");
    assert!(!found("5555560000000118"), "of another issuer");
}

#[test]
fn an_id_or_telephone_number_is_a_card_number_only_in_the_banks_account_ranges() {
    for name in ["cardContractId", "phoneNumber", "nextToken", "tokenUniqueReference", "notificationId"] {
        for text in ["5555555555554444", "5555-5555 5555 4444", "70001:5555555555554444"] {
            assert!(!any_bank().in_field(name, text) && bank().in_field(name, text), "{name}: {text}");
        }
        for text in ["811394411771", "4111111111111111", "5555555555554445"] {
            assert!(!bank().in_field(name, text), "{name}: {text}");
        }
    }
}

#[test]
fn the_start_of_an_account_range_is_not_a_card_number() {
    // Each passes the Luhn check.
    for start in ["5555550020000000000", "555555001000"] {
        assert!(!bank().in_field("accountRange", start), "{start}");
        assert!(!bank().in_field("cardContractId", &format!("70001:{start}")), "{start}");
    }
    for number in ["5555555555554444", "5555555555554444000", "4111111111111111"] {
        assert!(bank().in_field("accountRange", number), "{number}");
    }
}

#[test]
fn the_long_start_of_one_of_the_banks_account_ranges_is_not_a_card_number() {
    // It passes the Luhn check.
    let start = "5555551234006000000";
    let bank = CardNumberDetector::new(vec![start.parse().unwrap()]);
    assert!(!bank.in_field("accountRange", start));
    assert!(!bank.in_field("cardContractId", &format!("70001:{start}")));
    assert!(bank.in_field("notificationId", start) && bank.in_text(start), "elsewhere it is one");
    assert!(bank.is_range_start(start) && bank.is_range_start("5555551234006"));
    assert!(!bank.is_range_start("5555551234055000000"), "of no range");
    assert!(self::bank().in_field("accountRange", start), "of no range of this bank");
    assert!(bank.in_field("accountRange", "5555555555554444"));
}

#[test]
fn names_and_values_of_a_document_are_searched_at_any_depth() {
    for found in [
        json!("5555555555554444"),
        json!(5_555_555_555_554_444_u64),
        json!(5_555_555_555_554_444.0),
        json!({"5555555555554444": null}),
        json!({"list": [{"deep": ["5555555555554444"]}]}),
        json!({"cardContractId": ["5555555555554444"]}),
    ] {
        assert!(bank().in_json(&found), "{found}");
    }
    for accepted in
        [json!(null), json!({"name": "ALEX EXAMPLE", "flag": true}), json!({"cardContractId": 70001})]
    {
        assert!(!bank().in_json(&accepted), "{accepted}");
    }
}
