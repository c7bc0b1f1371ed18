//! The fields of a message, of the types in which senders write them.

use std::borrow::Cow;

use serde_json::Value;

use super::DeliveryError;

/// The largest whole number that a floating-point number has exactly: 2^53.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The text at a JSON pointer; `None` if it is absent, null or empty.
///
/// # Errors
/// [`DeliveryError::Field`] if it is of another type.
pub(super) fn text<'a>(message: &'a Value, pointer: &'static str) -> Result<Option<&'a str>, DeliveryError> {
    match message.pointer(pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(DeliveryError::Field(pointer)),
    }
}

/// The text or whole number at a JSON pointer, as text. Whole numbers may have a fraction of zeros.
///
/// # Errors
/// [`DeliveryError::Field`] if it is of another type.
pub(super) fn code<'a>(
    message: &'a Value,
    pointer: &'static str,
) -> Result<Option<Cow<'a, str>>, DeliveryError> {
    let code: Cow<'_, str> = match message.pointer(pointer) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.into(),
        Some(Value::Number(number)) if number.is_f64() => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < MAX_EXACT => format!("{float:.0}").into(),
            _ => number.to_string().into(),
        },
        Some(Value::Number(number)) => number.to_string().into(),
        Some(_) => return Err(DeliveryError::Field(pointer)),
    };
    Ok(Some(code).filter(|code| !code.is_empty()))
}

/// A number that identifies a client or a card: as [`code`], without spaces around it, leading zeros and a fraction of
/// zeros.
pub(super) fn number<'a>(
    message: &'a Value,
    pointer: &'static str,
) -> Result<Option<Cow<'a, str>>, DeliveryError> {
    let code = code(message, pointer)?;
    Ok(code.map(|code| {
        let code = code.trim();
        let whole = code.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|b| b == b'0'));
        let digits = whole.map_or(code, |(whole, _)| whole).trim_start_matches('0');
        Cow::Owned(digits.to_owned())
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_number_is_read_from_all_its_spellings() {
        for value in [
            json!(40000),
            json!(40000.0),
            json!(4e4),
            json!("40000"),
            json!(" 40000"),
            json!("40000 "),
            json!("00040000"),
            json!("40000.0"),
        ] {
            assert_eq!(number(&json!({ "id": value }), "/id").unwrap().as_deref(), Some("40000"), "{value}");
        }
        let long = json!({ "id": 9_223_372_036_854_775_807_u64 });
        assert_eq!(number(&long, "/id").unwrap().as_deref(), Some("9223372036854775807"));
        for other in [json!(1.5), json!("4 0"), json!(1e300), json!("40000.1")] {
            let message = json!({ "id": other });
            let read = number(&message, "/id").unwrap().unwrap();
            assert!(read.parse::<u64>().is_err(), "{other}");
        }
    }

    #[test]
    fn a_field_of_another_type_is_an_error_that_names_it() {
        for value in [json!(true), json!([]), json!({})] {
            let message = json!({ "field": value });
            assert!(matches!(code(&message, "/field"), Err(DeliveryError::Field("/field"))), "{value}");
            assert!(matches!(text(&message, "/field"), Err(DeliveryError::Field("/field"))), "{value}");
        }
        assert!(matches!(text(&json!({ "field": 7 }), "/field"), Err(DeliveryError::Field(_))));
        for absent in [json!({}), json!({ "field": null }), json!({ "field": "" })] {
            assert_eq!((text(&absent, "/field").unwrap(), code(&absent, "/field").unwrap()), (None, None));
        }
    }
}
