use serde_json::{Value, json};

use super::*;

fn whole() -> Value {
    json!({
        "name": "ALEX EXAMPLE", "emailAddress": "alex@mail.example",
        "mobilePhoneNumber": {"countryDialInCode": "44", "phoneNumber": "7700900123"},
        "address": {"line1": "1 Example Street", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GBR"},
    })
}

fn holder(value: Value) -> AccountHolder {
    serde_json::from_value(value).unwrap()
}

#[test]
fn token_connect_reads_its_own_words() {
    assert_eq!(holder(whole()).validate(), Ok(()));
    let told = json!({
        "accountHolderName": "ALEX EXAMPLE", "accountHolderEmailAddress": "alex@mail.example",
        "accountHolderMobilePhoneNumber": {"countryDialInCode": "44", "phoneNumber": "7700900123"},
        "accountHolderAddress": {"line1": "1 Example Street", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GBR"},
    });
    assert_eq!(serde_json::to_value(holder(whole())).unwrap(), told);
    assert!(serde_json::from_value::<AccountHolder>(json!({"nickname": "Al"})).is_err());
}

#[test]
fn what_does_not_fit_is_named() {
    let bad = [
        ("/name", json!("N".repeat(28)), "name"),
        ("/name", json!("a\u{7}"), "name"),
        ("/emailAddress", json!("a@b.c"), "emailAddress"),
        ("/mobilePhoneNumber/countryDialInCode", json!("+44"), "mobilePhoneNumber.countryDialInCode"),
        ("/mobilePhoneNumber/phoneNumber", json!(""), "mobilePhoneNumber.phoneNumber"),
        ("/address/city", json!("C".repeat(33)), "address.city"),
        ("/address/country", json!("GB"), "address.country"),
    ];
    for (pointer, value, field) in bad {
        let mut changed = whole();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_eq!(holder(changed).validate(), Err(InvalidAccountHolder { field }));
    }
}

#[test]
fn a_requestor_learns_only_what_it_asked_for() {
    let limited = holder(whole()).limited_to(&["NAME".into(), "FUTURE".into()]).unwrap();
    assert_eq!(serde_json::to_value(limited).unwrap(), json!({"accountHolderName": "ALEX EXAMPLE"}));
    assert_eq!(holder(whole()).limited_to(&[]), None);
}

#[test]
fn nothing_of_the_cardholder_prints() {
    assert_eq!(format!("{:?}", holder(whole())), "AccountHolder(<redacted>)");
}
