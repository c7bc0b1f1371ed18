//! The pin of a public key: which key a certificate has to have, whoever issues it and whenever it is renewed.

use std::str::FromStr;

use mastercard::Certificate;

use super::InvalidValue;

/// The SHA-256 of a public key as DER `SubjectPublicKeyInfo` (RFC 7469 section 2.4, in hexadecimal).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPin(String);

impl KeyPin {
    /// Whether a certificate has this key.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        certificate.public_key_fingerprint() == self.0
    }
}

impl FromStr for KeyPin {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        let digits = raw.to_ascii_lowercase();
        if digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Ok(Self(digits));
        }
        Err(InvalidValue("must be SHA-256 values of 64 hexadecimal digits, separated by commas"))
    }
}
