//! Secrets that hold several keys: a JSON object whose values are texts, as the console of Secrets Manager writes it. A bank that stores its
//! Mastercard keys in one pays for one, and a start asks for one.

use std::collections::HashMap;

use mastercard::keys::decode_text;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

use super::{SecretUnavailable, to_secret};

/// The value of a key in the content of a secret. What is binary, such as PKCS#12, is base64 text.
///
/// # Errors
/// [`SecretUnavailable::NotABundle`], [`SecretUnavailable::NoSuchKey`], or [`SecretUnavailable::Empty`] for an empty text.
pub fn from_bundle(content: &[u8], key: &str) -> Result<SecretSlice<u8>, SecretUnavailable> {
    let text = decode_text(content).ok_or(SecretUnavailable::NotABundle)?;
    // The parser's error could repeat a part of the secret.
    let values: HashMap<String, SecretString> =
        serde_json::from_str(text.expose_secret()).map_err(|_| SecretUnavailable::NotABundle)?;
    match values.get(key).map(|value| value.expose_secret().as_bytes()) {
        None => Err(SecretUnavailable::NoSuchKey),
        Some([]) => Err(SecretUnavailable::Empty),
        Some(value) => Ok(to_secret(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_holds_several_keys_by_name() {
        let content = br#"{"signing": "-----BEGIN\n-----END", "password": "hunter2", "unused": ""}"#;
        let value =
            |key| from_bundle(content, key).map(|it| String::from_utf8(it.expose_secret().to_vec()).unwrap());
        assert_eq!(value("signing").unwrap(), "-----BEGIN\n-----END");
        assert_eq!(value("password").unwrap(), "hunter2");
        assert!(matches!(value("other"), Err(SecretUnavailable::NoSuchKey)));
        assert!(matches!(value("unused"), Err(SecretUnavailable::Empty)));
    }

    #[test]
    fn a_byte_order_mark_before_the_keys_is_no_part_of_them() {
        let content = "\u{feff}{\"password\": \"hunter2\"}".as_bytes();
        assert_eq!(from_bundle(content, "password").unwrap().expose_secret(), b"hunter2");
    }

    #[test]
    fn a_secret_without_keys_is_named_as_such_and_not_repeated() {
        for content in [&b"-----BEGIN hunter2"[..], br#"{"signing": {"hunter2": 1}}"#, b"\xff", b"[]"] {
            let error = from_bundle(content, "signing").unwrap_err();
            assert!(matches!(error, SecretUnavailable::NotABundle), "{error}");
            assert!(!format!("{error:?} {error}").contains("hunter2"));
        }
    }
}
