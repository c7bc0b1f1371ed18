//! A delivery as compact JWS (RFC 7515). Only its payload is parsed, so that nothing unsigned is read.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto, decode_header};

/// The payload, if one of the keys signed it with RS256 or PS256 (RFC 7518). Other algorithms and critical extensions
/// (`crit`) are rejected.
pub(super) fn payload(jws: &[u8], keys: &[DecodingKey]) -> Option<Vec<u8>> {
    let jws = std::str::from_utf8(jws).ok()?.trim();
    let (signed, signature) = jws.rsplit_once('.')?;
    let (_, payload) = signed.split_once('.')?;
    let header = decode_header(jws).ok()?;
    let supported = [Algorithm::RS256, Algorithm::PS256].contains(&header.alg) && header.crit.is_none();
    let is_signed_by = |key: &DecodingKey| {
        crypto::verify(signature, signed.as_bytes(), key, header.alg).is_ok_and(|verified| verified)
    };
    if !supported || !keys.iter().any(is_signed_by) {
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

    /// A new key pair, in the role of Mastercard's.
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
    fn a_delivery_signed_by_either_of_two_keys_is_read() {
        let (private, public) = pair();
        let (_, other) = pair();
        for algorithm in [Algorithm::RS256, Algorithm::PS256] {
            let jws = signed(&Header::new(algorithm), &private);
            assert_eq!(
                payload(jws.as_bytes(), &[other.clone(), public.clone()]).unwrap(),
                br#"{"type":"TCN"}"#
            );
            assert_eq!(payload(jws.as_bytes(), std::slice::from_ref(&other)), None);
            assert_eq!(payload(jws.as_bytes(), &[]), None);
        }
    }

    #[test]
    fn a_delivery_that_was_changed_or_is_signed_in_another_way_is_rejected() {
        let (private, public) = pair();
        let keys = [public];
        let jws = signed(&Header::new(Algorithm::RS256), &private);
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
            signed(&Header::new(Algorithm::RS384), &private),
            signed(&Header { crit: Some(vec!["b64".into()]), ..Header::new(Algorithm::RS256) }, &private),
        ] {
            assert_eq!(payload(forged.as_bytes(), &keys), None, "{forged}");
        }
    }
}
