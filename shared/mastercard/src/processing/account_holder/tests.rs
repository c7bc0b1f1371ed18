use serde_json::{Value, json};

use super::*;

fn complete() -> Value {
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
fn the_serialized_form_has_token_connects_names() {
    assert_eq!(holder(complete()).validate(), Ok(()));
    let expected = json!({
        "accountHolderName": "ALEX EXAMPLE", "accountHolderEmailAddress": "alex@mail.example",
        "accountHolderMobilePhoneNumber": {"countryDialInCode": "44", "phoneNumber": "7700900123"},
        "accountHolderAddress": {"line1": "1 Example Street", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GBR"},
    });
    assert_eq!(serde_json::to_value(holder(complete())).unwrap(), expected);
    assert!(serde_json::from_value::<AccountHolder>(json!({"nickname": "Al"})).is_err());
}

#[test]
fn the_first_invalid_field_is_named() {
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
        let mut changed = complete();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_eq!(holder(changed).validate(), Err(InvalidAccountHolder { field }));
    }
}

#[test]
fn a_requestor_receives_only_supported_data() {
    let limited = holder(complete()).limited_to(&["NAME".into(), "FUTURE".into()]).unwrap();
    assert_eq!(serde_json::to_value(limited).unwrap(), json!({"accountHolderName": "ALEX EXAMPLE"}));
    assert_eq!(holder(complete()).limited_to(&[]), None);
}

#[test]
fn debug_prints_nothing_of_the_cardholder() {
    assert_eq!(format!("{:?}", holder(complete())), "AccountHolder(<redacted>)");
}
