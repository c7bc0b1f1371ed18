//! The cardholder's data as phones and address books write it, made comparable to Token Connect's limits.

use icu_normalizer::ComposingNormalizerBorrowed;
use mastercard::processing::{AccountHolder, Address, MobilePhoneNumber};

/// The same data with each text composed (Unicode's NFC), without invisible characters, and with single spaces. Fields that
/// are empty then are absent; `None` if all are.
pub(super) fn normalized(holder: AccountHolder) -> Option<AccountHolder> {
    let AccountHolder { name, email_address, mobile_phone_number, address } = holder;
    let holder = AccountHolder {
        name: text(name),
        email_address: text(email_address),
        mobile_phone_number: mobile_phone_number.and_then(phone_number),
        address: address.and_then(postal_address),
    };
    (holder != AccountHolder::default()).then_some(holder)
}

fn phone_number(number: MobilePhoneNumber) -> Option<MobilePhoneNumber> {
    let MobilePhoneNumber { country_dial_in_code, phone_number } = number;
    let (code, number) = (text(Some(country_dial_in_code)), text(Some(phone_number)));
    // With one of the two it is incomplete, which `validate` reports.
    (code.is_some() || number.is_some()).then(|| MobilePhoneNumber {
        country_dial_in_code: code.unwrap_or_default(),
        phone_number: number.unwrap_or_default(),
    })
}

fn postal_address(address: Address) -> Option<Address> {
    let Address { line1, line2, city, country_subdivision, postal_code, country } = address;
    let address = Address {
        line1: text(line1),
        line2: text(line2),
        city: text(city),
        country_subdivision: text(country_subdivision),
        postal_code: text(postal_code),
        country: text(country),
    };
    (address != Address::default()).then_some(address)
}

fn text(raw: Option<String>) -> Option<String> {
    let visible: String = raw?.chars().filter(|c| !is_invisible(*c)).collect();
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&visible);
    let text = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// Unicode's property `Default_Ignorable_Code_Point`: soft hyphens, joiners, marks of direction, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The data as it is pushed.
    fn pushed(holder: Value) -> Option<Value> {
        let holder = normalized(serde_json::from_value(holder).unwrap())?;
        assert_eq!(holder.validate(), Ok(()));
        Some(serde_json::to_value(holder).unwrap())
    }

    #[test]
    fn a_name_in_decomposed_letters_is_pushed_composed() {
        let decomposed = "JOSE\u{301} MARI\u{301}A DE LA CRUZ GO\u{301}MEZ";
        assert_eq!(decomposed.chars().count(), 30);
        let composed = "JOS\u{c9} MAR\u{cd}A DE LA CRUZ G\u{d3}MEZ";
        assert_eq!(pushed(json!({ "name": decomposed })), Some(json!({ "accountHolderName": composed })));
    }

    #[test]
    fn invisible_characters_and_surplus_spaces_are_left_out() {
        for name in [
            "\u{feff}ALEX\u{a0}EXAMPLE",
            " ALEX  EXAMPLE\n",
            "A\u{ad}LEX \u{202a}EXAMPLE\u{202c}",
            "ALEX\u{3000}EXAM\u{200b}PLE",
        ] {
            assert_eq!(pushed(json!({ "name": name })), Some(json!({ "accountHolderName": "ALEX EXAMPLE" })));
        }
    }

    #[test]
    fn empty_fields_are_absent() {
        let empty = json!({
            "name": "", "emailAddress": " ", "mobilePhoneNumber": {"countryDialInCode": "", "phoneNumber": ""},
            "address": {"line1": "", "line2": "\u{200b}", "city": "", "country": ""},
        });
        assert_eq!(pushed(empty), None);
        let partly = json!({"name": "ALEX EXAMPLE", "address": {"line1": "1 Example Street", "line2": ""}});
        let expected = json!({"accountHolderName": "ALEX EXAMPLE", "accountHolderAddress": {"line1": "1 Example Street"}});
        assert_eq!(pushed(partly), Some(expected));
        let incomplete = json!({"mobilePhoneNumber": {"countryDialInCode": "", "phoneNumber": "7700900123"}});
        assert!(normalized(serde_json::from_value(incomplete).unwrap()).unwrap().validate().is_err());
    }
}
