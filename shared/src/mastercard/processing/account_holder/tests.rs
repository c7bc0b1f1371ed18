use serde_json::{Value, json};

use super::*;

fn whole() -> Value {
    json!({
        "accountHolderName": "ALEX EXAMPLE", "accountHolderEmailAddress": "alex@mail.example",
        "accountHolderMobilePhoneNumber": {"countryDialInCode": "44", "phoneNumber": "7700900123"},
        "accountHolderAddress": {"line1": "1 Example Street", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GBR"},
    })
}

fn holder(value: Value) -> AccountHolder {
    serde_json::from_value(value).unwrap()
}

#[test]
fn the_apps_wording_is_token_connects() {
    assert_eq!(holder(whole()).validate(), Ok(()));
    assert_eq!(serde_json::to_value(holder(whole())).unwrap(), whole());
    assert!(serde_json::from_value::<AccountHolder>(json!({"accountHolderNickname": "Al"})).is_err());
}

#[test]
fn what_does_not_fit_is_named() {
    let bad = [
        ("/accountHolderName", json!("N".repeat(28)), "accountHolderName"),
        ("/accountHolderName", json!("a\u{7}"), "accountHolderName"),
        ("/accountHolderEmailAddress", json!("a@b.c"), "accountHolderEmailAddress"),
        (
            "/accountHolderMobilePhoneNumber/countryDialInCode",
            json!("+44"),
            "accountHolderMobilePhoneNumber.countryDialInCode",
        ),
        (
            "/accountHolderMobilePhoneNumber/phoneNumber",
            json!(""),
            "accountHolderMobilePhoneNumber.phoneNumber",
        ),
        ("/accountHolderAddress/city", json!("C".repeat(33)), "accountHolderAddress.city"),
        ("/accountHolderAddress/country", json!("GB"), "accountHolderAddress.country"),
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
