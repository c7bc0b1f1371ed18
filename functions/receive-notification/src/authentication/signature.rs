//! A delivery as compact JWS (RFC 7515): what was signed is what is read.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto, decode_header};

/// The payload, if one of the keys signed it. RSA only, as all of Mastercard's keys here; the algorithm is the verifier's
/// choice, never the message's.
pub(super) fn payload(jws: &[u8], keys: &[DecodingKey]) -> Option<Vec<u8>> {
    let jws = std::str::from_utf8(jws).ok()?.trim();
    let (signed, signature) = jws.rsplit_once('.')?;
    let (_, payload) = signed.split_once('.')?;
    let header = decode_header(jws).ok()?;
    let known = [Algorithm::RS256, Algorithm::PS256].contains(&header.alg) && header.crit.is_none();
    let by = |key: &DecodingKey| {
        crypto::verify(signature, signed.as_bytes(), key, header.alg).is_ok_and(|verified| verified)
    };
    if !known || !keys.iter().any(by) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(payload).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests say what they expect")]

    use aws_lc_rs::{
        encoding::AsDer as _,
        rsa::{KeyPair, KeySize},
        signature::KeyPair as _,
    };
    use jsonwebtoken::{EncodingKey, Header, encode};

    use super::*;

    /// A key pair of Mastercard's, made for this test.
    fn pair() -> (EncodingKey, DecodingKey) {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let private: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let pem = pem("PRIVATE KEY", private.as_ref());
        let verifying = DecodingKey::from_rsa_der(pair.public_key().as_ref());
        (EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(), verifying)
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    fn signed(header: &Header, key: &EncodingKey) -> String {
        encode(header, &serde_json::json!({"type": "TCN"}), key).unwrap()
    }

    #[test]
    fn what_either_of_two_keys_signed_is_read() {
        let (ours, known) = pair();
        let (_, other) = pair();
        for algorithm in [Algorithm::RS256, Algorithm::PS256] {
            let jws = signed(&Header::new(algorithm), &ours);
            assert_eq!(
                payload(jws.as_bytes(), &[other.clone(), known.clone()]).unwrap(),
                br#"{"type":"TCN"}"#
            );
            assert_eq!(payload(jws.as_bytes(), std::slice::from_ref(&other)), None);
            assert_eq!(payload(jws.as_bytes(), &[]), None);
        }
    }

    #[test]
    fn what_was_changed_or_is_signed_in_another_way_is_not_read() {
        let (ours, known) = pair();
        let known = [known];
        let jws = signed(&Header::new(Algorithm::RS256), &ours);
        let [header, _, signature] = jws.split('.').collect::<Vec<_>>().try_into().unwrap();
        let other = URL_SAFE_NO_PAD.encode(r#"{"type":"TVN"}"#);
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let with_secret = signed(&Header::new(Algorithm::HS256), &EncodingKey::from_secret(b"public"));
        for forged in [
            format!("{header}.{other}.{signature}"),
            format!("{none}.{other}."),
            format!("{header}.{other}"),
            r#"{"type":"TCN"}"#.into(),
            String::new(),
            with_secret,
            signed(&Header::new(Algorithm::RS384), &ours),
            signed(&Header { crit: Some(vec!["b64".into()]), ..Header::new(Algorithm::RS256) }, &ours),
        ] {
            assert_eq!(payload(forged.as_bytes(), &known), None, "{forged}");
        }
    }
}
